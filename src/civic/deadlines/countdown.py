"""What is left of a limit, in its own unit and in words, from the columns of a clock alone."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civic.deadlines.calendars import Calendar, CalendarMissing
from civic.deadlines.measures import Measure, Unit, measure_of
from civic.deadlines.states import STOPPED, SUSPENDED


class Light(StrEnum):
    """The colour of a limit, as the countdown component takes it."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PAUSED = "paused"
    DONE = "done"


class Limit(Protocol):
    """The columns that a countdown reads."""

    unit: str
    state: str
    runs_from: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    left: Decimal | None

    def is_overdue(self, *, at: datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class Countdown:
    """Units left (below zero: passed by so many; None: not known, or no longer counted) and what the clock does."""

    amount: Decimal | None
    unit: Unit
    state: str
    is_overdue: bool

    def __str__(self) -> str:
        if self.is_overdue:
            if not self.amount:
                return _("已超期")
            return _("已超期%(units)s") % {"units": units_in_words(-self.amount, self.unit)}
        if self.state == STOPPED or self.amount is None:
            return _("已停止计时")
        if self.state == SUSPENDED:
            return _("暂停计时，剩余%(units)s") % {"units": units_in_words(self.amount, self.unit)}
        return _("还剩%(units)s") % {"units": units_in_words(self.amount, self.unit)}


def count_down(limit: Limit, calendar: Calendar, at: datetime) -> Countdown:
    """Return the countdown of `limit` at `at`."""
    overdue = limit.is_overdue(at=at)
    return Countdown(_amount(limit, calendar, at, overdue), Unit(limit.unit), limit.state, overdue)


def _amount(limit: Limit, calendar: Calendar, at: datetime, overdue: bool) -> Decimal | None:
    if limit.due_at is None:
        return limit.left
    measure = measure_of(Unit(limit.unit), calendar)
    last = measure.due_position(limit.due_at)
    if overdue:
        return _passed(measure, last, measure.completed(min(at, limit.stopped_at or at)))
    if limit.state == STOPPED:
        return None
    return measure.unscale(measure.count(max(measure.position(limit.runs_from), measure.completed(at)), last))


def _passed(measure: Measure, last: int, until: int) -> Decimal | None:
    try:
        return -measure.unscale(measure.count(last, until))
    except CalendarMissing:
        return None  # the limit is over, in a year whose days are not known: how long ago cannot be said


def units_in_words(amount: Decimal, unit: Unit) -> str:
    """Return an amount of a unit in words, e.g. 3个工作日."""
    number = f"{amount:.1f}".removesuffix(".0")
    plural = 1 if amount == 1 else 2
    words = {
        Unit.WORKDAY: ngettext("%(n)s个工作日", "%(n)s个工作日", plural),
        Unit.HALF_DAY: ngettext("%(n)s个半天", "%(n)s个半天", plural),
        Unit.NATURAL_DAY: ngettext("%(n)s天", "%(n)s天", plural),
        Unit.OFFICE_HOUR: ngettext("%(n)s个工作小时", "%(n)s个工作小时", plural),
        Unit.CLOCK_HOUR: ngettext("%(n)s小时", "%(n)s小时", plural),
    }
    return words[unit] % {"n": number}
