"""One key, one effect: a repeated request gets the stored answer instead of a second effect.

Noun: Replay. Never knows what the request does.
"""
