"""The sheets: always what a counting of the tickets themselves comes to, after whatever was done to them."""

import random
import threading
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count

from civic.audit.models import Leaf
from civic.audit.services import record
from civic.audit.services.sequence import sequence
from civic.core.errors import Refusal
from civic.deadlines.calendars import city_day
from civic.hotline.models import Ticket
from civic.hotline.models.questions import Call
from civic.hotline.rates import three_rates
from civic.hotline.services.intake import join
from civic.hotline.states import RateName
from civic.insight import rules
from civic.insight.board import board, read, read_calls
from civic.insight.models import Reading, Sheet
from civic.insight.scope import Scope, read_scope
from civic.insight.services import counting
from civic.insight.tasks import count_days
from tests.factories import hotline, insight, supervision
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import ANSWER, DAY, HOUR

pytestmark = pytest.mark.django_db
FRIDAY = MONDAY + 4 * DAY
PERCENTILE = """
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY minutes), percentile_disc(0.9) WITHIN GROUP (ORDER BY minutes),
           count(*)
    FROM (SELECT floor(extract(epoch FROM {column} - received_at) / 60)::int AS minutes FROM hotline_ticket
          WHERE {column} IS NOT NULL) AS timed
"""


def everything(**asked: str) -> Scope:
    return read_scope({"days": "30", **asked}, today=(MONDAY + 20 * DAY).date(), is_public=False)[0]


def agrees_with_the_tickets() -> None:
    """Assert that every column of the sheets is what the tickets say, counted by the database itself."""
    table, found = read(everything()), Ticket.objects.order_by()
    assert Counter(table["day"].tolist()) == Counter(
        city_day(at).toordinal() for at in found.values_list("received_at", flat=True)
    )
    for column, field in (("category", "category"), ("area", "area"), ("unit", "unit")):
        counted = {key or 0: n for key, n in found.values_list(field).annotate(n=Count("pk"))}
        assert rules.tally(table[column]) == counted, column
    channels = {rules.CHANNELS.index(key): n for key, n in found.values_list("channel").annotate(n=Count("pk"))}
    assert rules.tally(table["channel"]) == channels
    assert rules.tally(table["told"]).get(1, 0) == Ticket.objects.told_openly().count()
    roots = Counter(parent or pk for pk, parent in found.values_list("pk", "parent"))
    assert rules.tally(table["root"]) == roots
    assert int(table["voices"].sum()) == Ticket.objects.aggregate(n=Count("voices"))["n"]
    for column, name in (("contacted_at", "contact_all"), ("replied_at", "answer_all")):
        with connection.cursor() as cursor:
            cursor.execute(PERCENTILE.format(column=column))
            median, ninth, n = cursor.fetchone()
        times = rules.known(table[name])
        assert len(times) == n
        if n:
            assert (rules.percentile(times, 0.5), rules.percentile(times, 0.9)) == (median, ninth)


STEPS = {
    "receive": 2, "dispatch": 4, "acknowledge": 6, "contact": 6, "reply": 6, "pass": 4, "merge": 1, "withdraw": 1,
    "join": 2, "wait": 2, "resume": 2,
}  # fmt: skip


class Walk:
    """Steps at random on tickets at random; what is not allowed there is refused and changes nothing."""

    def __init__(self, seed: int) -> None:
        self.draw, self.at, self.taken = random.Random(seed), MONDAY, Counter[str]()
        self.wang, self.sun = resident("王芳"), resident("孙浩", phone="13900001111")
        self.receive()

    def step(self) -> None:
        self.at += timedelta(minutes=self.draw.randrange(10, 150))
        name = self.draw.choices(list(STEPS), list(STEPS.values()))[0]
        try:
            with transaction.atomic():
                getattr(self, name)()
        except Refusal:
            return
        self.taken[name] += 1

    def any(self) -> Ticket:
        return Ticket.objects.get(pk=self.draw.choice(list(Ticket.objects.values_list("pk", flat=True))))

    def receive(self) -> None:
        kind, channel = self.draw.choice(("HELP", "REPORT")), self.draw.choice(("WEB", "MAILBOX", "API"))
        who = self.draw.choice((self.wang, self.sun))
        hotline.ticket(by=who, at=self.at, kind=kind, channel=channel)

    def dispatch(self) -> None:
        ticket, code = self.any(), self.draw.choice(("010201", "010203", "020102"))
        facts = {"kind": ticket.kind, "urgency": ticket.urgency, "by": hotline.gao_fei(), "at": self.at}
        ticket.classify(category=hotline.category(code), **facts)
        ticket.dispatch(unit=hotline.unit(), reason="归城市管理局", by=hotline.gao_fei(), at=self.at)

    def acknowledge(self) -> None:
        self.any().acknowledge(by=hotline.of_unit(), at=self.at)

    def contact(self) -> None:
        self.any().contact(way="PHONE", words="电话联系了来电人。", reached=True, by=hotline.of_unit(), at=self.at)

    def reply(self) -> None:
        self.any().reply(words=ANSWER, outcome="SOLVED", quality={}, by=hotline.of_unit(), at=self.at)

    def pass_(self) -> None:
        self.any().pass_reply(by=hotline.xu_hui(), at=self.at)

    def merge(self) -> None:
        self.any().merge(parent=self.any(), by=hotline.gao_fei(), at=self.at)

    def withdraw(self) -> None:
        ticket = self.any()
        ticket.withdraw(by=ticket.caller, at=self.at)

    def join(self) -> None:
        join(ticket=self.any(), by=self.draw.choice((self.wang, self.sun)), at=self.at)

    def wait(self) -> None:
        self.any().wait(reason="CALLER", words="等待来电人补充房号。", by=hotline.of_unit(), at=self.at)

    def resume(self) -> None:
        self.any().resume(by=hotline.of_unit(), at=self.at)


