"""Units of legal time as measures: how much lies between two positions, and where an amount is reached. No Django.

A position is a whole number that grows with time: a day's ordinal, a half day's, or microseconds since 1970. What is
counted lies in `(after, until]` of positions, so day 0 and the last day of a suspension fall out by themselves.
"""

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from civic.deadlines.calendars import CITY, EPOCH, MICROSECOND, NOON, Calendar, CalendarMissing, microseconds

HOUR = 3_600_000_000  # microseconds
LAST_SECOND = time(23, 59, 59)
Gap = tuple[int, int | None]


class Unit(StrEnum):
    """In what a limit is counted."""

    WORKDAY = "WORKDAY"
    HALF_DAY = "HALF_DAY"
    NATURAL_DAY = "NATURAL_DAY"
    OFFICE_HOUR = "OFFICE_HOUR"
    CLOCK_HOUR = "CLOCK_HOUR"


class Measure(Protocol):
    """One unit over one calendar."""

    def position(self, at: datetime) -> int:
        """Return where `at` falls; what begins there counts from the next position."""

    def completed(self, at: datetime) -> int:
        """Return the last position that is over at `at`."""

    def count(self, after: int, until: int) -> int:
        """Return how much lies in `(after, until]`."""

    def reach(self, after: int, amount: int) -> int:
        """Return the first position at which `(after, position]` holds `amount`."""

    def gap(self, begins: datetime, ends: datetime | None) -> Gap:
        """Return the stretch in which a suspension lets nothing count."""

    def end(self, position: int) -> datetime:
        """Return the instant with which `position` ends."""

    def due_position(self, due: datetime) -> int:
        """Return the position that ends with `due`."""

    def rolled(self, position: int) -> int:
        """Return `position`, or the next working day's if it is a day off."""

    def scale(self, amount: Decimal | int) -> int:
        """Return an amount of the unit in steps of the measure."""

    def unscale(self, steps: int) -> Decimal:
        """Return steps of the measure as an amount of the unit."""


def measure_of(unit: Unit, calendar: Calendar) -> Measure:
    """Return the measure of `unit` over `calendar`."""
    return MEASURES[unit](calendar)


class Whole:
    """What the measures that count in whole pieces have in common."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def position(self, at: datetime) -> int:
        return at.astimezone(CITY).toordinal()

    def completed(self, at: datetime) -> int:
        return self.position(at) - 1

    def gap(self, begins: datetime, ends: datetime | None) -> Gap:
        return self.position(begins) - 1, None if ends is None else self.position(ends)

    def end(self, position: int) -> datetime:
        return datetime.combine(date.fromordinal(position), LAST_SECOND, CITY)

    def due_position(self, due: datetime) -> int:
        return self.position(due)

    def rolled(self, position: int) -> int:
        return Workdays(self.calendar).reach(position - 1, 1)

    def scale(self, amount: Decimal | int) -> int:
        if amount != int(amount):
            raise ValueError(f"{amount}: days and half days are counted whole.")
        return int(amount)

    def unscale(self, steps: int) -> Decimal:
        return Decimal(steps)


class NaturalDays(Whole):
    """Every day counts."""

    def count(self, after: int, until: int) -> int:
        return until - after

    def reach(self, after: int, amount: int) -> int:
        return after + amount


class Workdays(Whole):
    """Working days count."""

    parts = 1

    @property
    def worked(self) -> list[int]:
        return self.calendar.workdays

    def count(self, after: int, until: int) -> int:
        self.calendar.require(self._year(after), self._year(until))
        return bisect_right(self.worked, until) - bisect_right(self.worked, after)

    def reach(self, after: int, amount: int) -> int:
        first = self._year(after)
        index = bisect_right(self.worked, after) + amount - 1
        if index >= len(self.worked):
            self.calendar.require(first, max(self.calendar.years, default=first) + 1)
            raise CalendarMissing(first)
        position = self.worked[index]
        self.calendar.require(first, self._year(position))
        return position

    def _year(self, position: int) -> int:
        return date.fromordinal(position // self.parts).year


class HalfDays(Workdays):
    """Mornings and afternoons of working days count."""

    parts = 2

    @property
    def worked(self) -> list[int]:
        return self.calendar.halves

    def position(self, at: datetime) -> int:
        local = at.astimezone(CITY)
        return local.toordinal() * 2 + (local.time() >= NOON)

    def end(self, position: int) -> datetime:
        on, afternoon = date.fromordinal(position // 2), position % 2 == 1
        closes = [closes for opens, closes in self.calendar.hours if (opens >= NOON) == afternoon]
        return datetime.combine(on, max(closes, default=LAST_SECOND if afternoon else NOON), CITY)

    def due_position(self, due: datetime) -> int:
        return self.position(due - MICROSECOND)  # the morning ends at noon, where the afternoon begins

    def rolled(self, position: int) -> int:
        return position


class ClockHours:
    """All time counts, exactly."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar

    def position(self, at: datetime) -> int:
        return microseconds(at)

    def completed(self, at: datetime) -> int:
        return microseconds(at)

    def count(self, after: int, until: int) -> int:
        return until - after

    def reach(self, after: int, amount: int) -> int:
        return after + amount

    def gap(self, begins: datetime, ends: datetime | None) -> Gap:
        return microseconds(begins), None if ends is None else microseconds(ends)

    def end(self, position: int) -> datetime:
        return (EPOCH + timedelta(microseconds=position)).astimezone(CITY)

    def due_position(self, due: datetime) -> int:
        return microseconds(due)

    def rolled(self, position: int) -> int:
        return position

    def scale(self, amount: Decimal | int) -> int:
        return int(amount * HOUR)

    def unscale(self, steps: int) -> Decimal:
        return Decimal(steps) / HOUR


class OfficeHours(ClockHours):
    """Time counts while the office is open."""

    def count(self, after: int, until: int) -> int:
        self.calendar.require(self._year(after), self._year(until))
        office = self.calendar.office
        return office.elapsed(until) - office.elapsed(after)

    def reach(self, after: int, amount: int) -> int:
        first = self._year(after)
        self.calendar.require(first, first)
        office = self.calendar.office
        position = office.reached(office.elapsed(after) + amount)
        if position is None:
            self.calendar.require(first, max(self.calendar.years) + 1)
            raise CalendarMissing(first)
        self.calendar.require(first, self._year(position))
        return position

    def _year(self, position: int) -> int:
        return (EPOCH + position * MICROSECOND).astimezone(CITY).year


MEASURES: dict[Unit, type[NaturalDays] | type[Workdays] | type[HalfDays] | type[ClockHours] | type[OfficeHours]] = {
    Unit.WORKDAY: Workdays,
    Unit.HALF_DAY: HalfDays,
    Unit.NATURAL_DAY: NaturalDays,
    Unit.OFFICE_HOUR: OfficeHours,
    Unit.CLOCK_HOUR: ClockHours,
}
