"""Which days are working days: published years, half days, office hours. No Django."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo

from civic.core.errors import Conflict

CITY = ZoneInfo("Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NOON = time(12)
OFFICE_HOURS = ((time(9), time(12)), (time(13), time(17)))
SATURDAY = 5


class CalendarMissing(Conflict):
    """A deadline runs into a year whose working days nobody has published or entered; `year` is its number."""

    code = "calendar-missing"

    def __init__(self, year: int) -> None:
        super().__init__(
            f"{year}年的工作日历尚未录入，期限暂时算不出来，这一步没有生效，填写的内容不受影响。请过几天再试，急办请拨打12345。"
            f"系统管理员请在“工作日历”页面（/office/calendar/）录入国务院办公厅公布的{year}年节假日安排。"
        )
        self.year = year


class DayKind(StrEnum):
    """What a day is for the offices of the city."""

    WORK = "WORK"
    OFF = "OFF"
    MORNING = "MORNING"  # only the morning is worked
    AFTERNOON = "AFTERNOON"  # only the afternoon is worked


@dataclass(frozen=True, slots=True)
class Notice:
    """The published text that makes days working days or days off."""

    title: str
    number: str = ""
    source: str = ""


REGULAR_WEEK = Notice("国务院关于职工工作时间的规定（星期六、星期日为周休息日）", "国务院令第174号")


@dataclass(frozen=True, slots=True)
class Day:
    """One day as a notice sets it apart from the regular week."""

    kind: DayKind
    name: str = ""
    notice: Notice = REGULAR_WEEK


WORKDAY = Day(DayKind.WORK)
WEEKEND = Day(DayKind.OFF, "周末")


class Calendar:
    """The working days of published years: every year in `years`, with `exceptions` to the regular week.

    Shape: exceptions[date] -> Day; dates of years that are not published are ignored.
    A question about any other year raises CalendarMissing; nothing is ever assumed.
    """

    def __init__(
        self,
        years: Sequence[int],
        exceptions: Mapping[date, Day],
        hours: Sequence[tuple[time, time]] = OFFICE_HOURS,
    ) -> None:
        self.years = frozenset(years)
        self.exceptions = {on: day for on, day in exceptions.items() if on.year in self.years}
        self.hours = tuple(hours)

    def day(self, on: date) -> Day:
        """Return what `on` is, with the notice that made it so."""
        if on.year not in self.years:
            raise CalendarMissing(on.year)
        return self.exceptions.get(on) or (WEEKEND if on.weekday() >= SATURDAY else WORKDAY)

    def is_workday(self, on: date) -> bool:
        """Whether the offices work on `on`, if only for half a day."""
        return self.day(on).kind is not DayKind.OFF

    def missing_year(self, first: date, last: date) -> int | None:
        """Return the first year between the two days (both included) that is not published, or None."""
        return next((year for year in range(first.year, last.year + 1) if year not in self.years), None)

    def require(self, first: int, last: int) -> None:
        """Refuse unless every year from `first` to `last` is published."""
        for year in range(first, last + 1):
            if year not in self.years:
                raise CalendarMissing(year)

    @cached_property
    def workdays(self) -> list[int]:
        """The ordinals of all working days, ascending."""
        return [on.toordinal() for on in self._days() if self.is_workday(on)]

    @cached_property
    def halves(self) -> list[int]:
        """All worked half days, ascending, as 2 x ordinal for a morning and 2 x ordinal + 1 for an afternoon."""
        worked: list[int] = []
        for on in self._days():
            kind, first = self.day(on).kind, on.toordinal() * 2
            if kind in (DayKind.WORK, DayKind.MORNING):
                worked.append(first)
            if kind in (DayKind.WORK, DayKind.AFTERNOON):
                worked.append(first + 1)
        return worked

    @cached_property
    def office(self) -> "OfficeTime":
        """All office hours of all published years."""
        spans = [span for on in self._days() for span in self.office_hours(on)]
        return OfficeTime([opens for opens, _ in spans], [closes for _, closes in spans])

    def office_hours(self, on: date) -> list[tuple[int, int]]:
        """Return the office hours of `on` in microseconds since 1970; a half day keeps its own half."""
        kind = self.day(on).kind
        if kind is DayKind.OFF:
            return []
        return [
            (instant(on, opens), instant(on, closes))
            for opens, closes in self.hours
            if not (kind is DayKind.MORNING and opens >= NOON) and not (kind is DayKind.AFTERNOON and closes <= NOON)
        ]

    def _days(self) -> list[date]:
        return [
            date.fromordinal(ordinal)
            for year in sorted(self.years)
            for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
        ]


class OfficeTime:
    """Office hours as a measure of time, in microseconds."""

    def __init__(self, opens: list[int], closes: list[int]) -> None:
        self.opens = opens
        self.closes = closes
        self.before = [0, *accumulate(c - o for o, c in zip(opens, closes, strict=True))]

    def elapsed(self, until: int) -> int:
        """Return the office time before `until`."""
        index = bisect_right(self.opens, until)
        if index == 0:
            return 0
        return self.before[index - 1] + min(until, self.closes[index - 1]) - self.opens[index - 1]

    def reached(self, elapsed: int) -> int | None:
        """Return the instant at which `elapsed` office time is over, or None past the last published hour."""
        index = bisect_left(self.before, elapsed)
        if index == 0 or index >= len(self.before):
            return None
        return self.opens[index - 1] + elapsed - self.before[index - 1]


def instant(on: date, clock: time) -> int:
    """Return a time of the city's day in microseconds since 1970 (summer time of 1986-1991 included)."""
    return microseconds(datetime.combine(on, clock, CITY))


def microseconds(at: datetime) -> int:
    """Return `at` in microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def city_day(at: datetime) -> date:
    """Return the day of `at` in the city: 01:00 on Monday in Lu'an is still Sunday in UTC."""
    return at.astimezone(CITY).date()
