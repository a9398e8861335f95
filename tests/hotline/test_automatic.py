"""Dispatch without a person: only where the city has decided so, only what is sure, only while that holds."""

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from civic.audit.models import Entry
from civic.hotline.models import AutomaticDispatch, Ticket, Tolerance
from civic.hotline.models.questions import Objecting
from civic.hotline.services.automatic import Measured, dispatch_by_rule, measured
from civic.hotline.services.loading import Misshapen
from civic.hotline.states import TicketState
from civic.hotline.tasks import dispatch
from tests.factories import areas, hotline
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import DAY, HOUR
from tests.hotline import brain
from tests.hotline.desk import page_of, shown

pytestmark = pytest.mark.django_db
GAS, LIST = brain.GAS, "/office/hotline/"
LAMP = {"title": "路灯整夜不亮", "detail": "皋城路的路灯整夜不亮，井盖也松动作响，居民意见很大。"}


@pytest.fixture
def decided(db: None) -> Tolerance:
    """The city accepts one wrong dispatch of twenty; its model was right with all that it was 90 % sure of."""
    brain.put(brain.measured(brain.model(), confidence=0.9))
    return brain.decide()


def sent(ticket: Ticket) -> AutomaticDispatch | None:
    return dispatch_by_rule(ticket=Ticket.objects.for_detail().get(pk=ticket.pk), at=MONDAY + HOUR)


def test_it_is_off_until_somebody_has_decided():
    brain.put(brain.measured(brain.model(), confidence=0.9))
    ticket = hotline.ticket(**GAS)

    assert (sent(ticket), measured()) == (None, None)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.category, ticket.version) == (TicketState.RECEIVED, None, 1)


def test_what_is_sure_goes_to_the_unit_of_the_duty_list_and_the_ledger_says_by_which_model_and_how_sure(decided):
    ticket = hotline.ticket(**GAS)

    made = sent(ticket)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.unit.code, ticket.category.code) == (TicketState.DISPATCHED, "zjj", "010202")
    assert (made.confidence, made.threshold, made.tolerance) == (Decimal("0.9999"), Decimal("0.9000"), decided)
    entry = Entry.objects.get(step="hotline.ticket.dispatch", subject=ticket.ledger_id())
    assert entry.actor == "rules"
    assert entry.detail == {
        "model": made.model_digest, "trained_on": "2026-02-27", "confidence": "0.9999", "threshold": "0.9000",
        "tolerance": "2026-1", "rate": "0.0500",
    }  # fmt: skip
    assert len(made.model_digest) == 64
    assert "天然气" not in str(list(Entry.objects.values_list("detail", flat=True)))


def test_the_tickets_page_says_that_the_rule_did_it_and_why(decided, clock):
    ticket = hotline.ticket(**GAS)
    sent(ticket)

    page = shown(hotline.gao_fei(), page_of(ticket))

    assert "按规则自动分派" in page
    assert "因为提到：天然气迟迟不通、" in page
    assert "把握99.99%，门槛90%（容许错误率5%，热线主任办公会决定）" in page


def test_a_ticket_that_comes_in_puts_its_job_on_the_queue_in_the_same_transaction(decided):
    ticket = hotline.ticket(**GAS)

    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'civic.hotline.tasks.dispatch'")
        assert [json.loads(row[0]) for row in cursor.fetchall()] == [{"subject": ticket.pk}]


def test_the_job_run_twice_dispatches_once(decided):
    ticket = hotline.ticket(**GAS)

    dispatch(subject=ticket.pk)
    dispatch(subject=ticket.pk)

    assert ticket.dispatches.count() == 1
    assert AutomaticDispatch.objects.count() == 1


def test_just_below_the_threshold_a_person_decides(decided):
    brain.put(brain.measured(brain.model(), confidence=0.99995))  # rounded up: 1
    ticket = hotline.ticket(**GAS)

    assert sent(ticket) is None
    brain.put(brain.measured(brain.model(), confidence=1023 / 1024))
    assert sent(ticket).threshold == Decimal("0.9991")


def test_a_model_that_keeps_no_promise_dispatches_nothing(decided):
    brain.put(brain.measured(brain.model(), confidence=0.9, rows=1_000, wrong=60))

    assert sent(hotline.ticket(**GAS)) is None


