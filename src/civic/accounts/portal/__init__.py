"""Residents' doors: logging in, their own account, and the demonstration's outbox."""
