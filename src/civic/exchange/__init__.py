"""Data sharing between departments (数据共享交换): who holds what, who may ask for what, and every question asked.

Nouns: Resource, Demand, Duty, Restriction, Call, Contest. Never knows a case: what it needs to know of one comes in
as a code.
"""
