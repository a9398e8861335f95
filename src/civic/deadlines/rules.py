"""The law of time limits: ledger of a clock, due date, what is used up, why each day counts. No Django.

The arithmetic, and where it comes from:

- Day 0 is the city's day on which the clock starts; it is not counted. The limit ends with the last counted day at
  23:59:59. (Administrative Licensing Law art. 42 and 82: working days, statutory holidays excluded; Civil Code
  art. 201: the first day is not counted. The published deadlines of 225 real complaints follow exactly this rule.)
- Suspended time is not counted (Administrative Licensing Law art. 45). In units of days and half days, a day or half
  day that a suspension touches, were it for a minute, is not counted at all; in hours, exactly the suspended time is
  not counted. A suspension that ends at the instant at which it began touches nothing.
- A half day ends when the office closes for that half: noon parts the day. Office hours run only while the office is
  open; clock hours always run.
- Natural days count every day. With `rolls`, a last day that is a day off moves to the next working day (Civil Code
  art. 203); a limit of no days is then the day itself.
- An extension adds units to the budget (Administrative Licensing Law art. 42).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from civic.deadlines.calendars import CITY, Calendar, Notice, city_day
from civic.deadlines.measures import Gap, Measure, Unit, measure_of

LAST_SECOND = time(23, 59, 59)
Amount = Decimal | int


class State(StrEnum):
    """What a clock does."""

    RUNNING = "RUNNING"
    SUSPENDED = "SUSPENDED"
    STOPPED = "STOPPED"


@dataclass(frozen=True, slots=True)
class Start:
    """The clock starts with a budget in its unit; `rolls`: see natural days above."""

    at: datetime
    unit: Unit
    budget: Amount
    rolls: bool = False


@dataclass(frozen=True, slots=True)
class Suspend:
    """The clock stops for a reason (code) on a legal basis."""

    at: datetime
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class Resume:
    """The clock runs on."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Extend:
    """The budget grows by `units`: the `nth` of `most` extensions, approved by `approver`."""

    at: datetime
    units: Amount
    nth: int
    most: int
    approver: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The clock has done its duty."""

    at: datetime


Event = Start | Suspend | Resume | Extend | Stop
Ledger = Sequence[Event]


class IllegalLedger(ValueError):
    """The events of a clock do not follow each other as they must; the message names the event."""


@dataclass(frozen=True, slots=True)
class Pause:
    """One suspension; `ends` is None while it lasts."""

    begins: datetime
    ends: datetime | None
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class Course:
    """What a ledger comes to: the replayed clock."""

    start: Start
    state: State = State.RUNNING
    total: Amount = 0
    extensions: int = 0
    pauses: tuple[Pause, ...] = ()
    stopped_at: datetime | None = None


def replay(ledger: Ledger) -> Course:
    """Return the course of a clock from its ledger.

    Raises: IllegalLedger, if an event is out of order or out of place.
    """
    if not ledger or not isinstance(ledger[0], Start):
        raise IllegalLedger("A ledger begins with its start.")
    course, before = Course(ledger[0], total=ledger[0].budget), ledger[0].at
    if course.total < 0 or (course.total == 0 and not same_day(ledger[0])):
        raise IllegalLedger("A budget is more than nothing.")
    for event in ledger[1:]:
        if event.at < before:
            raise IllegalLedger(f"{type(event).__name__} at {event.at} comes before what it follows.")
        course, before = _follow(course, event), event.at
    return course


def same_day(start: Start) -> bool:
    """Whether the limit may be the day itself: no further day, and the next working day if it is a day off."""
    return start.unit is Unit.NATURAL_DAY and start.rolls


def due_at(calendar: Calendar, ledger: Ledger) -> datetime | None:
    """Return the instant with which the limit ends; None while a suspension leaves it open.

    Raises: CalendarMissing, if the limit runs into a year that is not published.
    """
    course = replay(ledger)
    return reaches(calendar, course, course.total)


def deadline(calendar: Calendar, at: datetime, budget: int) -> datetime:
    """Return the end of the `budget`-th working day after the city's day of `at`: the plain case, fast."""
    last = measure_of(Unit.WORKDAY, calendar).reach(city_day(at).toordinal(), budget)
    return datetime.combine(date.fromordinal(last), LAST_SECOND, CITY)


def reaches(calendar: Calendar, course: Course, amount: Amount) -> datetime | None:
    """Return the instant at which `amount` units are used up (None: a suspension is in the way)."""
    measure = measure_of(course.start.unit, calendar)
    position, left = measure.position(course.start.at), measure.scale(amount)
    for opens, closes in _gaps(measure, course):
        if opens > position:
            have = measure.count(position, opens)
            if have >= left:
                break
            left -= have
        if closes is None:
            return None
        position = max(position, closes)
    position = measure.reach(position, left)
    if course.start.rolls:
        position = measure.rolled(position)
    return measure.end(position)


def rung_at(calendar: Calendar, course: Course, share: Decimal, beyond: int = 0) -> datetime | None:
    """Return the instant at which `share` of the budget is used up, and `beyond` more units (None: suspended before).

    Rounded up to whole days or half days; but a warning (share below 1) comes at the latest when the last one begins.
    """
    whole = course.start.unit not in (Unit.OFFICE_HOUR, Unit.CLOCK_HOUR)
    amount = share * Decimal(course.total)
    if whole:
        amount = amount.to_integral_value(ROUND_CEILING)
        if share < 1:
            amount = min(amount, Decimal(course.total) - 1)
    return reaches(calendar, course, amount + beyond)


