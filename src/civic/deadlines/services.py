"""Journeys of legal time: firing rungs, counting anew, and whether the calendar reaches far enough."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from civic.core.jobs import enqueue
from civic.deadlines import rules
from civic.deadlines.calendars import Day, Notice, city_day
from civic.deadlines.models import Clock, Fired, published_calendar, reckoning
from civic.deadlines.official_year import OfficialDay
from civic.workflow.models import StepRefused

BATCH = 500


def fire_due_rungs(*, at: datetime) -> int:
    """Fire every rung that running clocks have passed at `at`; return how many this caller fired.

    Any number of workers may do this at once: each rung fires exactly once, because its row in Fired is claimed in
    the transaction that notes it in the ledger and enqueues the jobs of `deadlines.clock.rung:<kind>:<rung>`.
    """
    fired = 0
    for clock in Clock.objects.with_due_rungs(at=at)[:BATCH]:
        rungs = clock.due_rungs(at=at)
        fired += sum(_fire(clock, rung, at) for rung in rungs)
        if not rungs:
            clock.refresh_from_db()
            _recount(clock, at)
    return fired


def _fire(clock: Clock, rung: str, at: datetime) -> bool:
    """Fire one rung of `clock` unless another worker has; a clock that stopped meanwhile keeps its rung unfired."""
    try:
        with transaction.atomic():
            if not Fired.objects.claim(clock_id=clock.pk, rung=rung, at=at):
                return False
            clock.ring(rung=rung, at=at)
            for job in settings.REACTIONS.get(f"deadlines.clock.rung:{clock.kind}:{rung}", ()):
                enqueue(job, clock=clock.pk, subject=clock.subject, rung=rung)
            return True
    except StepRefused:
        return False


def recount_clocks(*, at: datetime, year: int | None = None, kind: str | None = None) -> int:
    """Count open clocks anew, of `kind` or those a change of `year` can touch; return how many changed."""
    published_calendar(fresh=True)
    clocks = Clock.objects.open().order_by("pk")
    if kind is not None:
        clocks = clocks.filter(kind=kind)
    changed = 0
    for clock in clocks.iterator():
        if year is None or clock.started_at.year <= year:
            changed += _recount(clock, at)
    return changed


def _recount(clock: Clock, at: datetime) -> bool:
    if not clock.is_drifted():
        return False
    try:
        clock.recount(by="timer", at=at)
    except StepRefused:
        return False
    return True


def days_of(days: Sequence[OfficialDay], notice: Notice) -> dict[date, Day]:
    """Return the days that an operator typed as a calendar takes them, for a look before they are entered."""
    return {day.on: Day(day.kind, day.name, notice) for day in days}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the published calendar reaches: `missing` is the first year that is not published, None if all are."""

    missing: int | None

    def __bool__(self) -> bool:
        return self.missing is None


def calendar_covers(*, on: date, days: int = 60) -> Coverage:
    """Return whether the calendar covers `on` and the `days` after it, and if not, the year it lacks."""
    last = on + timedelta(days=days)
    missing = published_calendar().missing_year(on, last)
    if missing is not None:
        missing = published_calendar(fresh=True).missing_year(on, last)
    return Coverage(missing)


def missing_year_warning(*, on: date) -> str | None:
    """Return the warning about a year that will be missing within 120 days of `on`, or None."""
    coverage = calendar_covers(on=on, days=120)
    if coverage:
        return None
    return _("%(year)s年的工作日历尚未录入：跨入该年的时限无法计算。请在国务院办公厅公布通知后尽快录入。") % {
        "year": coverage.missing
    }


def due_after(days: int, *, at: datetime) -> datetime:
    """Return the end of the `days`-th working day after the city's day of `at`. Raises: CalendarMissing."""
    return reckoning.over_calendar(lambda calendar: rules.deadline(calendar, at, days))


def workdays_left(until: datetime, *, at: datetime) -> int:
    """Return the working days after the city's day of `at` up to the day of `until`; below zero when it is past."""
    return workdays_between(city_day(at), city_day(until))


def workdays_between(first: date, last: date) -> int:
    """Return the working days after `first` up to `last`; below zero when `last` comes before `first`."""
    workdays = published_calendar().workdays
    return bisect_right(workdays, last.toordinal()) - bisect_right(workdays, first.toordinal())
