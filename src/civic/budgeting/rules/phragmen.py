"""Phragmén's sequential rule: voters earn money at one speed, and supporters buy as soon as they can together."""

import heapq
from fractions import Fraction

import numpy as np

from civic.budgeting.rules import outcome
from civic.budgeting.rules.election import Election, Support, Ties
from civic.budgeting.rules.outcome import Award, Outcome, Shortfall

RULE = "phragmen"


class Loads:
    """What each group's voters have paid so far, per voter: as many different loads as purchases, and nothing."""

    def __init__(self, groups: int) -> None:
        self.kind = np.zeros(groups, np.int64)
        self.loads = [Fraction(0)]

    def after(self, support: Support, cost: int) -> Fraction:
        """Return the load of every supporter, once they have bought at `cost`: (cost + their loads) / supporters."""
        held = np.zeros(len(self.loads), np.int64)
        np.add.at(held, self.kind[support.groups], support.voters)
        paid = sum((load * int(held[kind]) for kind, load in enumerate(self.loads) if held[kind]), Fraction(0))
        return (cost + paid) / int(held.sum())

    def buy(self, support: Support, load: Fraction) -> None:
        """Give every supporter the load `load`."""
        self.loads.append(load)
        self.kind[support.groups] = len(self.loads) - 1


def phragmen(election: Election, ties: Ties) -> Outcome:
    """Return the projects bought until the next one would exceed the budget.

    How many points a supporter gives does not count, only that there are some. A project that costs more than the
    whole budget takes no part. Where two could be bought at the same moment, the order of ties says which is first.
    Source: Phragmén 1894; for projects with costs Los, Christoff, Grossi 2022 (IJCAI).
    """
    open_to, shortfalls = outcome.candidates(election)
    ranks = ties.ranks(election.projects, election.votes)
    loads, left, awards = Loads(len(election.ballots)), election.budget, list[Award]()
    queue = [(Fraction(0), ranks[place], -1, place) for place in open_to]
    heapq.heapify(queue)
    while queue:
        load, rank, seen, place = heapq.heappop(queue)
        support, cost = election.support[place], election.projects[place].cost
        if seen < len(awards):  # loads only grow: an old one is a lower bound
            heapq.heappush(queue, (loads.after(support, cost), rank, len(awards), place))
            continue
        if cost > left:
            queue.append((load, rank, seen, place))
            break
        left -= cost
        loads.buy(support, load)
        awards.append(Award(place, outcome.BY_LOAD, left, price=load))
    shortfalls += [_shortfall(election, place, left) for *_, place in queue]
    return Outcome(RULE, election, tuple(awards), tuple(sorted(shortfalls, key=lambda one: one.place)))


def _shortfall(election: Election, place: int, left: int) -> Shortfall:
    missing = election.projects[place].cost - left
    if missing > 0:
        return Shortfall(place, outcome.TOO_LITTLE_LEFT, money=Fraction(missing))
    return Shortfall(place, outcome.STOPPED)
