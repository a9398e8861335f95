"""A clock in the database: verbs, ledger entries, refusals that leave no trace."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from civic.audit.models import Entry
from civic.core.errors import Conflict, Invalid, NotAllowed
from civic.deadlines import rules, words
from civic.deadlines.calendars import CalendarMissing
from civic.deadlines.countdown import Light
from civic.deadlines.measures import Unit
from civic.deadlines.models import Clock, Fired, Interval, clock_values
from civic.deadlines.states import STEPS, ClockState
from civic.workflow.models import StepRefused
from tests.factories.deadlines import CASE, CLERK, LEADER, MONDAY, calendar, city, clock

pytestmark = pytest.mark.django_db
BASIS = "《行政许可法》第四十五条"


def steps_recorded() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("step", flat=True))


def replayed(running: Clock) -> datetime | None:
    return rules.due_at(calendar(), running.ledger())


def test_start_sets_the_due_date_and_is_recorded() -> None:
    running = clock(budget=5)

    assert running.due_at == city("2026-03-09 23:59:59")
    assert running.warn_at == city("2026-03-06 23:59:59")
    assert running.state == ClockState.RUNNING
    assert Entry.objects.get().step == "deadlines.clock.start"
    assert Entry.objects.get().detail == {"of": CASE}


def test_a_second_open_clock_of_the_same_kind_is_refused_and_another_kind_is_not() -> None:
    clock()

    with pytest.raises(Conflict, match="已在计时"):
        clock()
    clock(kind="statutory", budget=20)

    assert Clock.objects.count() == 2


def test_the_database_itself_refuses_a_second_open_clock() -> None:
    values = clock_values(subject=CASE, kind="promise", budget=5, unit=Unit.WORKDAY, by=CLERK, at=MONDAY)
    Clock.objects.create(**values)

    with pytest.raises(IntegrityError), transaction.atomic():
        Clock.objects.create(**values)


def test_plain_values_make_the_same_clock_as_start() -> None:
    values = clock_values(subject=CASE, kind="promise", budget=15, unit=Unit.WORKDAY, by=CLERK, at=MONDAY)

    started = clock(budget=15)

    assert {name: getattr(started, name) for name in values} == values


def test_a_limit_into_an_unpublished_year_is_refused_and_nothing_starts() -> None:
    with pytest.raises(CalendarMissing, match="2027年"):
        clock(budget=20, at=city("2026-12-21 09:00"))

    assert Clock.objects.count() == 0
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("budget", [0, -1, Decimal("0.5"), 100_000])
def test_a_budget_that_is_none_is_refused(budget: Decimal) -> None:
    with pytest.raises(Invalid):
        clock(budget=budget)


def test_suspend_stops_the_clock_and_resume_moves_the_due_date() -> None:
    running = clock(budget=5)

    running.suspend(reason="CORRECTION", basis=BASIS, by=CLERK, at=city("2026-03-04 10:00"))

    assert (running.state, running.due_at, running.left) == (ClockState.SUSPENDED, None, 4)
    running.resume(by=CLERK, at=city("2026-03-06 15:00"))
    assert running.due_at == city("2026-03-12 23:59:59") == replayed(running)
    assert steps_recorded() == ["deadlines.clock.start", "deadlines.clock.suspend", "deadlines.clock.resume"]


def test_a_suspension_of_no_length_changes_nothing_but_the_ledger() -> None:
    running = clock(budget=5)
    before = running.due_at

    running.suspend(reason="HEARING", basis=BASIS, by=CLERK, at=city("2026-03-04 10:00"))
    running.resume(by=CLERK, at=city("2026-03-04 10:00"))

    assert running.due_at == before


@pytest.mark.parametrize(("reason", "basis"), [("CORRECTION", "  "), ("TIRED", BASIS)])
def test_a_suspension_needs_a_known_reason_and_a_legal_basis(reason: str, basis: str) -> None:
    running = clock()

    with pytest.raises(Invalid):
        running.suspend(reason=reason, basis=basis, by=CLERK, at=city("2026-03-04 10:00"))

    running.refresh_from_db()
    assert (running.state, Interval.objects.count()) == (ClockState.RUNNING, 0)


def test_extend_needs_another_person_and_the_limit_is_counted() -> None:
    running = clock(budget=20)

    with pytest.raises(NotAllowed, match="不能自己批准"):
        running.extend(units=10, basis="第四十二条", by=CLERK, approver=CLERK, at=city("2026-03-20 09:00"))
    running.extend(units=10, basis="第四十二条", by=CLERK, approver=LEADER, at=city("2026-03-20 09:00"))
    with pytest.raises(Conflict, match="最多延长1次"):
        running.extend(units=10, basis="第四十二条", by=CLERK, approver=LEADER, at=city("2026-03-20 09:00"))

    running.refresh_from_db()
    assert running.due_at == city("2026-04-14 23:59:59") == replayed(running)
    assert (running.extra, Interval.objects.get().approver) == (10, LEADER)
    assert steps_recorded() == ["deadlines.clock.start", "deadlines.clock.extend"]


def test_an_overdue_limit_cannot_be_extended() -> None:
    running = clock(budget=5)

    with pytest.raises(Conflict, match="已经届满"):
        running.extend(units=5, basis="第四十二条", by=CLERK, approver=LEADER, at=city("2026-03-10 00:00:00"))

    assert Interval.objects.count() == 0


def test_an_event_from_a_machine_whose_clock_is_behind_does_not_turn_the_ledger_back() -> None:
    running = clock(budget=5)
    running.suspend(reason="HEARING", basis=BASIS, by=CLERK, at=city("2026-03-04 10:00"))

    running.resume(by=CLERK, at=city("2026-03-04 09:50"))

    assert running.due_at == city("2026-03-09 23:59:59")


@pytest.mark.parametrize("step", list(STEPS))
@pytest.mark.parametrize("state", ClockState.values)
def test_the_table_alone_says_which_step_leads_where(step: str, state: str) -> None:
    running = clock(budget=20, most_extensions=2)
    at = city("2026-03-04 10:00")
    if state == ClockState.SUSPENDED:
        running.suspend(reason="HEARING", basis=BASIS, by=CLERK, at=at)
    elif state == ClockState.STOPPED:
        running.stop(by=CLERK, at=at)
    acts = {
        "suspend": lambda: running.suspend(reason="HEARING", basis=BASIS, by=CLERK, at=at),
        "resume": lambda: running.resume(by=CLERK, at=at),
        "extend": lambda: running.extend(units=1, basis="第四十二条", by=CLERK, approver=LEADER, at=at),
        "ring": lambda: running.ring(rung="yellow", at=at),
        "recount": lambda: running.recount(by="timer", at=at),
        "stop": lambda: running.stop(by=CLERK, at=at),
    }

    target = STEPS.target(step, state)

    if target is None:
        entries = Entry.objects.count()
        with pytest.raises(StepRefused):
            acts[step]()
        assert Entry.objects.count() == entries
    else:
        acts[step]()
    running.refresh_from_db()
    assert running.state == (target or state)


@pytest.mark.parametrize(
    ("at", "light", "words"),
    [
        ("2026-03-02 09:00", Light.GREEN, "还剩4个工作日"),
        ("2026-03-03 09:00", Light.GREEN, "还剩4个工作日"),
        ("2026-03-05 23:59", Light.GREEN, "还剩2个工作日"),
        ("2026-03-06 00:00", Light.YELLOW, "还剩1个工作日"),
        ("2026-03-06 23:59:59", Light.YELLOW, "还剩1个工作日"),
        ("2026-03-07 00:00", Light.RED, "已超期"),
        ("2026-03-10 12:00", Light.RED, "已超期1个工作日"),
    ],
)
def test_the_light_turns_yellow_with_a_quarter_left_and_red_when_the_day_is_over(
    at: str, light: Light, words: str
) -> None:
    running = clock(budget=4)

    assert (running.light(at=city(at)), str(running.countdown(at=city(at)))) == (light, words)


def test_a_suspended_clock_shows_what_is_left_and_a_stopped_one_whether_it_was_in_time() -> None:
    running = clock(budget=5)
    running.suspend(reason="HEARING", basis=BASIS, by=CLERK, at=city("2026-03-04 10:00"))
    at = city("2026-05-04 10:00")

    assert (running.light(at=at), str(running.countdown(at=at))) == (Light.PAUSED, "暂停计时，剩余4个工作日")
    running.resume(by=CLERK, at=city("2026-03-05 10:00"))
    running.stop(by=CLERK, at=city("2026-03-06 10:00"))
    assert (running.light(at=at), str(running.countdown(at=at))) == (Light.DONE, "已停止计时")


def test_the_countdown_from_columns_agrees_with_the_ledger_hour_by_hour() -> None:
    running = clock(budget=6)
    running.suspend(reason="HEARING", basis=BASIS, by=CLERK, at=city("2026-03-04 10:00"))
    running.resume(by=CLERK, at=city("2026-03-06 10:00"))

    for hour in range(24 * 14):
        at = city("2026-03-06 10:00") + timedelta(hours=hour)
        left = rules.remaining(calendar(), running.ledger(), at)
        if at <= running.due_at:
            assert running.countdown(at=at).amount == left, at


def test_the_countdown_of_a_limit_that_ended_in_the_last_published_year_still_answers() -> None:
    running = clock(budget=5, at=city("2026-12-21 09:00"))

    assert str(running.countdown(at=city("2027-01-04 09:00"))) == "已超期"


def test_questions_sort_clocks_by_colour() -> None:
    green, yellow, red = (clock(subject=f"cases.case:{n}", budget=n) for n in (20, 4, 2))
    at = city("2026-03-06 09:00")

    assert list(Clock.objects.overdue(at=at)) == [red]
    assert list(Clock.objects.warned(at=at)) == [yellow]
    assert list(Clock.objects.running().for_list()) == [red, yellow, green]
    assert list(Clock.objects.of("cases.case:20").open()) == [green]


def test_colours_in_rows_agree_with_colours_in_questions_at_every_hour() -> None:
    for n in range(1, 13):
        clock(subject=f"cases.case:{n}", budget=n)

    for hour in range(0, 24 * 20, 6):
        at = MONDAY + timedelta(hours=hour)
        lights = {c.pk: c.light(at=at) for c in Clock.objects.running()}
        assert {pk for pk, light in lights.items() if light is Light.RED} == {
            c.pk for c in Clock.objects.overdue(at=at)
        }
        assert {pk for pk, light in lights.items() if light is Light.YELLOW} == {
            c.pk for c in Clock.objects.warned(at=at)
        }


def test_the_seal_covers_the_intervals() -> None:
    running = clock(budget=5)
    running.suspend(reason="HEARING", basis=BASIS, by=CLERK, at=city("2026-03-04 10:00"))
    before = running.sealed_content()

    Interval.objects.update(reason="SITE_VISIT")

    assert running.sealed_content() != before


def test_explain_names_the_suspension_and_its_basis() -> None:
    running = clock(budget=2)
    running.suspend(reason="HEARING", basis=BASIS, by=CLERK, at=city("2026-03-03 10:00"))
    running.resume(by=CLERK, at=city("2026-03-03 11:00"))

    lines = running.explain(at=datetime(2026, 3, 4, tzinfo=UTC))

    assert [(line.why.value, line.basis) for line in lines] == [
        ("DAY_ZERO", ""),
        ("SUSPENDED", BASIS),
        ("COUNTED", ""),
        ("COUNTED", ""),
    ]
    assert Fired.objects.count() == 0


@pytest.mark.parametrize(
    ("day", "words"), [("03", "4 working days left"), ("06", "1 working day left"), ("11", "Overdue by 2 working days")]
)
def test_the_countdown_speaks_english_too(day: str, words: str) -> None:
    running = clock(budget=4)

    with translation.override("en"):
        assert str(running.countdown(at=city(f"2026-03-{day} 09:00"))) == words


def test_the_explanation_can_be_read_aloud() -> None:
    running = clock(budget=2, at=city("2026-04-02 09:00"))
    running.suspend(reason="HEARING", basis=BASIS, by=CLERK, at=city("2026-04-03 10:00"))
    running.resume(by=CLERK, at=city("2026-04-03 11:00"))

    lines = running.explain(at=MONDAY)

    assert [(f"{line.on:%d}", words.describe(line, running.unit)) for line in lines] == [
        ("02", "起算当日，不计入"),
        ("03", "暂停计时（听证），不计入"),
        ("04", "清明，不计入"),
        ("05", "清明，不计入"),
        ("06", "清明，不计入"),
        ("07", "计入，累计1个工作日"),
        ("08", "计入，累计2个工作日"),
    ]
    assert words.cite(lines[1]) == BASIS
    assert words.cite(lines[2]) == "国务院办公厅关于2026年部分节假日安排的通知"
