"""What every voter still has, exactly: few different amounts, each kept once as an integer over one denominator."""

from fractions import Fraction
from math import lcm

import numpy as np

from civic.budgeting.rules.election import Counts, Support


class Purses:
    """The money of groups of equal ballots.

    A group's money is `amounts[kind[group]]` / `scale` units for each of its voters. `amounts` ascends and has no
    double, so kinds compare as amounts do. Voters differ in few amounts, however many they are: payments are computed
    on the amounts, and only the small numbers of kinds move through arrays.
    """

    def __init__(self, groups: int, share: Fraction) -> None:
        self.kind = np.zeros(groups, np.int64)
        self.amounts = [share.numerator]
        self.scale = share.denominator

    def left(self, support: Support) -> Fraction:
        """Return what these voters have between them."""
        held = self._held(self.kind[support.groups], support.voters, len(self.amounts))
        return Fraction(sum(self.amounts[kind] * voters for kind, voters in held), self.scale)

    def price(self, support: Support, cost: int) -> Fraction | None:
        """Return the least payment per point with which the voters can pay `cost`, who has less giving all; or None.

        The smallest x with sum over voters of min(money, x * points) = cost.
        """
        if len(support.given) > 1:
            return self._uneven_price(support, cost)
        amounts, rest, voters_left = self.amounts, cost * self.scale, support.total_voters
        for kind, voters in self._held(self.kind[support.groups], support.voters, len(amounts)):
            amount = amounts[kind]
            if amount * voters_left >= rest:
                return Fraction(rest, voters_left * self.scale * support.given[0])
            rest -= amount * voters
            voters_left -= voters
        return None

    def pay(self, support: Support, price: Fraction) -> None:
        """Take `price` per point from each of these voters, from who has less all."""
        scale = lcm(self.scale, price.denominator)
        grow, per_point, self.scale = scale // self.scale, price.numerator * (scale // price.denominator), scale
        amounts = [amount * grow for amount in self.amounts]
        each, key = support.given, self._keys(support)
        news = np.flatnonzero(np.bincount(key, minlength=len(amounts) * len(each)))
        pairs = [divmod(one, len(each)) for one in news.tolist()]
        after = [max(0, amounts[kind] - per_point * each[which]) for kind, which in pairs]
        to = np.zeros(len(amounts) * len(each), np.int64)
        to[news] = np.arange(len(news)) + len(amounts)
        self.kind[support.groups] = to[key]
        self._settle(amounts + after)

    def _uneven_price(self, support: Support, cost: int) -> Fraction | None:
        rest, points, each = cost * self.scale, support.total_points, support.given
        held = self._held(self._keys(support), support.voters, len(self.amounts) * len(each))
        rows = [(self.amounts[one // len(each)], each[one % len(each)], voters) for one, voters in held]
        for amount, given, voters in sorted(rows, key=lambda row: Fraction(row[0], row[1])):
            if amount * points >= rest * given:
                return Fraction(rest, points * self.scale)
            rest -= amount * voters
            points -= given * voters
        return None

    def _keys(self, support: Support) -> Counts:
        """Return for each supporting group a key for its purse and the points it gives."""
        return self.kind[support.groups] * len(support.given) + support.which

    @staticmethod
    def _held(keys: Counts, voters: Counts, size: int) -> list[tuple[int, int]]:
        """Return how many voters have each key, ascending, without those that nobody has."""
        held = np.zeros(size, np.int64)
        np.add.at(held, keys, voters)
        present = np.flatnonzero(held)
        return list(zip(present.tolist(), held[present].tolist(), strict=True))

    def _settle(self, amounts: list[int]) -> None:
        """Keep each amount that somebody has once, ascending."""
        used = np.flatnonzero(np.bincount(self.kind, minlength=len(amounts))).tolist()
        used.sort(key=amounts.__getitem__)  # two runs that ascend already: merged in one pass
        self.amounts, places = [], []
        for kind in used:
            if not self.amounts or amounts[kind] != self.amounts[-1]:
                self.amounts.append(amounts[kind])
            places.append(len(self.amounts) - 1)
        to = np.zeros(len(amounts), np.int64)
        to[used] = places
        self.kind = to[self.kind]
