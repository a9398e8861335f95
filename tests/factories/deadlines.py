"""Calendars, clocks and ledgers for tests."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from civic.deadlines import official_year
from civic.deadlines.calendars import CITY, Calendar, Notice
from civic.deadlines.measures import Unit
from civic.deadlines.models import CalendarYear, Clock, Rung, published_calendar
from civic.deadlines.models.calendar import forget_calendar

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 09:00 in Lu'an
CASE = "cases.case:7"
NOTICE = Notice("关于2027年部分节假日安排的通知（测试用）", "测试〔2026〕1号", "测试数据，不是官方通知")
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


def clock(
    *,
    subject: str = CASE,
    kind: str = "promise",
    budget: int = 5,
    unit: str = Unit.WORKDAY,
    at: datetime = MONDAY,
    **terms: int,
) -> Clock:
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


def calendar_year(year: int = 2027, *, lines: str = "", at: datetime = MONDAY) -> CalendarYear:
    """Return an entered year with the invented arrangement, or with `lines`."""
    days, errors = official_year.parse(lines or year_lines(year), year)
    assert errors == []
    entered = CalendarYear.objects.enter(
        year=year, notice=NOTICE, published_on=date(year - 1, 11, 20), days=days, by=CLERK, at=at
    )
    forget_calendar()
    return entered


def rung(kind: str = "promise", key: str = "red", share: str = "1", beyond: int = 0) -> Rung:
    """Return the one rung of a ladder for clocks of `kind`."""
    Rung.objects.set_profile(kind=kind, rungs=((key, Decimal(share), beyond),), by=CLERK, at=MONDAY)
    return Rung.objects.get(kind=kind, key=key)