def consumed(calendar: Calendar, ledger: Ledger, at: datetime) -> Decimal:
    """Return the units used up at `at`: whole units for days and half days, which count when they are over."""
    return used(calendar, replay(ledger), at)


def used(calendar: Calendar, course: Course, at: datetime) -> Decimal:
    """Return the units of `course` used up at `at`; goes on past the budget when overdue."""
    measure = measure_of(course.start.unit, calendar)
    position = measure.position(course.start.at)
    until = measure.completed(min(at, course.stopped_at) if course.stopped_at else at)
    total = 0
    for opens, closes in _gaps(measure, course):
        if opens >= until:
            break
        if opens > position:
            total += measure.count(position, opens)
        position = until if closes is None else max(position, closes)
    if until > position:
        total += measure.count(position, until)
    return measure.unscale(total)


def remaining(calendar: Calendar, ledger: Ledger, at: datetime) -> Decimal:
    """Return the units left at `at`; below zero when overdue."""
    course = replay(ledger)
    return Decimal(course.total) - used(calendar, course, at)


class Why(StrEnum):
    """Why a day counts or does not."""

    COUNTED = "COUNTED"
    DAY_ZERO = "DAY_ZERO"
    OFF = "OFF"
    SUSPENDED = "SUSPENDED"
    OUTSIDE = "OUTSIDE"  # no office hour of this day fell to the clock


@dataclass(frozen=True, slots=True)
class Line:
    """One day of an explanation; `notice` is what made the day what it is, None for an unpublished year."""

    on: date
    kind: str
    name: str
    counted: Decimal
    so_far: Decimal
    why: Why
    notice: Notice | None
    reason: str = ""
    basis: str = ""


def explain(calendar: Calendar, ledger: Ledger, until: datetime) -> list[Line]:
    """Return the limit day by day: from day 0 to the last day, or to `until` while that is open or once stopped."""
    course = replay(ledger)
    due = None if course.stopped_at else reaches(calendar, course, course.total)
    last = city_day(due or course.stopped_at or max(until, course.start.at))
    return list(_lines(calendar, course, last))


def _lines(calendar: Calendar, course: Course, last: date) -> Iterator[Line]:
    first = city_day(course.start.at)
    before = Decimal(0)
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        on = date.fromordinal(ordinal)
        after = min(used(calendar, course, midnight_after(on)), Decimal(course.total))
        pause = next((p for p in course.pauses if _touches(p, on)), None)
        known = on.year in calendar.years or course.start.unit not in (Unit.NATURAL_DAY, Unit.CLOCK_HOUR)
        day = calendar.day(on) if known else None
        why = _why(after - before, on == first, pause, day is not None and not calendar.is_workday(on))
        yield Line(
            on=on,
            kind=day.kind if day else "",
            name=day.name if day else "",
            counted=after - before,
            so_far=after,
            why=why,
            notice=day.notice if day else None,
            reason=pause.reason if pause else "",
            basis=pause.basis if pause else "",
        )
        before = after


def _why(counted: Decimal, is_first: bool, pause: Pause | None, is_off: bool) -> Why:
    if counted:
        return Why.COUNTED
    if is_first:
        return Why.DAY_ZERO
    if is_off:
        return Why.OFF
    return Why.SUSPENDED if pause else Why.OUTSIDE


def midnight_after(on: date) -> datetime:
    """Return the instant at which the city's day `on` is over."""
    return datetime.combine(on + timedelta(days=1), time(), CITY).astimezone(UTC)


def _touches(pause: Pause, on: date) -> bool:
    return city_day(pause.begins) <= on and (pause.ends is None or on <= city_day(pause.ends))


def _gaps(measure: Measure, course: Course) -> list[Gap]:
    """Return the suspensions as stretches of the measure in which nothing counts."""
    return [measure.gap(pause.begins, pause.ends) for pause in course.pauses]


def _follow(course: Course, event: Event) -> Course:
    """Return the course after one more event."""
    match event, course.state:
        case Suspend(), State.RUNNING:
            pause = Pause(event.at, None, event.reason, event.basis)
            return replace(course, state=State.SUSPENDED, pauses=(*course.pauses, pause))
        case Resume(), State.SUSPENDED:
            *earlier, pause = course.pauses
            kept = [] if pause.begins == event.at else [replace(pause, ends=event.at)]
            return replace(course, state=State.RUNNING, pauses=(*earlier, *kept))
        case Extend(), State.RUNNING | State.SUSPENDED:
            return _extended(course, event)
        case Stop(), State.RUNNING | State.SUSPENDED:
            return replace(course, state=State.STOPPED, stopped_at=event.at)
    raise IllegalLedger(f"{type(event).__name__} does not follow when the clock is {course.state}.")


def _extended(course: Course, event: Extend) -> Course:
    if event.nth != course.extensions + 1 or event.nth > event.most or event.units <= 0:
        raise IllegalLedger(f"Extension {event.nth} of {event.most} by {event.units} is not the next one.")
    return replace(course, total=course.total + event.units, extensions=event.nth)
