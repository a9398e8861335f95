"""Numbers, dates and states of licences: pure.

The identifier follows GB/T 36904: 1.2.156.3005.2, the type (18 characters of who defined it and 3 of its own), the
authority (18), a serial number (any width), a version (3) and a check character after GB/T 17710 (ISO 7064 MOD 37,36)
over these four without their dots. Read off identifiers and programs in use in other places, which agree; the
standard's own text is still TO CONFIRM, so the widths are a setting (CIVIC_LICENCE_WIDTHS).
"""

import secrets
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stdnum.iso7064 import mod_37_36

CITY = ZoneInfo("Asia/Shanghai")
ROOT = "1.2.156.3005.2"
ALPHABET = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another when it is read out
CODE_LENGTH = 16  # 80 random bits: nobody meets another's licence by guessing


@dataclass(frozen=True)
class Widths:
    """How many characters each part of an identifier has."""

    type: int = 21
    authority: int = 18
    serial: int = 9
    version: int = 3

    @classmethod
    def read(cls, text: str) -> "Widths":
        """Return the widths in "21,18,9,3". Raises: ValueError."""
        return cls(*(int(part) for part in text.split(","))) if text else cls()


def licence_number(*, type_code: str, authority_code: str, serial: int, version: int, widths: Widths) -> str:
    """Return the identifier of a licence. Raises: ValueError, if a part does not fit its place."""
    parts = (
        _fitting(type_code, widths.type),
        _fitting(authority_code, widths.authority),
        _fitting(f"{serial:0{widths.serial}d}", widths.serial),
        _fitting(f"{version:0{widths.version}d}", widths.version),
    )
    return ".".join((ROOT, *parts, mod_37_36.calc_check_digit("".join(parts))))


def has_valid_check(number: str) -> bool:
    """Whether `number` is an identifier whose check character fits the rest."""
    parts = number.removeprefix(ROOT + ".").split(".")
    if (
        not number.startswith(ROOT + ".")
        or len(parts) != 5
        or not all(part and set(part) <= ALPHABET for part in parts)
    ):
        return False
    return bool(mod_37_36.is_valid("".join(parts)))


def new_code() -> str:
    """Return a fresh code under which anybody may ask whether a licence is genuine."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """Return a code as people read it out: in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def typed_code(text: str) -> str:
    """Return a code as somebody typed it, in the form in which it is kept."""
    return "".join(character for character in text.upper() if character in CODE_ALPHABET)[: CODE_LENGTH + 1]


def last_day(first: date, months: int | None) -> date | None:
    """Return the last day of a licence that holds for `months` from `first`; None where it holds without end.

    The end is the day before the same day of the month: 2026-03-02 and 12 months end on 2027-03-01. Where the month
    has no such day, it ends with that month's last day.
    """
    if months is None:
        return None
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    days = monthrange(year, month)[1]
    return date(year, month, first.day) - timedelta(days=1) if first.day <= days else date(year, month, days)


@dataclass(frozen=True)
class Moved:
    """One move of a licence: the state it led to, and since when that counts."""

    state: str
    effective_at: datetime


def state_as_of(moves: Iterable[Moved], *, instant: datetime) -> str | None:
    """Return the state of a licence at `instant`, by all that is known today; None where it was not yet issued.

    `moves` in the order in which they were recorded: a later record that counts from an earlier time (a licence got
    by fraud, revoked from the first day) prevails over what was recorded before it.
    """
    state = None
    for move in moves:
        if move.effective_at <= instant:
            state = move.state
    return state


def _fitting(text: str, width: int) -> str:
    if len(text) != width or not set(text) <= ALPHABET:
        raise ValueError(f"{text!r} is not {width} digits and capital letters, as this part of the identifier is.")
    return text


def end_of(day: date) -> datetime:
    """Return the instant at which `day` is over in the city."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=CITY)
