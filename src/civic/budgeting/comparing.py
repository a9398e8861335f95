"""What each rule would have funded with the same ballots, and why: computed once, kept, and shown in any language."""

from fractions import Fraction
from typing import Any

from civic.budgeting import words
from civic.budgeting.decimals import decimal
from civic.budgeting.rules import RULES, Election, Outcome, Ties, count
from civic.budgeting.words import Said

VERSION = "1"  # of the rules and of this summary: it rises when either counts or tells differently


def compare(election: Election, *, ties: Ties | None = None) -> dict[str, dict[str, Any]]:
    """Return for each rule its winners in the order chosen, their cost in yuan, whom it reaches, and why for each.

    Shape: {rule: {"winners": [ids], "total": "yuan", "represented": voters, "why": {id: [[template, values], …]},
    "missing": {id: votes that were missing}}}; `missing` holds those for which the rule has such a figure.
    """
    return {rule: summary(count(election, rule, ties=ties)) for rule in RULES}


def summary(outcome: Outcome) -> dict[str, Any]:
    """Return what is kept of one rule's result; the shape is that of `compare`."""
    election = outcome.election
    ids = [one.id for one in election.projects]
    why: dict[str, list[Said]] = {ids[one.place]: [words.awarded(election, one)] for one in outcome.awards}
    why |= {ids[one.place]: words.missed(election, one) for one in outcome.shortfalls}
    return {
        "winners": outcome.winners,
        "total": decimal(Fraction(outcome.total_cost, election.unit)),
        "represented": outcome.represented,
        "why": why,
        "missing": {ids[one.place]: decimal(one.score) for one in outcome.shortfalls if one.score is not None},
    }


def lines(election: Election, names: dict[str, str]) -> list[dict[str, Any]]:
    """Return the projects in their order: id, name, cost in yuan, how many ballots name it, its points."""
    return [
        {"id": one.id, "name": names.get(one.id, one.id), "cost": decimal(Fraction(one.cost, election.unit)),
         "votes": votes, "score": decimal(Fraction(score, election.point_unit))}
        for one, votes, score in zip(election.projects, election.votes, election.scores, strict=True)
    ]  # fmt: skip
