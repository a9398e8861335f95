"""Data sharing between departments (数据共享交换): who holds what, who may ask for what, and every question asked.

Nouns: Provider, Resource, Duty, Restriction, Demand, Call, Contest; Breaker and Kept serve the asking. Never knows a
case: what it needs to know of one comes in as a code. Never stores an answer, but where a duty allows the last good
one to be shown while the source is silent; and never leaves a hole: each field asked for has a value or a reason.
"""
