"""Many voices about one matter: proposed, joined each by itself, taken out again, and counted as people."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from civic.audit.models import Entry
from civic.core.errors import NotAllowed
from civic.core.said import WordsMissing
from civic.deadlines.calendars import CITY
from civic.deadlines.models import Clock
from civic.hotline.models import Ticket, joining
from civic.hotline.services.answering import close_with_joined
from civic.hotline.services.heat import heats, hottest
from civic.hotline.services.incidents import Chosen, incidents, merge_incident, take_out
from civic.hotline.services.intake import Caller, Intake, join, take_in
from civic.hotline.states import TicketState
from tests.factories import hotline
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import DAY, HOUR
from tests.hotline.desk import at_desk, page_of, press, shown

pytestmark = pytest.mark.django_db
WATER = "翡翠园小区从昨天晚上八点开始停水，到现在没有恢复，老人小孩没有水喝，也没有人贴通知。"
GATE = (Decimal("116.522000"), Decimal("31.735000"))
INCIDENTS, MERGER = "/office/hotline/incidents/", "/office/hotline/incidents/merger/"


def says(name: str, detail: str = WATER, *, point: Any = GATE, at: Any = MONDAY, **more: Any) -> Ticket:
    return hotline.ticket(by=resident(name), title="小区停水没人管", detail=detail, point=point, at=at, **more)


def chosen(*tickets: Ticket) -> list[Chosen]:
    return [Chosen(one.number, one, one.version) for one in tickets]


def test_near_texts_at_one_place_are_proposed_with_their_reasons_and_another_place_is_not():
    oldest = says("王芳")
    second = says(
        "孙浩", "您好，" + WATER + "请尽快处理。", point=(GATE[0] + Decimal("0.001"), GATE[1]), at=MONDAY + DAY
    )
    says("周建国", point=(Decimal("116.900000"), Decimal("31.500000")))  # the same words, 44 km away
    says("刘桂英", "九墩塘公园的草坪被停放的汽车压坏，希望设置石墩。")

    (found,) = incidents(at=MONDAY + 2 * DAY)

    assert (found.main, [near.ticket for near in found.others]) == (oldest, [second])
    near = found.others[0]
    assert (round(near.metres), near.days, round(near.text, 2), near.likeness) == (95, 1.0, 0.84, 0.71)
    assert (found.heat.people, found.heat.tenths) == (2, "1.7")


def test_whoever_was_dispatched_first_is_proposed_as_main_before_who_came_first():
    says("王芳")
    held = hotline.dispatched(by=resident("孙浩"), title="小区停水没人管", detail=WATER, point=GATE, at=MONDAY + HOUR)

    (found,) = incidents(at=MONDAY + DAY)

    assert found.main == held


def test_reports_and_what_was_told_in_confidence_are_never_proposed():
    says("王芳"), says("孙浩", kind="REPORT")
    hotline.city()
    secret = Caller(name="刘桂英", phone="13900001111", secrecy="CONFIDENTIAL")
    take_in(Intake(title="小区停水", detail=WATER, point=GATE), caller=secret, by=None, at=MONDAY)

    assert incidents(at=MONDAY + DAY) == []


def test_what_came_in_more_than_thirty_days_ago_is_not_compared():
    says("王芳"), says("孙浩", at=MONDAY + 31 * DAY)

    assert incidents(at=MONDAY + 31 * DAY) == []


def test_one_that_has_changed_is_told_and_the_others_are_joined():
    main, changed, ended, third = (says(name) for name in ("王芳", "孙浩", "周建国", "刘桂英"))
    picked = chosen(changed, ended, third)
    changed.supplement(words="七号楼也停水了。", by=changed.caller, at=MONDAY + HOUR)
    ended.withdraw(by=ended.caller, at=MONDAY + HOUR)
    stale = [Chosen(one.number, Ticket.objects.get(pk=one.ticket.pk), one.seen) for one in picked]

    found = merge_incident(main=main, others=stale, words="同一个小区停水", by=hotline.gao_fei(), at=MONDAY + DAY)

    assert [one.is_done for one in found] == [False, False, True]
    assert "已有变化" in found[0].words
    assert [one.state for one in Ticket.objects.order_by("pk")] == ["RECEIVED", "RECEIVED", "WITHDRAWN", "MERGED"]
    assert Ticket.objects.get(pk=third.pk).facts["merged_for"] == "同一个小区停水"


def test_without_a_reason_nothing_is_joined():
    main, other = says("王芳"), says("孙浩")

    with pytest.raises(WordsMissing):
        merge_incident(main=main, others=chosen(other), words="", by=hotline.gao_fei(), at=MONDAY + DAY)
    other.refresh_from_db()
    assert other.state == TicketState.RECEIVED


@pytest.mark.parametrize(("mine", "theirs"), [("REPORT", "HELP"), ("HELP", "REPORT")])
def test_a_report_of_wrongdoing_is_not_joined_with_somebody_elses_in_either_direction(mine, theirs):
    parent, child = says("王芳", kind=mine), says("孙浩", kind=theirs)

    with pytest.raises(NotAllowed, match="举报和要求保密的工单不能与别人的合并"):
        child.merge(parent=parent, by=hotline.gao_fei(), at=MONDAY + HOUR)
    child.refresh_from_db()
    assert (child.state, child.parent) == (TicketState.RECEIVED, None)


def test_two_reports_of_the_same_person_may_be_joined():
    wang = resident("王芳")
    first, again = (hotline.ticket(by=wang, kind="REPORT", at=MONDAY + hours * HOUR) for hours in (0, 1))

    again.merge(parent=first, by=hotline.gao_fei(), at=MONDAY + 2 * HOUR)

    assert again.state == TicketState.MERGED


def running(ticket: Ticket) -> dict[str, Any]:
    return {clock.kind: clock.due_at for clock in Clock.objects.of(ticket.ledger_id()).open()}


def test_joining_stops_the_time_and_taking_out_goes_on_with_what_was_left_at_the_same_unit():
    main, other = says("王芳"), hotline.handled(by=resident("孙浩"))
    assert running(other) == {"ticket.resolve": datetime(2026, 3, 9, 23, 59, 59, tzinfo=CITY)}
    other.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + DAY)
    assert running(other) == {"ticket.resolve": None}
    assert not Clock.objects.of(other.ledger_id()).with_due_rungs(at=MONDAY + 60 * DAY).exists()

    take_out(ticket=other, words="这是路灯，不是停水。", by=hotline.gao_fei(), at=MONDAY + 3 * DAY)

    assert (other.state, other.parent, other.ended_at, other.unit.code) == (TicketState.DISPATCHED, None, None, "cgj")
    # five working days after the day of taking out: of the limit nothing was used up on the day of the joining
    assert other.due_at == datetime(2026, 3, 12, 23, 59, 59, tzinfo=CITY)
    assert other.dispatches.get().ended_at is None
    assert other.act_by == other.due_at  # the caller had been spoken to
    assert [one.step for one in Entry.objects.filter(subject=other.ledger_id()).order_by("pk")][-2:] == [
        "hotline.ticket.merge",
        "hotline.ticket.give_back",
    ]


def test_what_was_at_the_centre_goes_back_to_the_centre_and_an_objection_is_settled_with_the_joining():
    main, waiting, objected = says("王芳"), says("孙浩"), hotline.dispatched(by=resident("周建国"))
    objected.send_back(objection=hotline.objecting(), by=hotline.of_unit(), at=MONDAY + 2 * HOUR)
    for one in (waiting, objected):
        one.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + 3 * HOUR)

    for one in (waiting, objected):
        take_out(ticket=one, words="不是同一件事。", by=hotline.gao_fei(), at=MONDAY + DAY)

    assert [one.state for one in (waiting, objected)] == [TicketState.RECEIVED] * 2
    assert set(running(waiting)) == set(running(objected)) == {"ticket.dispatch"}
    assert objected.objections.get().answered_by == hotline.gao_fei()
    waiting.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + DAY)
    with pytest.raises(NotAllowed, match="还没有到承办单位"):
        waiting.give_back(words="不是同一件事。", by=hotline.gao_fei(), at=MONDAY + DAY)


def test_nobody_declines_a_ticket_that_leads_others_and_when_its_caller_takes_it_back_they_go_on():
    main, other = says("王芳"), says("孙浩")
    other.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + HOUR)
    with pytest.raises(NotAllowed, match="分出来"):
        main.decline(ground=hotline.ground(), by=hotline.gao_fei(), at=MONDAY + HOUR)

    main.withdraw(by=main.caller, at=MONDAY + 2 * HOUR)
    follow(main, at=MONDAY + 2 * HOUR)
    follow(main, at=MONDAY + 2 * HOUR)

    other.refresh_from_db()
    assert (other.state, other.parent) == (TicketState.RECEIVED, None)
    assert Entry.objects.filter(subject=other.ledger_id(), step="hotline.ticket.separate").count() == 1


def follow(main: Ticket, *, at: Any) -> None:
    from civic.hotline.services.answering import follow_main

    follow_main(Ticket.objects.get(pk=main.pk), at=at)


def test_heat_counts_a_caller_who_also_presses_once_and_everybody_by_when_they_last_spoke():
    wang, sun = resident("王芳", phone="13800005678"), resident("孙浩", phone="13800006789")
    main = hotline.ticket(by=wang)
    by_phone = take_in(
        Intake(title="小区停水", detail=WATER, channel="PHONE"),
        caller=Caller(name="孙浩", phone="138 0000 6789"), by=hotline.lin_xia(), at=MONDAY,
    )  # fmt: skip
    by_phone.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + HOUR)
    for account in (wang, sun, sun, resident("刘桂英")):
        join(ticket=main, by=account, at=MONDAY + 7 * DAY)
    quiet = hotline.ticket(by=resident("周建国"))

    found = heats([main.pk, quiet.pk], at=MONDAY + 7 * DAY)

    assert {pk: (one.people, one.value) for pk, one in found.items()} == {main.pk: (3, 3.0), quiet.pk: (1, 0.5)}
    assert [(ticket, heat.people) for ticket, heat in hottest(at=MONDAY + 7 * DAY)] == [(main, 3)]


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    for door in ("incidents", "ticket"):
        monkeypatch.setattr(f"civic.hotline.office.{door}.now", lambda: MONDAY + 3 * HOUR)


def test_the_page_joins_in_one_form_and_tells_each_row(at_noon):
    main, other, third = says("王芳"), says("孙浩"), says("周建国")
    page = shown(hotline.gao_fei(), INCIDENTS)
    assert f'name="child" value="{other.number}:{other.version}" aria-label="并入 {other.number}" checked' in page
    assert "文字100%" in page
    assert "地点相距0米" in page

    body = {
        "parent": main.number,
        "child": [f"{other.number}:1", f"{third.number}:9", "LH1:1"],
        "words": "同一小区停水",
    }
    told = at_desk(hotline.gao_fei()).post(MERGER, body).content.decode()

    assert "1 件成功，2 件没有成功" in told
    assert list(Ticket.objects.filter(parent=main)) == [other]
    assert "最多人遇到的在办工单" in shown(hotline.gao_fei(), INCIDENTS)


def test_a_refused_form_keeps_what_was_chosen_and_typed(at_noon):
    main, other = says("王芳"), says("孙浩")

    answer = at_desk(hotline.gao_fei()).post(
        MERGER, {"parent": main.number, "child": f"{other.number}:1", "words": "停", "group": "g1"}
    )

    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="停"' in page
    assert f'value="{other.number}:1" aria-label="并入 {other.number}" checked' in page
    assert Ticket.objects.filter(state="MERGED").count() == 0


def test_from_a_tickets_page_the_nearest_are_joined_here_and_taken_out_again(at_noon):
    main, other = says("王芳"), says("孙浩")
    assert f'value="{other.number}:1"' in shown(hotline.gao_fei(), page_of(main))
    at_desk(hotline.gao_fei()).post(
        MERGER, {"parent": main.number, "child": f"{other.number}:1", "words": "同一小区停水"}
    )
    other.refresh_from_db()
    assert other.parent == main

    answer = press(hotline.gao_fei(), other, "separation", words="其实是暖气，不是停水。")

    assert (answer.status_code, other.state, other.parent) == (302, TicketState.RECEIVED, None)
    assert "其实是暖气，不是停水。" in shown(hotline.gao_fei(), page_of(other))


def test_the_page_asks_as_often_for_many_as_for_few(at_noon, django_assert_max_num_queries):
    desk = at_desk(hotline.gao_fei())
    for _ in range(8):
        says("王芳")
    desk.get(INCIDENTS)
    with django_assert_max_num_queries(16):
        desk.get(INCIDENTS)


def test_units_and_residents_do_not_find_the_page():
    hotline.city()

    assert at_desk(hotline.of_unit()).get(INCIDENTS).status_code == 404
    assert at_desk(hotline.xu_hui()).post(MERGER, {}).status_code == 404


@pytest.fixture
def closing(transactional_db: None) -> Iterator[tuple[Ticket, Ticket]]:
    yield hotline.passed(by=resident("王芳"), detail=WATER), says("孙浩")
    connection.close()


def close_while_joining(main: Ticket, other: Ticket) -> Ticket:
    """Close the main ticket and join the other one at the same moment; return the other one as it is then."""
    from civic.hotline.models.questions import Call

    at, start = MONDAY + 2 * DAY, Barrier(2)
    gao_fei, xu_hui = hotline.gao_fei(), hotline.xu_hui()
    main.call_back(call=Call(reached=True, contacted=True, solved=True, stars=5), by=xu_hui, at=at)

    def act(do: Any) -> None:
        try:
            start.wait()
            do()
        except NotAllowed:
            pass
        finally:
            connection.close()

    mine, theirs = Ticket.objects.get(pk=main.pk), Ticket.objects.get(pk=main.pk)
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(
                act,
                [
                    lambda: close_with_joined(ticket=mine, by=xu_hui, at=at),
                    lambda: other.merge(parent=theirs, by=gao_fei, at=at),
                ],
            )
        )
    return Ticket.objects.get(pk=other.pk)


def test_who_joins_while_the_main_one_is_closed_gets_its_answer_or_is_told_but_is_never_left_behind(closing):
    main, other = closing

    found = close_while_joining(main, other)

    assert found.state in (TicketState.CLOSED, TicketState.RECEIVED)  # never joined to what has ended


def test_without_holding_both_rows_one_is_left_behind(closing, monkeypatch):
    main, other = closing
    real = joining.policies.why_not_merge

    def slowly(*args: Any) -> str | None:
        found = real(*args)
        Ticket.objects.get(pk=main.pk).refresh_from_db()
        wait_for_end(main)
        return found

    monkeypatch.setattr(joining, "_hold", lambda ticket, parent: None)
    monkeypatch.setattr(joining.policies, "why_not_merge", slowly)

    assert close_while_joining(main, other).state == TicketState.MERGED


def wait_for_end(main: Ticket) -> None:
    import time

    for _ in range(100):
        if Ticket.objects.values_list("state", flat=True).get(pk=main.pk) == TicketState.CLOSED:
            return
        time.sleep(0.05)


def test_the_register_still_counts_who_presses_and_nobody_twice():
    ticket = hotline.published()
    sun = resident("孙浩")
    assert [join(ticket=ticket, by=sun, at=MONDAY + timedelta(hours=hour)) for hour in (50, 51)] == [True, False]

    assert Ticket.objects.published().with_voices().get().voices_count == 1
