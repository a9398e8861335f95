"""How far every share can rise while equal shares buy the same: most steps of add1 need not be tried one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from civic.budgeting.rules.election import Counts, Support
from civic.budgeting.rules.market import Market, Round

FOREVER = 1 << 62
Sum = tuple[int, int]  # an amount now, and by how much it rises a step
Row = tuple[int, int, int, int]  # amount, rise, points given, voters


def steps_unchanged(market: Market, rounds: Sequence[Round], share: Fraction) -> int:
    """Return a number of steps of one of the currency by which `share` can rise while the same is bought in this order.

    It may be less than the greatest such number, never more. Along the way every amount changes evenly with the steps:
    each round holds until a buyer turns from giving all to giving the price or back, or another project could be
    bought at a price as good.
    """
    election = market.election
    purses = RisingPurses(len(election.ballots), share, election.unit)
    rest, steps = set(market.open_to), FOREVER
    for one in rounds:
        rest.remove(one.place)
        support, cost = election.support[one.place], election.projects[one.place].cost
        price = Price(one.price, purses.rise_of(support, one.price))
        steps = min(steps, purses.steps_as_paid(support, price))
        for place in rest:
            if steps <= 0:
                return 0
            other, loses = election.projects[place].cost, market.ranks[place] > market.ranks[one.place]
            as_good = Price(price.now * other / cost, price.rise * other / cost)
            if _steps_too_dear_for_all(election.support[place], other, as_good) >= steps:
                continue
            steps = min(steps, purses.steps_too_dear(election.support[place], other, as_good, or_equal=loses))
        purses.pay(support, price)
    for place in rest:
        steps = min(steps, purses.steps_without(election.support[place], election.projects[place].cost))
    return max(0, steps)


def _steps_too_dear_for_all(support: Support, cost: int, price: "Price") -> int:
    """Return for how many steps the voters could not pay `cost` at this price per point, had everybody enough."""
    short = cost - support.total_points * price.now
    closing = support.total_points * price.rise
    if short <= 0:
        return 0
    return int(-(-short // closing)) - 1 if closing > 0 else FOREVER


@dataclass(frozen=True)
class Price:
    """What one point costs, in units, and how much more with each step."""

    now: Fraction
    rise: Fraction


class RisingPurses:
    """What every voter has as a sum that rises evenly with the steps; amounts over one `scale`, as in Purses."""

    def __init__(self, groups: int, share: Fraction, step: int) -> None:
        self.kind = np.zeros(groups, np.int64)
        self.amounts: list[Sum] = [(share.numerator, step * share.denominator)]
        self.scale = share.denominator

    def rise_of(self, support: Support, price: Fraction) -> Fraction:
        """Return by how much the price rises a step, as long as the same voters give all they have."""
        rise, points = 0, 0
        for amount, more, each, voters in self._rows(support):
            if amount * price.denominator < price.numerator * each * self.scale:
                rise -= more * voters
            else:
                points += each * voters
        return Fraction(rise, points * self.scale)

    def pay(self, support: Support, price: Price) -> None:
        """Take the price per point from each of these voters, from who has less all."""
        grow, now, rise = self._on_one_scale(price)
        self.scale *= grow
        self.amounts = [(amount * grow, more * grow) for amount, more in self.amounts]
        places = {amount: kind for kind, amount in enumerate(self.amounts)}
        news, which = np.unique(self._keys(support), return_inverse=True)
        after = []
        for key in news.tolist():
            (amount, more), each = self.amounts[key // len(support.given)], support.given[key % len(support.given)]
            left = (amount - now * each, more - rise * each) if amount > now * each else (0, 0)
            after.append(places.setdefault(left, len(places)))
        self.amounts = list(places)
        self.kind[support.groups] = np.array(after, np.int64)[which]

    def steps_as_paid(self, support: Support, price: Price) -> int:
        """Return for how many steps the same voters give all they have, and the same ones the price."""
        grow, now, rise = self._on_one_scale(price)
        steps = FOREVER
        for amount, more, each, _ in self._rows(support):
            apart, parting = amount * grow - now * each, more * grow - rise * each
            if apart < 0:  # gives all, until it has more than the price
                apart, parting = -apart, -parting
            if parting < 0:
                steps = min(steps, apart // -parting)
        return steps

    def steps_too_dear(self, support: Support, cost: int, price: Price, *, or_equal: bool) -> int:
        """Return for how many steps the voters pay `cost` at more than `price` per point only (`or_equal`: at no less).

        What each can give is the lesser of two sums that change evenly; the one that is less now bounds it later too.
        """
        grow, now, rise = self._on_one_scale(price)
        short, closing, lasting = cost * self.scale * grow, 0, -1
        for amount, more, each, voters in self._rows(support):
            apart, parting = amount * grow - now * each, more * grow - rise * each
            gives, gives_more = (amount * grow, more * grow) if apart <= 0 else (now * each, rise * each)
            short, closing = short - gives * voters, closing + gives_more * voters
            if apart >= 0:
                lasting = max(lasting, apart // -parting if parting < 0 else FOREVER)
        if short > 0:
            return (short - 1) // closing if closing > 0 else FOREVER
        if short < 0 or closing > 0 or not or_equal:
            return 0
        return lasting  # as good, for as long as one of them could give more

    def steps_without(self, support: Support, cost: int) -> int:
        """Return for how many steps the voters have less than `cost` between them."""
        rows = list(self._rows(support))
        short = cost * self.scale - sum(amount * voters for amount, _, _, voters in rows)
        closing = sum(more * voters for _, more, _, voters in rows)
        return (short - 1) // closing if closing > 0 else FOREVER

    def _on_one_scale(self, price: Price) -> tuple[int, int, int]:
        """Return by what `scale` must grow to hold the price, and the price and its rise on that scale."""
        scale = lcm(self.scale, price.now.denominator, price.rise.denominator)
        now, rise = price.now, price.rise
        return (scale // self.scale, now.numerator * (scale // now.denominator),
                rise.numerator * (scale // rise.denominator))  # fmt: skip

    def _rows(self, support: Support) -> Iterable[Row]:
        """Return each sort of supporter, in no order."""
        kinds = len(support.given)
        held = np.zeros(len(self.amounts) * kinds, np.int64)
        np.add.at(held, self._keys(support), support.voters)
        for key in np.flatnonzero(held).tolist():
            yield (*self.amounts[key // kinds], support.given[key % kinds], int(held[key]))

    def _keys(self, support: Support) -> Counts:
        return self.kind[support.groups] * len(support.given) + support.which
