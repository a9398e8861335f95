"""Officials' doors of budgeting."""
