"""The life of a ticket: who may do what, which clock runs, and what does not happen."""

from datetime import timedelta

import pytest

from civic.core.errors import NotAllowed
from civic.deadlines.calendars import CITY
from civic.deadlines.models import Clock
from civic.hotline.models.questions import Call, Objecting
from civic.hotline.states import TicketState
from civic.workflow.models import StepRefused
from tests.factories import hotline
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import DAY, HOUR

pytestmark = pytest.mark.django_db


def day(at) -> str:
    """Return day and minute as people in the city read them."""
    return f"{at.astimezone(CITY):%m-%d %H:%M}"


def running(ticket) -> dict:
    return {clock.kind: clock.due_at for clock in Clock.objects.of(ticket.ledger_id()).open()}


def test_a_voice_is_numbered_and_has_to_be_dispatched_within_half_a_working_day():
    ticket = hotline.ticket()

    assert ticket.number.startswith("LH20260302")
    assert ticket.state == TicketState.RECEIVED
    assert {kind: day(due) for kind, due in running(ticket).items()} == {"ticket.dispatch": "03-02 17:00"}


def test_the_unit_has_a_day_to_speak_to_the_caller_and_five_to_answer():
    ticket = hotline.dispatched()

    due = {kind: day(at) for kind, at in running(ticket).items()}
    assert due == {
        "ticket.objection": "03-03 23:59",
        "ticket.response": "03-03 23:59",
        "ticket.resolve": "03-09 23:59",
    }
    assert day(ticket.due_at) == "03-09 23:59"


def test_an_urgent_one_has_thirty_minutes():
    ticket = hotline.ticket(urgency="URGENT")
    at = MONDAY + HOUR
    by = hotline.gao_fei()
    ticket.classify(category=hotline.category(), kind="HELP", urgency="URGENT", by=by, at=at)
    ticket.dispatch(unit=hotline.unit(), reason="紧急", by=by, at=at)

    assert running(ticket)["ticket.response"] == at + timedelta(minutes=30)


def test_speaking_to_the_caller_stops_the_response_clock_only_when_they_were_reached():
    ticket = hotline.dispatched()
    ma_jun = hotline.of_unit()
    ticket.acknowledge(by=ma_jun, at=MONDAY + 2 * HOUR)
    ticket.contact(way="PHONE", words="打了两次没人接。", reached=False, by=ma_jun, at=MONDAY + 2 * HOUR)
    assert "ticket.response" in running(ticket)

    ticket.contact(way="PHONE", words="联系上了，约定明天维修。", reached=True, by=ma_jun, at=MONDAY + 3 * HOUR)

    assert "ticket.response" not in running(ticket)
    assert ticket.contacted_at == MONDAY + 3 * HOUR


def test_the_clock_of_the_unit_stands_still_while_its_answer_is_checked_and_runs_again_when_it_is_returned():
    ticket = hotline.replied()
    assert running(ticket)["ticket.resolve"] is None

    ticket.return_reply(remark="没有说什么时候修好。", by=hotline.xu_hui(), at=MONDAY + DAY + HOUR)

    assert ticket.state == TicketState.HANDLING
    assert day(running(ticket)["ticket.resolve"]) == "03-10 23:59"


def test_who_wrote_an_answer_does_not_check_it():
    ticket = hotline.replied()
    ma_jun = hotline.of_unit()

    with pytest.raises(NotAllowed):
        ticket.pass_reply(by=ma_jun, at=MONDAY + DAY)
    ticket.refresh_from_db()
    assert ticket.state == TicketState.REPLIED


def test_a_unit_may_object_within_a_day_and_another_one_gets_it():
    ticket = hotline.dispatched()
    ma_jun = hotline.of_unit()
    ticket.send_back(
        objection=Objecting("这段路由金安区养护，不归我局。", "六政办〔2024〕1号养护移交清单"),
        by=ma_jun,
        at=MONDAY + 2 * HOUR,
    )
    assert ticket.state == TicketState.OBJECTED
    assert set(running(ticket)) == {"ticket.dispatch"}

    ticket.redispatch(
        unit=hotline.unit("jaq"), words="同意退单，改派金安区。", by=hotline.gao_fei(), at=MONDAY + 3 * HOUR
    )

    assert ticket.unit.code == "jaq"
    assert [d.unit.code for d in ticket.dispatches.order_by("nth")] == ["cgj", "jaq"]


def test_after_the_day_for_it_nobody_objects():
    ticket = hotline.dispatched()

    with pytest.raises(NotAllowed, match="首办责任"):
        ticket.send_back(objection=Objecting("不归我局管理。", "三定方案"), by=hotline.of_unit(), at=MONDAY + 2 * DAY)
    assert ticket.objections.count() == 0


