"""Votes on statements, counted under two rules: ours (one person one vote) and the one Polis' exports were counted by.

A vote is agree, disagree or pass. Ours: the last vote of a person on a statement counts, and a vote that was withdrawn
counts nowhere. Polis' published `comments.csv` counts every act of voting, so that who votes again counts again; its
published `participants-votes.csv` holds the last vote of each. Statements that moderation hid are counted by both.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

AGREE, PASS, DISAGREE = 1, 0, -1
WITHDRAWN = None


@dataclass(frozen=True)
class Vote:
    """One act of voting: who, on what, how (None: the vote is withdrawn), when (any unit, growing with time)."""

    voter: str
    statement: str
    choice: int | None
    at: int


@dataclass(frozen=True)
class Tally:
    """How many agree, disagree and pass."""

    agrees: int = 0
    disagrees: int = 0
    passes: int = 0

    @property
    def votes(self) -> int:
        """Return how many voted at all."""
        return self.agrees + self.disagrees + self.passes


def standing_votes(votes: Iterable[Vote]) -> dict[tuple[str, str], int]:
    """Return the vote that stands for each (voter, statement): the last one; none where that one withdraws.

    Of two at the same instant the one that comes later in `votes` is the last.
    """
    last: dict[tuple[str, str], int | None] = {}
    for vote in sorted(votes, key=lambda vote: vote.at):
        last[vote.voter, vote.statement] = vote.choice
    return {pair: choice for pair, choice in last.items() if choice is not WITHDRAWN}


def one_person_one_vote(votes: Iterable[Vote]) -> dict[str, Tally]:
    """Return the tally of every statement under our rule; an empty one where all votes are withdrawn."""
    listed = list(votes)
    told = {vote.statement: Tally() for vote in listed}
    return told | tallies((statement, choice) for (_voter, statement), choice in standing_votes(listed).items())


def as_polis_publishes(votes: Iterable[Vote]) -> dict[str, Tally]:
    """Return the tally of every statement as Polis' exported `comments.csv` counts it: every act of voting, anew.

    Source: reproduced vote by vote from the published exports (docs/opinion-map.md). Polis knows no withdrawal.
    """
    return tallies((vote.statement, vote.choice) for vote in votes if vote.choice is not WITHDRAWN)


def tallies(choices: Iterable[tuple[str, int]]) -> dict[str, Tally]:
    """Return the tally of each statement from (statement, choice)."""
    counts = Counter(choices)
    statements = dict.fromkeys(statement for statement, _choice in counts)
    return {one: Tally(counts[one, AGREE], counts[one, DISAGREE], counts[one, PASS]) for one in statements}
