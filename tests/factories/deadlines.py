"""Calendars, clocks and ledgers for tests."""

from datetime import UTC, date, datetime, timedelta

from civic.deadlines import rules
from civic.deadlines.calendars import CITY, Calendar
from civic.deadlines.measures import Unit
from civic.deadlines.models import Clock, published_calendar

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 09:00 in Lu'an
CASE = "cases.case:7"
CLERK, LEADER = "accounts.account:11", "accounts.account:12"


def city(text: str) -> datetime:
    """Return `2026-03-02 09:00` as a time in Lu'an."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


def plain_calendar(first: int = 1980, last: int = 2040) -> Calendar:
    """Return a calendar of regular weeks without any holiday."""
    return Calendar(range(first, last + 1), {})


def calendar() -> Calendar:
    """Return the published calendar."""
    return published_calendar()


def clock(*, subject: str = CASE, kind: str = "promise", budget: int = 5, unit: str = Unit.WORKDAY, at=MONDAY, **terms):
    """Return a clock started by the clerk."""
    return Clock.objects.start(subject=subject, kind=kind, budget=budget, unit=unit, by=CLERK, at=at, **terms)


def year_lines(year: int = 2027) -> str:
    """Return an invented but lawful arrangement of holidays for a test, in the form an operator types."""
    off = {
        "元旦": ((1, 1), 3), "春节": ((2, 5), 7), "清明节": ((4, 3), 3), "劳动节": ((5, 1), 5),
        "端午节": ((6, 9), 1), "中秋节": ((9, 15), 1), "国庆节": ((10, 1), 7),
    }  # fmt: skip
    lines = [
        f"{date(year, *first)}..{date(year, *first) + timedelta(days=n - 1)} 休 {name}"
        for name, (first, n) in off.items()
    ]
    return "\n".join(lines)


__all__ = ["CASE", "CLERK", "LEADER", "MONDAY", "calendar", "city", "clock", "plain_calendar", "rules", "year_lines"]
