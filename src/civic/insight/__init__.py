"""Insight: what the city's own work says in figures; first the board of the hotline.

Nouns: Sheet (the tickets of one day as columns, for counting), Reading (how far the ledger has been read). Every figure
carries its definition, its n, its period and when it was counted. Never changes what it counts, never keeps words or
names of anybody, never shows the public a number from which a single person's ticket could be read.
"""
