"""What follows from a clock's ledger and the calendar in force: the columns of a clock, and when its rungs come."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from civic.core.errors import Invalid
from civic.deadlines import rules
from civic.deadlines.calendars import Calendar, CalendarMissing
from civic.deadlines.measures import Unit
from civic.deadlines.models.calendar import published_calendar
from civic.deadlines.models.rung import profile

WARN_AT = Decimal("0.75")  # share used up when the light turns yellow
HOURS = (Unit.OFFICE_HOUR, Unit.CLOCK_HOUR)
T = TypeVar("T")


def over_calendar(question: Callable[[Calendar], T]) -> T:
    """Return the answer of `question`; before a year is called missing, the database is asked once more."""
    try:
        return question(published_calendar())
    except CalendarMissing:
        return question(published_calendar(fresh=True))


def columns(course: rules.Course) -> dict[str, Any]:
    """Return the columns of a clock that follow from its course."""
    return over_calendar(lambda calendar: _columns(calendar, course))


def ladder(course: rules.Course, kind: str) -> list[tuple[str, datetime]]:
    """Return the rungs of `kind` with their instants, in order; those behind a suspension or a missing year wait."""
    return over_calendar(lambda calendar: _ladder(calendar, course, kind))


def checked_budget(unit: str, amount: Decimal | int, *, rolls: bool = False) -> Decimal:
    """Return `amount` as a budget of `unit`; in natural days that roll, none means the day itself.

    Raises: Invalid, if it is not above zero, or not whole where days or half days are counted.
    """
    try:
        budget = Decimal(amount).quantize(Decimal("0.01"))
    except (InvalidOperation, TypeError, ValueError):
        raise Invalid(_("时限必须是一个数字。")) from None
    if not (0 < budget < 100_000 or (budget == 0 and rolls and unit == Unit.NATURAL_DAY)):
        raise Invalid(_("时限必须大于零且小于十万。"))
    if unit not in HOURS and budget != budget.to_integral_value():
        raise Invalid(_("按天或半天计算的时限必须是整数。"))
    return budget


def _columns(calendar: Calendar, course: rules.Course) -> dict[str, Any]:
    pause = course.pauses[-1] if course.pauses else None
    values: dict[str, Any] = {
        "runs_from": pause.ends if pause and pause.ends else course.start.at,
        "extra": Decimal(course.total) - Decimal(course.start.budget),
        "left": None,
        "due_at": rules.reaches(calendar, course, course.total),
        "warn_at": rules.rung_at(calendar, course, WARN_AT),
    }
    if pause and course.state is rules.State.SUSPENDED:
        left = Decimal(course.total) - rules.used(calendar, course, pause.begins)
        values["left"] = left.quantize(Decimal("0.0001"))
    return values


def _ladder(calendar: Calendar, course: rules.Course, kind: str) -> list[tuple[str, datetime]]:
    found: list[tuple[str, datetime]] = []
    for key, share, beyond in profile(kind):
        try:
            when = rules.rung_at(calendar, course, share, beyond)
        except CalendarMissing:
            if share <= 1 and not beyond:
                raise
            continue  # a rung past the limit may lie in a year to come; it is set when that year is entered
        if when is not None:
            found.append((key, when))
    return sorted(found, key=lambda rung: rung[1])
