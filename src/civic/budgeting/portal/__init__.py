"""Residents' doors of budgeting."""
