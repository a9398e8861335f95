"""Participatory budgeting (参与式预算): ballots are read, counted exactly by a rule fixed before the vote, and proved.

Nouns: Election, Project, Ballot, Outcome; Pabulib's files in and out. Never counts with floating point.
"""
