"""Numbers as they stand in files: digits with a point or a comma, exact."""

import re
from fractions import Fraction

NUMBER = re.compile(r"[+-]?[0-9]{1,18}(?:[.,][0-9]{1,9})?")
MISSING = ("", "none")


def cell(row: list[str], place: int | None) -> str:
    """Return the cell at `place` without blanks around it; "" where it, or its column, is missing or says none."""
    text = row[place].strip() if place is not None and place < len(row) else ""
    return "" if text.lower() in MISSING else text


def number(text: str) -> Fraction | None:
    """Return the exact value of "1200", "-3", "2532645.83" or "0,5"; None if it is no such number."""
    return Fraction(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def unit_of(values: list[Fraction]) -> int:
    """Return the smallest power of ten that makes every value whole: 100 for fen. Values are decimals."""
    unit = 1
    while any(value * unit % 1 for value in values):
        unit *= 10
    return unit