def test_two_objections_are_the_most_then_they_meet_and_what_is_settled_stands():
    ticket = hotline.dispatched()
    gao_fei = hotline.gao_fei()
    ticket.send_back(objection=Objecting("不归我局管理。", "三定方案"), by=hotline.of_unit(), at=MONDAY + 2 * HOUR)
    ticket.redispatch(unit=hotline.unit("jaq"), words="改派金安区。", by=gao_fei, at=MONDAY + 2 * HOUR)
    qian_wei = hotline.of_unit("钱伟", "jaq")
    ticket.send_back(objection=Objecting("路灯资产没有移交。", "移交清单"), by=qian_wei, at=MONDAY + 3 * HOUR)

    with pytest.raises(NotAllowed, match="会商"):
        ticket.redispatch(unit=hotline.unit(), words="再派回城管。", by=gao_fei, at=MONDAY + 3 * HOUR)
    ticket.convene(words="两个单位都说不归自己。", by=gao_fei, at=MONDAY + 4 * HOUR)
    ticket.settle(unit=hotline.unit(), words="会议确定由城管局先修，再办移交。", by=gao_fei, at=MONDAY + DAY)

    assert ticket.unit.code == "cgj"
    with pytest.raises(NotAllowed, match="不能再退单"):
        ticket.send_back(objection=Objecting("还是不归我们。", "三定方案"), by=hotline.of_unit(), at=MONDAY + DAY)


def test_it_is_closed_only_when_the_caller_was_reached_or_called_three_times():
    ticket = hotline.passed()
    xu_hui, at = hotline.xu_hui(), MONDAY + DAY + 2 * HOUR
    for _ in range(2):
        ticket.call_back(call=Call(reached=False), by=xu_hui, at=at)
    with pytest.raises(NotAllowed, match="再回访1次"):
        ticket.close(by=xu_hui, at=at)

    ticket.call_back(call=Call(reached=False), by=xu_hui, at=at)
    ticket.close(by=xu_hui, at=at)

    assert ticket.state == TicketState.CLOSED
    assert running(ticket) == {}


def test_what_is_not_solved_is_handled_again_once_by_the_same_unit():
    ticket = hotline.passed()
    xu_hui, at = hotline.xu_hui(), MONDAY + DAY + 2 * HOUR
    ticket.call_back(call=Call(reached=True, contacted=True, solved=False, stars=1), by=xu_hui, at=at)
    with pytest.raises(NotAllowed, match="二次办理"):
        ticket.close(by=xu_hui, at=at)

    ticket.handle_again(words="路灯只亮了一晚又坏了。", by=xu_hui, at=at)

    assert (ticket.state, ticket.round, ticket.unit.code) == (TicketState.DISPATCHED, 2, "cgj")
    assert set(running(ticket)) == {"ticket.response", "ticket.resolve"}


def test_nobody_is_called_at_night():
    ticket = hotline.passed()

    with pytest.raises(NotAllowed, match="09:00至20:00"):
        ticket.call_back(call=Call(reached=True, solved=True), by=hotline.xu_hui(), at=MONDAY + DAY + 12 * HOUR)
    assert ticket.revisits.count() == 0


def test_more_time_is_asked_for_by_the_unit_and_given_by_the_centre():
    ticket = hotline.handled()
    ticket.ask_extension(reason="电缆要从外地采购。", by=hotline.of_unit(), at=MONDAY + DAY)
    assert day(ticket.due_at) == "03-09 23:59"

    ticket.extend(words="同意", by=hotline.gao_fei(), at=MONDAY + DAY)

    assert day(ticket.due_at) == "03-12 23:59"


def test_a_stranger_sees_nothing_and_another_unit_neither():
    ticket = hotline.dispatched()
    model = type(ticket)

    assert not model.objects.visible_to(resident("孙浩")).exists()
    assert not model.objects.visible_to(hotline.of_unit("赵磊", "zjj")).exists()
    assert list(model.objects.visible_to(hotline.of_unit())) == [ticket]
    assert list(model.objects.visible_to(ticket.caller)) == [ticket]


def test_a_caller_takes_it_back_and_nothing_runs_any_more():
    ticket = hotline.dispatched()
    ticket.withdraw(by=ticket.caller, at=MONDAY + 2 * HOUR)

    assert running(ticket) == {}
    with pytest.raises(StepRefused):
        ticket.acknowledge(by=hotline.of_unit(), at=MONDAY + 3 * HOUR)
