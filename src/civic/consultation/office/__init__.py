"""Officials' doors of consultation."""
