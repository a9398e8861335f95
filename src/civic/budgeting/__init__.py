"""Participatory budgeting (参与式预算): a secret ballot, counted exactly by a rule fixed before the vote, and proved.

Nouns: Poll (what is frozen), Mark (who took part), Stub, Envelope, Ballot (what was cast), Urn (on paper), Opening;
Round, Proposal, Screening, Support, Milestone, Result (what is proposed, judged, chosen and built); Election, Project,
Outcome; Pabulib's files in and out. Never counts with floating point, never knows who chose what.
"""
