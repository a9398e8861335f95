"""What numbers, names and dates say of a family. No Django."""

from calendar import monthrange
from datetime import date

from civic.masking.rules import COMPOUND_SURNAMES


def is_female(number: str) -> bool:
    """Whether the bearer of an 18-character resident number is a woman: its 17th digit is even (GB 11643)."""
    return len(number) == 18 and number[16].isdecimal() and int(number[16]) % 2 == 0


def a_month_after(day: date) -> date:
    """Return the last day of the month in which a birth on `day` is to be declared.

    Source: 《户口登记条例》第七条: within one month; a month that has no such day ends with its last.
    """
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def surname(name: str) -> str:
    """Return the surname of a Chinese name: two characters where they are a compound surname."""
    return name[:2] if name[:2] in COMPOUND_SURNAMES else name[:1]


def has_surname_of(name: str, parent: str) -> bool:
    """Whether `name` begins with the surname of `parent`."""
    return bool(parent) and name.startswith(surname(parent))
