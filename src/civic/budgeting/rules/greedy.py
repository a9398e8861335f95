"""Greedy rules: go down the list by votes, or by votes per cost, and fund what fits."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from civic.budgeting.rules import outcome
from civic.budgeting.rules.election import Election, Ties
from civic.budgeting.rules.outcome import Award, Outcome, Shortfall

Worth = Callable[[int, int], Fraction]  # (place, score) -> what the list is sorted by, the greatest first


@dataclass(frozen=True)
class Look:
    """One line of the list: the project looked at, and the money there was when its turn came."""

    place: int
    worth: Fraction
    left: int


def greedy(election: Election, ties: Ties, *, skip: bool = True, per_cost: bool = False, rule: str) -> Outcome:
    """Return the projects funded by going down the list of scores (`per_cost`: of scores per cost).

    A project that does not fit is passed over (`skip`) or ends the count. Nobody's project (score 0) is never funded.
    Source: Pabulib's rules greedy and greedy-no-skip; per cost: Dantzig 1957, by density.
    """
    worth = _worth(election, per_cost=per_cost)
    open_to, shortfalls = outcome.candidates(election)
    ranks = ties.ranks(election.projects, election.votes)
    dear = [one.place for one in shortfalls if one.why == outcome.TOO_DEAR]
    listed = open_to if skip else [*open_to, *dear]  # what costs more than there is ends the list too
    order = sorted(listed, key=lambda place: (-worth(place, election.scores[place]), ranks[place]))
    looks, awards = _walk(election, order, worth, skip=skip, why=_why(per_cost))
    for place in sorted(set(open_to) - outcome.taken(awards)):
        shortfalls.append(_shortfall(election, place, looks, worth, ties))
    return Outcome(rule, election, tuple(awards), tuple(sorted(shortfalls, key=lambda one: one.place)))


def complete(election: Election, ties: Ties, awards: list[Award]) -> list[Award]:
    """Return what greedy by votes funds with the money that `awards` left, as completion."""
    held = outcome.taken(awards)
    left = election.budget - sum(election.projects[place].cost for place in held)
    ranks = ties.ranks(election.projects, election.votes)
    rest = [place for place in outcome.candidates(election)[0] if place not in held]
    rest.sort(key=lambda place: (-election.scores[place], ranks[place]))
    added: list[Award] = []
    for place in rest:
        if election.projects[place].cost <= left:
            left -= election.projects[place].cost
            added.append(Award(place, outcome.BY_COMPLETION, left))
    return added


def _why(per_cost: bool) -> str:
    return outcome.BY_VOTES_PER_COST if per_cost else outcome.BY_VOTES


def _worth(election: Election, *, per_cost: bool) -> Worth:
    if per_cost:
        return lambda place, score: Fraction(score, election.projects[place].cost)
    return lambda place, score: Fraction(score)


def _walk(
    election: Election, order: list[int], worth: Worth, *, skip: bool, why: str
) -> tuple[list[Look], list[Award]]:
    left, looks, awards = election.budget, list[Look](), list[Award]()
    for place in order:
        looks.append(Look(place, worth(place, election.scores[place]), left))
        if election.projects[place].cost <= left:
            left -= election.projects[place].cost
            awards.append(Award(place, why, left))
        elif not skip:
            break
    return looks, awards


def _shortfall(election: Election, place: int, looks: list[Look], worth: Worth, ties: Ties) -> Shortfall:
    """Return what the project lacked: the money at its turn (at the end, if it had none), and the points to come first.

    Moving a project that lost up the list changes nothing above its new place, so the fewest points that would have
    funded it are those that bring it before the last line at which the money was enough.
    """
    cost = election.projects[place].cost
    turn = next((look for look in looks if look.place == place), None)
    why, at_turn = (outcome.TOO_LITTLE_LEFT, turn.left) if turn else (outcome.STOPPED, looks[-1].left)
    reach = next((look for look in reversed(looks) if look.place != place and look.left >= cost), None)
    missing = Fraction(max(0, cost - at_turn)) or None
    if reach is None:
        return Shortfall(place, why, money=missing)
    more = _points_to_pass(election, place, reach, worth, ties)
    return Shortfall(place, why, money=missing, score=Fraction(more, election.point_unit))


def _points_to_pass(election: Election, place: int, other: Look, worth: Worth, ties: Ties) -> int:
    """Return the fewest further points (in 1/point_unit, at least one) that put `place` before `other` in the list."""
    score = election.scores[place]
    per_point = worth(place, score + 1) - worth(place, score)
    needed = (other.worth - worth(place, 0)) / per_point
    enough = -(-needed.numerator // needed.denominator)  # rounded up: equal or more
    if enough == needed and not _is_first(election, place, other.place, enough - score, ties):
        enough += 1
    return max(1, enough - score)


def _is_first(election: Election, place: int, other: int, more: int, ties: Ties) -> bool:
    """Whether ties put `place` before `other` once it has `more` points: with approvals so many votes, else one."""
    votes = list(election.votes)
    votes[place] += more if _is_approval(election) else min(1, more)
    ranks = ties.ranks(election.projects, votes)
    return ranks[place] < ranks[other]


def _is_approval(election: Election) -> bool:
    """Whether every project named on a ballot has exactly one point there."""
    return election.scores == election.votes and all(one.given in ([], [1]) for one in election.support)
