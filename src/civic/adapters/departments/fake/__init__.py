"""The departments played for demonstrations and tests: people who do not exist, one consistent world, real HTTP.

No Django in here but in `in_process`: `civic departments` starts without it.
"""