setattr(Walk, "pass", Walk.pass_)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_steps_at_random_the_sheets_are_what_the_tickets_come_to(seed: int) -> None:
    walk = Walk(seed)
    for _turn in range(4):
        for _nth in range(40):
            walk.step()
        insight.counted(at=walk.at)
        agrees_with_the_tickets()

    assert len(walk.taken) >= 7, walk.taken


def test_counting_twice_changes_nothing() -> None:
    hotline.closed()
    insight.counted(at=FRIDAY)
    before = list(Sheet.objects.order_by("kind", "day").values_list("kind", "day", "size", "packed"))

    assert counting.catch_up(at=FRIDAY) == 0
    counting.count_day(MONDAY.date(), at=FRIDAY)

    assert list(Sheet.objects.order_by("kind", "day").values_list("kind", "day", "size", "packed")) == before


def test_only_days_whose_tickets_have_changed_are_counted_anew() -> None:
    first = hotline.dispatched()
    hotline.ticket(at=MONDAY + DAY)
    insight.counted(at=FRIDAY)
    first.acknowledge(by=hotline.of_unit(), at=FRIDAY)

    sequence(at=FRIDAY)
    assert counting.catch_up(at=FRIDAY + HOUR) == 1

    assert set(Sheet.objects.filter(counted_at=FRIDAY + HOUR).values_list("day", flat=True)) == {MONDAY.date()}


def test_pauses_of_the_clock_are_no_time_of_the_offices() -> None:
    ticket = hotline.handled()
    ticket.wait(reason="THIRD_PARTY", words="等待检测报告。", by=hotline.of_unit(), at=MONDAY + 4 * HOUR)
    ticket.resume(by=hotline.of_unit(), at=MONDAY + 6 * HOUR)
    ticket.reply(words=ANSWER, outcome="SOLVED", quality={}, by=hotline.of_unit(), at=MONDAY + 7 * HOUR)
    insight.counted(at=FRIDAY)

    table = read(everything())

    # 9:00 in, 10:00 at the unit, 13:00 to 15:00 waiting, 16:00 answered: 10 to 12 and 15 to 16
    assert table["answer_work"].tolist() == [3 * 60]
    assert table["answer_all"].tolist() == [7 * 60]


def test_a_turn_counts_the_newest_days_first_and_the_rest_later() -> None:
    for day in range(4):
        hotline.ticket(at=MONDAY + day * DAY)
    sequence(at=FRIDAY)

    assert counting.catch_up(at=FRIDAY, most=2) == 2
    assert Sheet.objects.days() == {date(2026, 3, 5), date(2026, 3, 6)}
    assert board(everything(), today=FRIDAY.date(), keys=()).standing.waiting == 0  # since the first day that is known
    assert counting.catch_up(at=FRIDAY, most=9) == 3
    assert len(Sheet.objects.days()) == 5


def test_a_long_ledger_is_read_to_its_end_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    insight.counted(at=MONDAY)
    monkeypatch.setattr(counting, "LEAVES_A_TURN", 3)
    hotline.closed()

    insight.counted(at=FRIDAY)

    assert Reading.objects.get() == Reading.objects.get(leaf=Leaf.objects.count(), at=FRIDAY)
    agrees_with_the_tickets()


def test_a_year_of_holidays_that_is_entered_makes_every_day_anew() -> None:
    hotline.closed()
    insight.counted(at=FRIDAY)
    record(at=FRIDAY, actor="test", step="deadlines.calendaryear.enter", subject=hotline.unit())
    sequence(at=FRIDAY)

    assert counting.catch_up(at=FRIDAY + HOUR) == 5


def test_a_voice_and_a_merge_make_the_day_of_their_ticket_anew() -> None:
    lamp, other = hotline.dispatched(), hotline.ticket(at=MONDAY + DAY)
    insight.counted(at=FRIDAY)
    join(ticket=lamp, by=resident("孙浩"), at=FRIDAY)
    other.merge(parent=lamp, by=hotline.gao_fei(), at=FRIDAY)

    insight.counted(at=FRIDAY + HOUR)

    table = read(everything())
    assert table["voices"].tolist() == [1, 0]
    assert table["root"].tolist() == [lamp.pk, lamp.pk]


