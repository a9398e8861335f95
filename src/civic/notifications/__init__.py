"""What the city writes to people: a letter on the site always, a text message where the reader agreed.

Nouns: Template, Notice, Delivery. Never decides what happened in a case, and never sends inside a transaction.
"""
