"""The worklists: what waits at the centre and at a unit, filtered, counted, dispatched in bulk."""

import pytest

from civic.hotline.states import TicketState
from tests.factories import hotline
from tests.factories.accounts import MONDAY
from tests.factories.hotline import DAY, HOUR
from tests.hotline.desk import at_desk, page_of, press, shown

LIST = "/office/hotline/"
SORTED = {"proposed": "010201", "kind": "HELP", "urgency": "NORMAL"}
MA_JUN, GAO_FEI, XU_HUI = hotline.of_unit, hotline.gao_fei, hotline.xu_hui


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_the_centre_sees_what_waits_and_a_unit_what_is_its_own():
    waiting, held = hotline.ticket(), hotline.dispatched()

    assert waiting.number in shown(GAO_FEI(), LIST)
    assert held.number not in shown(GAO_FEI(), LIST)
    assert held.number in shown(MA_JUN(), LIST)
    assert waiting.number not in shown(MA_JUN(), LIST)
    assert held.number not in shown(hotline.of_unit("赵磊", "zjj"), LIST)


def test_each_list_holds_its_state(clock):
    found = {
        "received": hotline.ticket(),
        "dispatched": hotline.dispatched(),
        "handling": hotline.handled(),
        "replied": hotline.replied(),
        "revisit": hotline.passed(),
        "ended": hotline.closed(),
    }
    clock(2 * DAY)
    for view, ticket in found.items():
        who = MA_JUN() if view in ("dispatched", "handling") else XU_HUI()
        page = shown(who, f"{LIST}?view={view}")
        assert ticket.number in page
        assert sum(one.number in page for one in found.values()) == 1
    done = shown(MA_JUN(), f"{LIST}?view=done")
    assert [found[view].number in done for view in ("replied", "revisit", "ended", "handling")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_what_is_late_stands_in_red_among_the_late(clock):
    late, waiting = hotline.dispatched(), hotline.handled()
    waiting.wait(reason="CALLER", words="等待来电人提供合同。", by=MA_JUN(), at=MONDAY + 3 * HOUR)
    clock(10 * DAY)

    page = shown(MA_JUN(), f"{LIST}?view=overdue")

    assert late.number in page
    assert waiting.number not in page
    assert "c-light--red" in page
    assert "已超期" in page


def test_a_request_for_time_is_listed_for_whoever_answers_it(clock):
    ticket = hotline.handled()
    ticket.ask_extension(reason="电缆要从外地采购。", by=MA_JUN(), at=MONDAY + 3 * HOUR)
    clock(4 * HOUR)

    assert ticket.number in shown(GAO_FEI(), f"{LIST}?view=extension")
    press(GAO_FEI(), ticket, "extension-verdict", do="extend", words="同意")
    assert ticket.extensions.get().is_approved
    assert ticket.number not in shown(GAO_FEI(), f"{LIST}?view=extension")


def test_a_whole_number_leads_to_the_ticket():
    ticket = hotline.ticket()

    assert at_desk(GAO_FEI()).get(f"{LIST}?q={ticket.number.lower()}")["Location"] == page_of(ticket)


def test_filters_narrow_the_list():
    urgent, plain = hotline.ticket(urgency="URGENT"), hotline.ticket(kind="CONSULT")

    page = shown(GAO_FEI(), f"{LIST}?view=received&urgency=URGENT")
    assert urgent.number in page
    assert plain.number not in page
    assert plain.number in shown(GAO_FEI(), f"{LIST}?view=received&kind=CONSULT&channel=WEB")


def test_the_list_asks_as_often_for_many_as_for_few():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = at_desk(GAO_FEI())
    hotline.ticket()
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for title in ("小区物业费涨价", "公交车班次太少", "路灯坏了没有人修"):
        hotline.ticket(title=title)
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)

    assert len(many) == len(few)


def test_the_chosen_are_dispatched_as_proposed_each_with_its_result():
    lamp, unknown = hotline.ticket(), hotline.ticket(title="说不清楚的事情", detail="就是那个，你们懂的那件事情。")
    gone = hotline.dispatched()
    numbers = [lamp.number, unknown.number, gone.number, "LH00000000000000"]

    page = at_desk(GAO_FEI()).post(f"{LIST}bulk/dispatch/", {"number": numbers}).content.decode()

    lamp.refresh_from_db()
    unknown.refresh_from_db()
    assert (lamp.state, lamp.unit.code, lamp.category.code) == (TicketState.DISPATCHED, "cgj", "010201")
    assert lamp.dispatches.get().reason == "职责清单：道路桥梁路灯，六安市cgj"
    assert unknown.state == TicketState.RECEIVED
    assert "批量分派：1 件成功，3 件没有成功" in page
    assert "没有认得出的分类" in page
