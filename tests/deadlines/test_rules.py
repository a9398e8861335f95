"""The law of time limits as plain tables: no database."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from civic.deadlines import published, rules
from civic.deadlines.calendars import Calendar, CalendarMissing, Day, DayKind, Notice
from civic.deadlines.measures import Unit
from civic.deadlines.rules import Extend, Resume, Start, Stop, Suspend, Why
from tests.factories.deadlines import city

PUBLISHED = Calendar(published.YEARS, published.exceptions())
HALF = Calendar([2026], {date(2026, 3, 4): Day(DayKind.MORNING, "半天", Notice("市政府通知"))})
BASIS = "《行政许可法》第四十五条"


@pytest.mark.parametrize(
    ("start", "unit", "budget", "due"),
    [
        ("2025-03-03 16:53:13", Unit.WORKDAY, 15, "2025-03-24 23:59:59"),
        ("2026-03-02 00:00:00", Unit.WORKDAY, 1, "2026-03-03 23:59:59"),
        ("2026-03-02 23:59:59", Unit.WORKDAY, 1, "2026-03-03 23:59:59"),
        ("2026-02-13 10:00:00", Unit.WORKDAY, 1, "2026-02-14 23:59:59"),  # a Saturday made up for Spring Festival
        ("2026-02-14 10:00:00", Unit.WORKDAY, 1, "2026-02-24 23:59:59"),  # nine days of Spring Festival
        ("2026-09-30 10:00:00", Unit.WORKDAY, 2, "2026-10-09 23:59:59"),
        ("2026-10-09 10:00:00", Unit.WORKDAY, 1, "2026-10-10 23:59:59"),  # the Saturday made up for National Day
        ("2026-03-07 10:00:00", Unit.WORKDAY, 1, "2026-03-09 23:59:59"),  # accepted on a Saturday
        ("2026-03-02 10:00:00", Unit.NATURAL_DAY, 5, "2026-03-07 23:59:59"),
        ("2030-03-02 10:00:00", Unit.NATURAL_DAY, 5, "2030-03-07 23:59:59"),  # natural days need no calendar
        ("2026-03-02 08:00:00", Unit.HALF_DAY, 1, "2026-03-02 17:00:00"),
        ("2026-03-02 12:00:00", Unit.HALF_DAY, 1, "2026-03-03 12:00:00"),
        ("2026-03-06 15:00:00", Unit.HALF_DAY, 3, "2026-03-10 12:00:00"),
        ("2026-03-02 16:30:00", Unit.OFFICE_HOUR, 2, "2026-03-03 10:30:00"),
        ("2026-03-02 11:30:00", Unit.OFFICE_HOUR, 1, "2026-03-02 13:30:00"),
        ("2026-03-06 20:00:00", Unit.OFFICE_HOUR, 7, "2026-03-09 17:00:00"),
        ("2026-03-06 23:30:00", Unit.CLOCK_HOUR, Decimal("0.5"), "2026-03-07 00:00:00"),
    ],
)
def test_a_limit_ends_where_the_law_puts_it(start: str, unit: Unit, budget: Decimal, due: str) -> None:
    assert rules.due_at(PUBLISHED, [Start(city(start), unit, budget)]) == city(due)


def test_the_limit_starts_on_the_citys_day_not_on_utcs() -> None:
    one_in_the_morning_on_tuesday = datetime.fromisoformat("2026-03-02T17:00:00+00:00")

    assert rules.deadline(PUBLISHED, one_in_the_morning_on_tuesday, 1) == city("2026-03-04 23:59:59")


def test_the_short_way_agrees_with_the_long_one_on_every_day_of_six_years() -> None:
    for offset in range(6 * 365):
        at = city("2019-12-01 09:00") + timedelta(days=offset)
        for budget in (1, 5, 20):
            assert rules.deadline(PUBLISHED, at, budget) == rules.due_at(PUBLISHED, [Start(at, Unit.WORKDAY, budget)])


@pytest.mark.parametrize("unit", [Unit.WORKDAY, Unit.HALF_DAY, Unit.OFFICE_HOUR])
def test_a_year_that_was_not_published_is_refused_by_name(unit: Unit) -> None:
    with pytest.raises(CalendarMissing, match="2027年的工作日历尚未录入") as refused:
        rules.due_at(PUBLISHED, [Start(city("2026-12-30 09:00"), unit, 30)])

    assert refused.value.year == 2027


def test_a_gap_between_published_years_is_not_jumped() -> None:
    gap = Calendar([2025, 2027], {})

    with pytest.raises(CalendarMissing) as refused:
        rules.due_at(gap, [Start(city("2025-12-30 09:00"), Unit.WORKDAY, 10)])

    assert refused.value.year == 2026


def test_a_start_in_an_unknown_year_names_that_year() -> None:
    with pytest.raises(CalendarMissing) as refused:
        rules.deadline(PUBLISHED, city("1999-05-04 09:00"), 3)

    assert refused.value.year == 1999


def test_the_last_natural_day_rolls_to_the_next_working_day_where_the_law_says_so() -> None:
    start = city("2026-02-10 09:00")

    assert rules.due_at(PUBLISHED, [Start(start, Unit.NATURAL_DAY, 7)]) == city("2026-02-17 23:59:59")
    assert rules.due_at(PUBLISHED, [Start(start, Unit.NATURAL_DAY, 7, rolls=True)]) == city("2026-02-24 23:59:59")


def test_a_day_that_a_suspension_touches_for_a_minute_is_not_counted() -> None:
    ledger = [
        Start(city("2026-03-02 09:00"), Unit.WORKDAY, 3),
        Suspend(city("2026-03-04 10:00"), "HEARING", BASIS),
        Resume(city("2026-03-04 10:01")),
    ]

    assert rules.due_at(PUBLISHED, ledger) == city("2026-03-06 23:59:59")


def test_hours_lose_exactly_the_suspended_time() -> None:
    ledger = [
        Start(city("2026-03-02 09:00"), Unit.OFFICE_HOUR, 3),
        Suspend(city("2026-03-02 10:00"), "HEARING", BASIS),
        Resume(city("2026-03-02 13:30")),
    ]

    assert rules.due_at(PUBLISHED, ledger) == city("2026-03-02 15:30")


def test_a_suspension_over_a_weekend_costs_only_working_days() -> None:
    ledger = [
        Start(city("2026-03-02 09:00"), Unit.WORKDAY, 5),
        Suspend(city("2026-03-06 09:00"), "CORRECTION", BASIS),
        Resume(city("2026-03-09 09:00")),
    ]

    assert rules.due_at(PUBLISHED, ledger) == city("2026-03-11 23:59:59")
    assert rules.consumed(PUBLISHED, ledger, city("2026-03-10 00:00")) == 3
    assert rules.remaining(PUBLISHED, ledger, city("2026-03-10 00:00")) == 2


def test_an_open_suspension_leaves_the_end_open_and_a_limit_already_over_stays_over() -> None:
    start = Start(city("2026-03-02 09:00"), Unit.WORKDAY, 2)

    assert rules.due_at(PUBLISHED, [start, Suspend(city("2026-03-04 09:00"), "HEARING", BASIS)]) is None
    late = [start, Suspend(city("2026-03-05 09:00"), "HEARING", BASIS)]
    assert rules.due_at(PUBLISHED, late) == city("2026-03-04 23:59:59")


def test_an_extension_adds_its_units() -> None:
    ledger = [Start(city("2026-03-02 09:00"), Unit.WORKDAY, 20), Extend(city("2026-03-20 09:00"), 10, 1, 1, "leader")]

    assert rules.due_at(PUBLISHED, ledger) == city("2026-04-14 23:59:59")


def test_time_after_the_stop_is_not_consumed() -> None:
    ledger = [Start(city("2026-03-02 09:00"), Unit.WORKDAY, 5), Stop(city("2026-03-04 15:00"))]

    assert rules.consumed(PUBLISHED, ledger, city("2026-03-20 09:00")) == 1


def test_an_overdue_limit_has_less_than_nothing_left() -> None:
    ledger = [Start(city("2026-03-02 09:00"), Unit.WORKDAY, 2)]

    assert rules.remaining(PUBLISHED, ledger, city("2026-03-06 00:00")) == -1


def test_a_half_working_day_counts_as_a_working_day_and_as_one_half() -> None:
    assert rules.due_at(HALF, [Start(city("2026-03-03 09:00"), Unit.WORKDAY, 1)]) == city("2026-03-04 23:59:59")
    assert rules.due_at(HALF, [Start(city("2026-03-03 14:00"), Unit.HALF_DAY, 2)]) == city("2026-03-05 12:00:00")
    assert rules.due_at(HALF, [Start(city("2026-03-04 11:00"), Unit.OFFICE_HOUR, 2)]) == city("2026-03-05 10:00:00")


@pytest.mark.parametrize(
    "ledger",
    [
        [],
        [Resume(city("2026-03-02 09:00"))],
        [Start(city("2026-03-02 09:00"), Unit.WORKDAY, 0)],
        [Start(city("2026-03-02 09:00"), Unit.WORKDAY, 5), Resume(city("2026-03-03 09:00"))],
        [Start(city("2026-03-02 09:00"), Unit.WORKDAY, 5), Suspend(city("2026-03-01 09:00"), "HEARING", BASIS)],
        [Start(city("2026-03-02 09:00"), Unit.WORKDAY, 5), Extend(city("2026-03-03 09:00"), 5, 2, 2, "leader")],
        [Start(city("2026-03-02 09:00"), Unit.WORKDAY, 5), Extend(city("2026-03-03 09:00"), 5, 1, 0, "leader")],
        [
            Start(city("2026-03-02 09:00"), Unit.WORKDAY, 5),
            Stop(city("2026-03-03 09:00")),
            Stop(city("2026-03-04 09:00")),
        ],
    ],
)
def test_a_ledger_out_of_order_is_refused(ledger: list[rules.Event]) -> None:
    with pytest.raises(rules.IllegalLedger):
        rules.replay(ledger)


def test_the_explanation_says_of_every_day_why_it_counts_and_who_made_it_so() -> None:
    ledger = [
        Start(city("2026-02-12 09:00"), Unit.WORKDAY, 3),
        Suspend(city("2026-02-13 10:00"), "CORRECTION", BASIS),
        Resume(city("2026-02-13 15:00")),
    ]

    lines = rules.explain(PUBLISHED, ledger, city("2026-02-13 16:00"))

    assert [(str(line.on)[5:], line.kind, line.why, line.so_far) for line in lines] == [
        ("02-12", "WORK", Why.DAY_ZERO, 0),
        ("02-13", "WORK", Why.SUSPENDED, 0),
        ("02-14", "WORK", Why.COUNTED, 1),
        *[(f"02-{day}", "OFF", Why.OFF, 1) for day in range(15, 24)],
        ("02-24", "WORK", Why.COUNTED, 2),
        ("02-25", "WORK", Why.COUNTED, 3),
    ]
    assert (lines[1].reason, lines[1].basis) == ("CORRECTION", BASIS)
    assert lines[2].name == "春节调休上班"
    assert lines[2].notice == published.notice(2026)
    assert lines[3].name == "春节"
    assert lines[0].notice is not None and "职工工作时间" in lines[0].notice.title


def test_the_explanation_of_an_open_suspension_goes_on_to_today() -> None:
    ledger = [Start(city("2026-03-02 09:00"), Unit.WORKDAY, 3), Suspend(city("2026-03-04 10:00"), "HEARING", BASIS)]

    lines = rules.explain(PUBLISHED, ledger, city("2026-03-05 16:00"))

    assert [line.why for line in lines] == [Why.DAY_ZERO, Why.COUNTED, Why.SUSPENDED, Why.SUSPENDED]


def test_the_explanation_of_hours_adds_up_to_the_budget() -> None:
    lines = rules.explain(PUBLISHED, [Start(city("2026-03-02 16:00"), Unit.OFFICE_HOUR, 10)], city("2026-03-02 16:00"))

    assert [line.counted for line in lines] == [1, 7, 2]


@pytest.mark.parametrize(
    ("budget", "share", "due"),
    [
        (20, "0.75", "2026-03-23 23:59:59"),
        (15, "0.75", "2026-03-18 23:59:59"),
        (5, "0.8", "2026-03-06 23:59:59"),
        (3, "0.75", "2026-03-04 23:59:59"),  # the last day is always warned of
        (1, "0.75", "2026-03-02 23:59:59"),
        (5, "1", "2026-03-09 23:59:59"),
    ],
)
def test_a_rung_comes_when_its_share_is_used_up(budget: int, share: str, due: str) -> None:
    course = rules.replay([Start(city("2026-03-02 09:00"), Unit.WORKDAY, budget)])

    assert rules.rung_at(PUBLISHED, course, Decimal(share)) == city(due)


def test_a_rung_beyond_the_limit_comes_that_many_working_days_later() -> None:
    course = rules.replay([Start(city("2026-03-02 09:00"), Unit.WORKDAY, 5)])

    assert rules.rung_at(PUBLISHED, course, Decimal(1), beyond=2) == city("2026-03-11 23:59:59")


def test_days_are_counted_whole() -> None:
    with pytest.raises(ValueError, match="counted whole"):
        rules.due_at(PUBLISHED, [Start(city("2026-03-02 09:00"), Unit.WORKDAY, Decimal("0.5"))])
