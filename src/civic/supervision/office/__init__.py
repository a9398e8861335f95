"""Officials' doors of supervision."""
