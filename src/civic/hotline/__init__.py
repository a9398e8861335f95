"""Hotline: every voice of a resident as one ticket with one number, on a clock, to an answer and a call back (12345).

Nouns: Ticket, Dispatch, Objection, Contact, Reply, Revisit, Reconsideration, Category, Duty, Profile, Station,
Reception. Never decides an application (`civic.cases`), never gives a card (`civic.supervision`), never shows a
caller to whom need not know.
"""