@pytest.mark.parametrize(
    "more",
    [
        {"urgency": "URGENT"},
        {"detail": GAS["detail"] + "楼道里燃气泄漏。"},
        {"kind": "REPORT"},
        {"detail": GAS["detail"] + "我要举报物业收回扣。"},
        {"channel": "MAILBOX"},
    ],
    ids=["urgent", "danger", "report", "wrongdoing", "letter"],
)
def test_danger_reports_and_letters_are_left_to_people(decided, more):
    ticket = hotline.ticket(**{**GAS, **more})

    assert sent(ticket) is None
    ticket.refresh_from_db()
    assert ticket.version == 1


def test_what_was_told_in_confidence_is_left_to_people(decided):
    from civic.hotline.services.intake import Caller, Intake, take_in

    caller = Caller(None, "王芳", "13800005678", "CONFIDENTIAL")
    ticket = take_in(Intake(**GAS, channel="PHONE"), caller=caller, by=hotline.lin_xia(), at=MONDAY)

    assert sent(ticket) is None


def test_who_wrote_to_another_unit_and_what_a_person_has_classed_otherwise_are_left_to_people(decided):
    elsewhere = hotline.ticket(**GAS, addressed_to=hotline.unit("cgj"))
    otherwise = hotline.ticket(**GAS, category=hotline.category("010201"))
    likewise = hotline.ticket(**GAS, addressed_to=hotline.unit("zjj"), category=hotline.category("010202"))

    assert [sent(one) is not None for one in (elsewhere, otherwise, likewise)] == [False, False, True]


def test_where_the_unit_hangs_on_a_place_that_nobody_has_told_a_person_asks(decided):
    county = areas.county("341502", "金安区")

    unknown, known = hotline.ticket(**LAMP), hotline.ticket(**LAMP, area=county)

    assert sent(unknown) is None
    assert sent(known).dispatch.unit.code == "jaq"


def test_an_upper_class_is_enough_where_one_unit_answers_for_all_below_it():
    brain.put(brain.measured(brain.model("010201", "0102", "020103"), confidence=0.9))
    brain.decide()
    ticket = hotline.ticket(**GAS)

    assert sent(ticket) is None  # below 0102 there are two units
    hotline.duty("010202").delete()
    for code in ("010201", "010203"):
        hotline.duty(code).delete()
    from civic.hotline.models import Duty

    Duty.objects.all().delete()
    Duty.objects.create(category=hotline.category("010202").parent, unit=hotline.unit("zjj"))

    assert sent(ticket).dispatch.unit.code == "zjj"


def test_a_person_who_was_quicker_wins(decided):
    ticket = hotline.ticket(**GAS)
    looked_at = Ticket.objects.for_detail().get(pk=ticket.pk)
    ticket.classify(category=hotline.category("010201"), kind="HELP", urgency="NORMAL", by=hotline.gao_fei(), at=MONDAY)

    assert dispatch_by_rule(ticket=looked_at, at=MONDAY + HOUR) is None
    assert sent(ticket) is None
    ticket.refresh_from_db()
    assert (ticket.state, ticket.category.code) == (TicketState.RECEIVED, "010201")


def judged(number: int, wrong: int) -> None:
    """So many dispatches of the rule that units have judged, so many of them rightly objected to."""
    for place in range(number):
        ticket = hotline.by_rule(by=resident("王芳")).ticket
        at = MONDAY + 2 * HOUR
        if place < wrong:
            ticket.send_back(objection=Objecting("不归我局管理。", "三定方案"), by=hotline.of_unit(), at=at)
            ticket.redispatch(unit=hotline.unit("jaq"), words="同意退单。", by=hotline.gao_fei(), at=at)
        else:
            ticket.acknowledge(by=hotline.of_unit(), at=at)


def test_an_objection_that_is_upheld_is_an_error_one_that_is_turned_down_is_none_and_silence_is_not_counted():
    hotline.city()
    judged(2, 1)
    kept = hotline.by_rule().ticket
    kept.send_back(objection=Objecting("不归我局管理。", "三定方案"), by=hotline.of_unit(), at=MONDAY + 2 * HOUR)
    kept.uphold_dispatch(words="三定方案写明由你局负责。", by=hotline.gao_fei(), at=MONDAY + 3 * HOUR)
    hotline.by_rule()

    found = measured()

    assert (found.made, found.judged, found.wrong, found.waiting) == (4, 3, 1, 1)


