"""The Method of Equal Shares: voters have equal shares of the budget, and supporters pay for projects together."""

import heapq
from collections.abc import Callable, Sequence
from fractions import Fraction

from civic.budgeting.rules import greedy, outcome
from civic.budgeting.rules.ahead import steps_unchanged
from civic.budgeting.rules.election import Election, Ties
from civic.budgeting.rules.market import Market, Round
from civic.budgeting.rules.outcome import Award, Outcome, Shortfall
from civic.budgeting.rules.purses import Purses

RULE = "equal-shares"
LOOK_AHEAD_AFTER, LOOK_AHEAD_AT_MOST, WORTH_IT = 8, 128, 8  # steps; looking ahead costs about as much as eight of them
Told = Callable[[int], None]


def equal_shares(
    election: Election, ties: Ties, *, add1: bool = True, completion: bool = True, tell: Told | None = None
) -> Outcome:
    """Return the projects funded by equal shares with cost utilities.

    Each round buys the project with the smallest price per point and cost: the smallest r with
    sum over supporters of min(money, r * points * cost) = cost. Who gives two points counts as twice satisfied.
    `add1`: as long as projects that fit the budget are left out, every voter gets one of the currency more, and the
    last result that the real budget covers stands. `completion`: greedy by votes on what is left, and flagged.
    `tell` is called with the number of tries, now and then.
    Source: Peters, Pierczyński, Skowron 2021 (NeurIPS), and equalshares.net for add1.
    """
    open_to, shortfalls = outcome.candidates(election)
    market = Market(election, open_to, ties.ranks(election.projects, election.votes))
    share = Fraction(election.budget, max(1, election.voters))
    rounds = run(market, share)
    if add1 and open_to:
        rounds, share = _add1(market, rounds, share, tell)
    awards = _awards(election, rounds)
    added = greedy.complete(election, ties, awards) if completion else []
    missed = [place for place in open_to if place not in outcome.taken([*awards, *added])]
    shortfalls += _shortfalls(election, missed, rounds, share)
    ordered = tuple(sorted(shortfalls, key=lambda one: one.place))
    return Outcome(RULE, election, (*awards, *added), ordered, virtual_budget=share * election.voters)


def run(market: Market, share: Fraction) -> list[Round]:
    """Return what is bought when every voter has `share` units.

    Money only falls, so a price that was true once can only have risen: a project whose old price is not the smallest
    need not be looked at. Each project starts at 1 / the points of its supporters: no price per cost is below that.
    (Its score may be smaller, where others gave points below 0.)
    """
    election = market.election
    purses = Purses(len(election.ballots), share)
    queue = [(Fraction(1, election.support[place].total_points), market.ranks[place], -1, place, Fraction(0))
             for place in market.open_to if market.can_pay(place, share)]  # fmt: skip
    heapq.heapify(queue)
    rounds: list[Round] = []
    while queue:
        _, rank, seen, place, price = heapq.heappop(queue)
        if seen == len(rounds):
            rounds.append(Round(place, price))
            purses.pay(election.support[place], price)
            continue
        cost = election.projects[place].cost
        found = purses.price(election.support[place], cost)
        if found is not None:
            heapq.heappush(queue, (found / cost, rank, len(rounds), place, found))
    return rounds


def _add1(market: Market, rounds: list[Round], share: Fraction, tell: Told | None) -> tuple[list[Round], Fraction]:
    """Return the last affordable result, and its share, of giving every voter one of the currency more and more.

    Steps that provably change nothing are not tried, as soon as there have been so many that looking ahead pays.
    """
    unit, tries, patience, plain_steps = market.election.unit, 0, LOOK_AHEAD_AFTER, 0
    while not market.is_exhaustive(rounds):
        if plain_steps >= patience:
            plain_steps = 0
            steps = steps_unchanged(market, rounds, share)
            share += steps * unit
            patience = 0 if steps >= WORTH_IT else min(LOOK_AHEAD_AT_MOST, max(1, 2 * patience))
        more = run(market, share + unit)
        if market.cost(more) > market.election.budget:
            break
        rounds, share, tries, plain_steps = more, share + unit, tries + 1, plain_steps + 1
        if tell is not None:
            tell(tries)
    return rounds, share


def _awards(election: Election, rounds: Sequence[Round]) -> list[Award]:
    left, awards = election.budget, list[Award]()
    for one in rounds:
        left -= election.projects[one.place].cost
        most = one.price * int(election.support[one.place].points.max())
        awards.append(Award(one.place, outcome.BY_SHARES, left, price=most))
    return awards


def _shortfalls(election: Election, missed: list[int], rounds: Sequence[Round], share: Fraction) -> list[Shortfall]:
    """Return what the supporters of each missed project lacked; the purchases are gone through once more."""
    purses = Purses(len(election.ballots), share)
    failed: dict[int, int] = {}
    for number in range(len(rounds) + 1):
        if number:
            purses.pay(election.support[rounds[number - 1].place], rounds[number - 1].price)
        for place in missed:
            if place not in failed and purses.left(election.support[place]) < election.projects[place].cost:
                failed[place] = number
    return [_shortfall(election, place, purses, failed, share) for place in missed]


def _shortfall(election: Election, place: int, purses: Purses, failed: dict[int, int], share: Fraction) -> Shortfall:
    left = purses.left(election.support[place])
    missing = election.projects[place].cost - left
    return Shortfall(place, outcome.SUPPORTERS_SHORT, money=missing, supporters_left=left,
                     round=failed[place], shares=int(-(-missing // share)))  # fmt: skip