@pytest.mark.django_db(transaction=True)
def test_what_changes_while_its_day_is_counted_is_counted_next_time(monkeypatch: Any) -> None:
    ticket = hotline.dispatched()
    changed = threading.Event()
    original = counting._voices

    def slow(tickets: list[int]) -> dict[int, int]:
        """While the day is being read, somebody else commits."""
        found = original(tickets)
        if tickets and not changed.is_set():
            changed.set()
            other = threading.Thread(target=acknowledge)
            other.start()
            other.join()
        return found

    def acknowledge() -> None:
        try:
            ticket.acknowledge(by=hotline.of_unit(), at=MONDAY + 2 * HOUR)
            ticket.contact(
                way="PHONE", words="联系了来电人。", reached=True, by=hotline.of_unit(), at=MONDAY + 3 * HOUR
            )
        finally:
            connection.close()

    monkeypatch.setattr(counting, "_voices", slow)
    insight.counted(at=FRIDAY)
    assert read(everything())["contact_all"].tolist() == [-1]

    insight.counted(at=FRIDAY + HOUR)

    assert read(everything())["contact_all"].tolist() == [3 * 60]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_leave_one_sheet_a_day() -> None:
    hotline.dispatched()
    sequence(at=FRIDAY)
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        try:
            counting.catch_up(at=FRIDAY)
        finally:
            connection.close()

    both = [threading.Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert Counter(Sheet.objects.values_list("kind", flat=True)) == {"TICKETS": 5, "CALLS": 5}
    assert Reading.objects.count() == 1
    agrees_with_the_tickets()


def test_the_job_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civic.insight.tasks.now", lambda: FRIDAY)
    hotline.ticket()

    assert count_days(0) == 5
    assert Sheet.objects.get(kind="TICKETS", day=MONDAY.date()).size == 1


def same_rates(since: date, until: date, **asked: str) -> list[tuple[int, int, int]]:
    """Return the three rates of the sheets after asserting that they are those of the calls themselves."""
    scope, _wrong = read_scope(
        {"since": f"{since}", "until": f"{until - timedelta(days=1)}", **asked}, today=FRIDAY.date(), is_public=False
    )
    counted = rules.rate_counts(read_calls(scope))
    found = three_rates(
        since=counting.day_starts(since), until=counting.day_starts(until), unit=scope.unit,
        category=hotline.category(asked["category"]) if "category" in asked else None,
    )  # fmt: skip
    said = [(rate.numerator, rate.denominator, rate.excluded) for rate in map(found.of, RateName.values)]
    assert counted == said
    return counted


def test_the_three_rates_of_the_sheets_are_those_of_the_calls() -> None:
    hotline.called_back()
    hotline.called_back(contacted=False, stars=3)
    hotline.called_back(solved=False, stars=1, at=MONDAY + DAY)
    other = hotline.called_back(stars=None)
    hotline.unreached()
    Ticket.objects.filter(pk=other.pk).update(category=hotline.category("020102"))
    insight.counted(at=FRIDAY)
    week = (MONDAY.date(), MONDAY.date() + timedelta(days=7))

    assert same_rates(*week) == [(3, 4, 0), (3, 4, 0), (1, 3, 0)]
    assert same_rates(MONDAY.date(), MONDAY.date() + timedelta(days=2)) == [(2, 3, 0), (3, 3, 0), (1, 2, 0)]
    assert same_rates(*week, unit="cgj") == same_rates(*week)
    assert same_rates(*week, category="010201") == [(2, 3, 0), (2, 3, 0), (1, 3, 0)]


def test_a_second_call_of_another_day_takes_the_place_of_the_first_where_both_are_asked_for() -> None:
    ticket = hotline.called_back(solved=False, stars=1)
    again = ticket.received_at + 2 * DAY
    ticket.handle_again(words="灯又灭了，请再办。", by=hotline.xu_hui(), at=again)
    ticket.acknowledge(by=hotline.of_unit(), at=again)
    ticket.reply(words=ANSWER, outcome="SOLVED", quality={}, by=hotline.of_unit(), at=again + HOUR)
    ticket.pass_reply(by=hotline.xu_hui(), at=again + HOUR)
    call = Call(reached=True, contacted=True, solved=True, stars=5)
    ticket.call_back(call=call, by=hotline.xu_hui(), at=again + 2 * HOUR)
    insight.counted(at=FRIDAY)

    assert same_rates(MONDAY.date(), FRIDAY.date())[1] == (1, 1, 0)
    assert same_rates(MONDAY.date(), MONDAY.date() + timedelta(days=2))[1] == (0, 1, 0)


def test_what_two_persons_leave_out_of_a_rate_is_left_out_of_the_board() -> None:
    made = hotline.exclusion()
    made.confirm(finding="移交清单已核对，属实。", by=supervision.ding_yi(), at=MONDAY + 3 * DAY)
    insight.counted(at=FRIDAY)
    week = (MONDAY.date(), MONDAY.date() + timedelta(days=7))

    assert same_rates(*week)[1] == (0, 0, 1)

    made.lift(finding="重新核对，恢复计入。", by=supervision.ding_yi(), at=FRIDAY)
    insight.counted(at=FRIDAY + HOUR)

    assert same_rates(*week)[1] == (0, 1, 0)
