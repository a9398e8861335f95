"""The append-only ledger: who did what to which noun when, sealed into a Merkle tree that anyone can check.

Nouns: Entry, Leaf, Head. Holds no personal data and no foreign keys; never updates or deletes a row.
"""
