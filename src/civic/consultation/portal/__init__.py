"""Residents' doors of consultation."""
