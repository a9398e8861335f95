"""Supervision: what becomes of work that is late or bad: cards, orders, complaints about handling, joint meetings.

Nouns: Card, Order, Complaint, Meeting, Item, Assignment. Knows what it supervises by its ledger id only: rooms above
say whose turn it was. Never handles a matter itself, never counts against a unit what others held up.
"""
