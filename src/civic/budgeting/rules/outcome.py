"""What comes out of a count: which projects are funded, in which order and why, and what the others lacked."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from civic.budgeting.rules.election import Election

# Why a project was funded
BY_VOTES, BY_VOTES_PER_COST, BY_SHARES, BY_COMPLETION, BY_LOAD = (
    "votes",
    "votes-per-cost",
    "shares",
    "completion",
    "load",
)
# Why a project was not funded
NO_VOTES, BELOW_THRESHOLD, TOO_DEAR, TOO_LITTLE_LEFT = "no-votes", "below-threshold", "too-dear", "too-little-left"
STOPPED, SUPPORTERS_SHORT = "stopped", "supporters-short"


@dataclass(frozen=True)
class Award:
    """A funded project.

    place: of the project in the election.   why: one of the BY_ reasons.
    left: what was left of the budget afterwards, in units.
    price: the most that one supporter pays (equal shares) or has paid for everything (phragmen), in units.
    """

    place: int
    why: str
    left: int
    price: Fraction | None = None


@dataclass(frozen=True)
class Shortfall:
    """A project that was not funded, and what was missing; None where the rule has no such figure.

    why: one of the reasons above.   money: what was missing, in units.
    score: how many more points (with approvals: votes) would have funded it, all other ballots the same.
    supporters_left: what its supporters still had between them at the end (equal shares), in units.
    round: the first round after which its supporters could no longer pay for it, from 1 (0: never could).
    shares: how many further voters who have spent nothing would bring what is missing.
    """

    place: int
    why: str
    money: Fraction | None = None
    score: Fraction | None = None
    supporters_left: Fraction | None = None
    round: int | None = None
    shares: int | None = None


@dataclass(frozen=True)
class Outcome:
    """The result of one rule on one election. `virtual_budget`: the money with which the shares came out, in units."""

    rule: str
    election: Election
    awards: tuple[Award, ...]
    shortfalls: tuple[Shortfall, ...]
    virtual_budget: Fraction | None = None

    @property
    def winners(self) -> list[str]:
        """The ids of the funded projects, in the order chosen."""
        return [self.election.projects[award.place].id for award in self.awards]

    @property
    def total_cost(self) -> int:
        """What the funded projects cost together, in units."""
        return sum(self.election.projects[award.place].cost for award in self.awards)

    @property
    def represented(self) -> int:
        """How many voters gave points to at least one funded project."""
        reached = np.zeros(len(self.election.group_sizes), dtype=bool)
        for award in self.awards:
            reached[self.election.support[award.place].groups] = True
        return int(self.election.group_sizes[reached].sum())


def outsider(election: Election, place: int) -> Shortfall | None:
    """Return why no rule can fund the project at `place`, or None if one can."""
    project = election.projects[place]
    if place in election.closed:
        return Shortfall(place, BELOW_THRESHOLD)
    if election.scores[place] <= 0:
        return Shortfall(place, NO_VOTES)
    if project.cost > election.budget:
        return Shortfall(place, TOO_DEAR, money=Fraction(project.cost - election.budget))
    return None


def candidates(election: Election) -> tuple[list[int], list[Shortfall]]:
    """Return the places of the projects that can be funded at all, and why each other one cannot."""
    found = [(place, outsider(election, place)) for place in range(len(election.projects))]
    return [place for place, why in found if why is None], [why for _, why in found if why is not None]


def taken(awards: Sequence[Award]) -> set[int]:
    """Return the places of the funded projects."""
    return {award.place for award in awards}
