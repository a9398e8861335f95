"""Participation: the shared ground of consultation and participatory budgeting.

Nouns: Phase (when an act is allowed), Eligibility (who may take part), Sortition (a draw by lot that anybody can run
again), Panel (a review group that decides), Sheet (what people handed in on paper). Knows what it serves by its ledger
id only. Never holds an opinion, a proposal or a ballot.
"""
