"""The money of a round: which projects compete for which, and what shares of it are, exactly. No Django."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from civic.budgeting.decimals import decimal

COMMON = ""  # the pot of every project whose section has no money of its own


def pots(budget: Decimal, own: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """Return the money of each pot in yuan: each section with its own, and COMMON with what is left of `budget`.

    Shape: own[section] -> its own money; None: it shares the common money.
    Raises: ValueError, if the sections' own money is more than the budget.
    """
    mine = {section: money for section, money in own.items() if money is not None}
    left = budget - sum(mine.values(), Decimal(0))
    if left < 0:
        raise ValueError("the sections have more money of their own than the round")
    return mine | ({COMMON: left} if left else {})


def percent(part: int, whole: int) -> str:
    """Return `part` of `whole` as per cent with at most one decimal, cut off and then marked: 92, 62.5, ≈66.6, <0.1.

    Raises: ZeroDivisionError, if there is nothing to have a part of.
    """
    exact = Fraction(part * 100, whole)
    cut = Fraction(int(exact * 10), 10)
    if part and not cut:
        return "<0.1"
    return decimal(cut) if cut == exact else f"≈{decimal(cut)}"