def test_an_objection_that_became_moot_says_nothing_of_the_rule():
    hotline.city()
    sent_back = hotline.by_rule(by=resident("孙浩")).ticket
    sent_back.send_back(objection=Objecting("不归我局管理。", "三定方案"), by=hotline.of_unit(), at=MONDAY + 2 * HOUR)
    sent_back.merge(parent=hotline.handled(by=resident("刘桂英")), by=hotline.gao_fei(), at=MONDAY + 3 * HOUR)

    found = measured()

    assert (found.made, found.judged, found.wrong) == (1, 0, 0)


@pytest.mark.parametrize(
    ("wrong", "number", "low", "is_paused"),
    [(0, 0, 0.0, False), (1, 3, 0.0615, True), (1, 4, 0.0456, False), (10, 100, 0.0552, True), (9, 100, 0.0481, False)],
)
def test_the_rule_pauses_when_the_lower_end_of_the_interval_is_above_what_is_accepted(wrong, number, low, is_paused):
    from civic.hotline.text.wilson import interval

    ends = interval(wrong, number)
    found = Measured(Tolerance(rate=Decimal("0.05")), number, number, wrong, *ends)

    assert (round(ends[0], 4), found.is_paused) == (low, is_paused)


def test_paused_it_dispatches_nothing_and_says_so_until_there_is_a_new_decision(decided, clock):
    Tolerance.objects.filter(pk=decided.pk).update(is_in_force=False)
    judged(3, 1)
    brain.put(brain.measured(brain.model(), confidence=0.9))
    ticket = hotline.ticket(**GAS)

    assert sent(ticket) is None
    page = shown(hotline.gao_fei(), LIST)
    assert "已自动暂停" in page
    assert "已派3件：承办单位认可或者退单已有结论3件，其中派错1件" in page
    assert "（33.33%，95%区间6.15%至79.23%）" in page
    assert "；容许5%，热线主任办公会于" in page

    brain.decide(edition="2026-2")
    assert (measured().judged, measured().is_paused) == (0, False)
    assert sent(ticket) is not None


def test_units_are_shown_no_figures_of_the_rule(decided, clock):
    assert "自动分派" not in shown(hotline.of_unit(), LIST)


def test_a_decision_ends_with_the_pack_that_does_not_hold_it_and_changes_only_under_a_new_name(decided):
    with pytest.raises(Misshapen, match="another edition"):
        brain.decide("0.02")
    assert Tolerance.objects.in_force().rate == Decimal("0.0500")

    hotline.reload()

    assert Tolerance.objects.in_force() is None


@pytest.mark.parametrize("rate", ["0", "1", "0.5", "-0.1", "0.00001", "a lot", "NaN"])
def test_a_rate_that_nobody_can_have_meant_is_refused(rate):
    hotline.city()

    with pytest.raises(Misshapen, match="automatic_dispatch"):
        brain.decide(rate)

    assert not Tolerance.objects.exists()


def test_the_database_refuses_a_dispatch_that_is_not_sure_and_two_decisions_in_force(decided):
    made = hotline.by_rule if not Tolerance.objects.exists() else None
    assert made is None
    row = sent(hotline.ticket(**GAS))

    with pytest.raises(IntegrityError, match="automatic_dispatch_is_sure"), transaction.atomic():
        AutomaticDispatch.objects.filter(pk=row.pk).update(confidence=Decimal("0.5"))
    with pytest.raises(IntegrityError, match="tolerance_one_in_force"), transaction.atomic():
        Tolerance.objects.create(edition="x", rate=Decimal("0.1"), decided_by="a", decided_on=MONDAY, source="b")


def test_the_caller_is_told_as_of_any_dispatch(decided):
    ticket = hotline.ticket(**GAS)
    sent(ticket)

    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'step' FROM procrastinate_jobs WHERE task_name = 'civic.hotline.tasks.announce'")
        assert [row[0] for row in cursor.fetchall()] == ["receive", "dispatch"]
    ticket.refresh_from_db()
    assert ticket.due_at > MONDAY + DAY


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_job_dispatch_once():
    brain.put(brain.measured(brain.model(), confidence=0.9))
    brain.decide()
    ticket, start = hotline.ticket(**GAS), Barrier(2)

    def work(_place: int) -> bool:
        try:
            found = Ticket.objects.for_detail().get(pk=ticket.pk)
            start.wait()
            return dispatch_by_rule(ticket=found, at=MONDAY + HOUR) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, range(2))) == [False, True]

    assert ticket.dispatches.count() == 1
    assert AutomaticDispatch.objects.count() == 1
