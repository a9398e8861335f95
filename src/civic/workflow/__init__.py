"""Steps between published states: a pure table, and the one guarded, recorded way to take a step.

Nouns: Steps (table), Stateful (trait). Never knows a department, a page or a person.
"""
