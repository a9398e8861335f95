"""What must hold of every ledger, searched by hypothesis: no database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from civic.deadlines import rules
from civic.deadlines.calendars import CITY, Calendar, Day, DayKind, city_day
from civic.deadlines.measures import Unit
from civic.deadlines.rules import Event, Extend, Resume, Start, Stop, Suspend
from tests.factories.deadlines import plain_calendar

DAYS_OFF = {date(1986 + n % 7, 1 + n % 12, 1 + n % 28): Day(DayKind.OFF, "放假") for n in range(60)}
MADE_UP = {
    on: Day(DayKind.WORK, "调休上班")
    for on in (date(1986, 1, 4) + timedelta(weeks=5 * n) for n in range(60))
    if on not in DAYS_OFF
}
HALVES = {
    date(1988, 3, day): Day(DayKind.MORNING, "半天") for day in range(7, 12) if date(1988, 3, day) not in DAYS_OFF
}
CALENDAR = Calendar(range(1984, 1996), {**DAYS_OFF, **MADE_UP, **HALVES})  # the years with summer time lie inside

instants = st.datetimes(datetime(1986, 1, 1), datetime(1992, 1, 1), timezones=st.just(UTC))
units = st.sampled_from(list(Unit))
days = st.sampled_from([Unit.WORKDAY, Unit.NATURAL_DAY, Unit.HALF_DAY])


@st.composite
def ledgers(draw: st.DrawFn, unit: st.SearchStrategy[Unit] = units) -> list[Event]:
    """Any lawful ledger that has not stopped and is not suspended."""
    at = draw(instants)
    ledger: list[Event] = [Start(at, draw(unit), draw(st.integers(1, 40)))]
    extensions = 0
    for _ in range(draw(st.integers(0, 4))):
        at += timedelta(minutes=draw(st.integers(0, 20_000)))
        if draw(st.booleans()):
            end = at + timedelta(minutes=draw(st.integers(0, 20_000)))
            ledger += [Suspend(at, "HEARING", "第四十五条"), Resume(end)]
            at = end
        else:
            extensions += 1
            ledger.append(Extend(at, draw(st.integers(1, 10)), extensions, 9, "leader"))
    return ledger


def due(ledger: list[Event]) -> datetime:
    found = rules.due_at(CALENDAR, ledger)
    assert found is not None
    return found


def naive_due(start: datetime, budget: int, pauses: list[tuple[datetime, datetime]]) -> date:
    """The slow oracle: walk day by day."""
    on = city_day(start)
    while budget:
        on += timedelta(days=1)
        touched = any(begins < ends and city_day(begins) <= on <= city_day(ends) for begins, ends in pauses)
        budget -= CALENDAR.is_workday(on) and not touched
    return on


@given(ledgers())
def test_the_limit_is_used_up_exactly_when_it_ends_and_not_before(ledger: list[Event]) -> None:
    end = due(ledger)
    total = rules.replay(ledger).total

    assert rules.consumed(CALENDAR, ledger, end + timedelta(hours=12)) >= total
    assert rules.consumed(CALENDAR, ledger, end - timedelta(seconds=1)) < total


@given(ledgers(), st.integers(1, 10))
def test_an_extension_never_brings_the_end_forward(ledger: list[Event], units_more: int) -> None:
    last = max(event.at for event in ledger)
    nth = rules.replay(ledger).extensions + 1

    assert due([*ledger, Extend(last, units_more, nth, 99, "leader")]) > due(ledger)


@given(ledgers(), st.integers(0, 50_000))
def test_a_suspension_of_no_length_changes_nothing(ledger: list[Event], minutes: int) -> None:
    at = max(event.at for event in ledger) + timedelta(minutes=minutes)
    empty = [*ledger, Suspend(at, "HEARING", "第四十五条"), Resume(at)]

    assert due(empty) == due(ledger)
    assert rules.consumed(CALENDAR, empty, at) == rules.consumed(CALENDAR, ledger, at)


@given(ledgers(), st.integers(0, 50_000), st.integers(0, 50_000))
def test_a_longer_suspension_never_brings_the_end_forward(ledger: list[Event], minutes: int, more: int) -> None:
    at = max(event.at for event in ledger)
    short = [*ledger, Suspend(at, "HEARING", "第四十五条"), Resume(at + timedelta(minutes=minutes))]
    long = [*short[:-1], Resume(at + timedelta(minutes=minutes + more))]

    assert due(ledger) <= due(short) <= due(long)


@given(ledgers(), st.lists(st.integers(0, 100_000), min_size=2, max_size=8))
def test_what_is_consumed_never_shrinks(ledger: list[Event], minutes: list[int]) -> None:
    used = [rules.consumed(CALENDAR, ledger, ledger[0].at + timedelta(minutes=m)) for m in sorted(minutes)]

    assert all(before <= after for before, after in pairwise(used))


@settings(max_examples=300)
@given(ledgers(st.just(Unit.WORKDAY)))
def test_working_days_agree_with_a_walk_day_by_day(ledger: list[Event]) -> None:
    course = rules.replay(ledger)
    pauses = [(p.begins, p.ends) for p in course.pauses if p.ends is not None]

    assert due(ledger).date() == naive_due(ledger[0].at, int(course.total), pauses)


@given(ledgers(days))
def test_whole_days_end_with_the_last_second_of_the_citys_day_or_with_the_office(ledger: list[Event]) -> None:
    clock = due(ledger).astimezone(CITY).strftime("%H:%M:%S")

    assert clock in ({"12:00:00", "17:00:00"} if ledger[0].unit is Unit.HALF_DAY else {"23:59:59"})


def ends_with_the_day_before(end: datetime) -> bool:
    """Whether hours run out at midnight: the last day is then the day that begins there, and none of it counts."""
    return city_day(end - timedelta(seconds=1)) < city_day(end)


@given(ledgers())
def test_the_explanation_adds_up_to_the_budget_and_ends_on_the_last_day(ledger: list[Event]) -> None:
    lines = rules.explain(CALENDAR, ledger, ledger[0].at)

    assert sum(line.counted for line in lines) == rules.replay(ledger).total
    assert lines[-1].on == city_day(due(ledger))
    assert lines[-1].counted > 0 or ends_with_the_day_before(due(ledger))
    assert [line.on for line in lines] == [lines[0].on + timedelta(days=n) for n in range(len(lines))]


@given(instants, st.integers(1, 400))
def test_clock_hours_are_real_hours_even_when_summer_time_begins(at: datetime, hours: int) -> None:
    assert due([Start(at, Unit.CLOCK_HOUR, hours)]) - at == timedelta(hours=hours)


def test_the_night_on_which_summer_time_began_has_an_hour_less() -> None:
    before = datetime(1986, 5, 3, 22, tzinfo=CITY)

    assert due([Start(before, Unit.CLOCK_HOUR, 6)]).isoformat() == "1986-05-04T05:00:00+09:00"
    assert due([Start(before, Unit.NATURAL_DAY, 1)]).isoformat() == "1986-05-04T23:59:59+09:00"


@given(ledgers(), st.integers(0, 20_000))
def test_a_stopped_clock_consumes_no_more(ledger: list[Event], minutes: int) -> None:
    stop = max(event.at for event in ledger) + timedelta(minutes=minutes)
    stopped = [*ledger, Stop(stop)]

    assert rules.consumed(CALENDAR, stopped, stop + timedelta(days=90)) == rules.consumed(CALENDAR, ledger, stop)


@given(instants, st.integers(1, 60), st.sampled_from(["0.5", "0.75", "0.8", "0.9"]))
def test_rungs_come_in_the_order_of_their_shares(at: datetime, budget: int, share: str) -> None:
    course = rules.replay([Start(at, Unit.WORKDAY, budget)])
    warning = rules.rung_at(CALENDAR, course, Decimal(share))
    over = rules.rung_at(CALENDAR, course, Decimal(1))

    assert warning is not None
    assert over is not None
    assert warning < over


def test_a_calendar_without_holidays_counts_five_days_a_week() -> None:
    calendar = plain_calendar()

    assert rules.deadline(calendar, datetime(2030, 1, 7, 4, tzinfo=UTC), 50).date() == date(2030, 3, 18)
