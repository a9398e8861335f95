"""Instant approval (秒批): facts are drawn, rules decide the clean case at once and explain every other.

Nouns: Ruling, Recheck, Onward. Never refuses on a score; what is unknown goes to a person.
"""
