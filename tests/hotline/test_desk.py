"""The ticket's page: who sees what, each step by its form, nothing overwritten."""

import pytest

from civic.audit.models import Entry
from civic.documents.models import Document
from civic.hotline.models import Ticket
from civic.hotline.states import TicketState
from tests.factories import hotline
from tests.factories.accounts import MONDAY, official, resident
from tests.factories.documents import document
from tests.factories.hotline import ANSWER, DAY, HOUR
from tests.hotline.desk import at_desk, page_of, press, shown

LIST = "/office/hotline/"
SORTED = {"proposed": "010201", "kind": "HELP", "urgency": "NORMAL"}
MA_JUN, GAO_FEI, XU_HUI = hotline.of_unit, hotline.gao_fei, hotline.xu_hui


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_dispatcher_sends_it_by_one_form_with_class_and_unit():
    ticket = hotline.ticket()
    page = shown(GAO_FEI(), page_of(ticket))
    assert "道路桥梁路灯 → 六安市cgj" in page
    assert "因为提到：路灯" in page

    answer = press(GAO_FEI(), ticket, "dispatch", proposed="010201", kind="HELP", urgency="NORMAL", do="dispatch")

    assert answer["Location"] == page_of(ticket)
    assert (ticket.state, ticket.unit.code) == (TicketState.DISPATCHED, "cgj")


def test_another_unit_than_the_duty_needs_a_reason():
    ticket = hotline.ticket()
    typed = {"proposed": "010201", "kind": "HELP", "urgency": "NORMAL", "unit": "jaq", "do": "dispatch"}

    refused = press(GAO_FEI(), ticket, "dispatch", **typed)
    assert (refused.status_code, ticket.state, ticket.category) == (400, TicketState.RECEIVED, None)
    press(GAO_FEI(), ticket, "dispatch", **typed, reason="这段路由金安区养护")

    assert ticket.unit.code == "jaq"
    assert ticket.dispatches.get().reason == "这段路由金安区养护"


def test_a_call_taker_classifies_and_does_not_dispatch():
    ticket = hotline.ticket()

    press(hotline.lin_xia(), ticket, "dispatch", proposed="010201", kind="HELP", urgency="URGENT", do="classify")
    assert (ticket.category.code, ticket.urgency) == ("010201", "URGENT")
    refused = press(hotline.lin_xia(), ticket, "dispatch", proposed="010201", kind="HELP", urgency="URGENT")

    assert refused.status_code == 403
    assert ticket.state == TicketState.RECEIVED


def test_a_stale_page_says_what_has_changed_and_overwrites_nothing():
    ticket = hotline.ticket()
    seen = ticket.version
    ticket.classify(category=hotline.category("020102"), kind="HELP", urgency="NORMAL", by=GAO_FEI(), at=MONDAY)

    answer = press(GAO_FEI(), ticket, "dispatch", seen=seen, last_entry="0", **SORTED)

    assert answer.status_code == 412
    assert "您打开之后的变化" in answer.content.decode()
    assert (ticket.state, ticket.category.code) == (TicketState.RECEIVED, "020102")


def test_a_double_press_calls_back_once(clock):
    ticket = hotline.passed()
    clock(DAY + 2 * HOUR)
    seen = ticket.version

    press(XU_HUI(), ticket, "call", seen=seen, do="unreached")
    again = press(XU_HUI(), ticket, "call", seen=seen, do="unreached")

    assert again.status_code == 412
    assert ticket.revisits.count() == 1


def test_a_unit_objects_by_its_form_and_the_centre_sends_it_elsewhere(clock):
    ticket = hotline.dispatched()
    clock(2 * HOUR)
    press(MA_JUN(), ticket, "objection", words="这段路由金安区养护。", basis="移交清单", suggests="jaq")
    assert ticket.state == TicketState.OBJECTED
    assert "这段路由金安区养护。" in shown(GAO_FEI(), page_of(ticket))

    press(GAO_FEI(), ticket, "verdict", do="redispatch", unit="jaq", words="同意退单，改派金安区。")

    assert (ticket.state, ticket.unit.code) == (TicketState.DISPATCHED, "jaq")


def test_after_two_objections_the_form_offers_a_meeting(clock):
    ticket, qian_wei = hotline.dispatched(), hotline.of_unit("钱伟", "jaq")
    clock(2 * HOUR)
    press(MA_JUN(), ticket, "objection", words="这段路由金安区养护。", basis="移交清单")
    press(GAO_FEI(), ticket, "verdict", do="redispatch", unit="jaq", words="改派金安区。")
    press(qian_wei, ticket, "objection", words="资产还没有移交。", basis="移交清单")
    page = shown(GAO_FEI(), page_of(ticket))
    assert "同意退单，改派" not in page.split("现在不能做的")[0]

    press(GAO_FEI(), ticket, "verdict", do="convene", words="两家都说不归自己。")
    press(GAO_FEI(), ticket, "settlement", unit="cgj", words="会议确定由城管局先修。")

    assert (ticket.unit.code, ticket.open_dispatch.is_final) == ("cgj", True)


def test_a_unit_handles_answers_and_the_centre_checks_calls_and_closes(clock):
    ticket = hotline.dispatched()
    clock(2 * HOUR)
    press(MA_JUN(), ticket, "receipt")
    press(MA_JUN(), ticket, "contact", way="PHONE", reached="yes", words="约定明天维修。")
    press(MA_JUN(), ticket, "waiting", reason="THIRD_PARTY", words="等待供电公司断电。")
    press(MA_JUN(), ticket, "resumption")
    press(MA_JUN(), ticket, "reply", words=ANSWER, outcome="SOLVED", do="send")
    assert ticket.state == TicketState.REPLIED
    clock(DAY)
    press(XU_HUI(), ticket, "check", do="return", remark="没有说谁来检查。")
    press(MA_JUN(), ticket, "reply", words=ANSWER, outcome="SOLVED", do="send")
    press(XU_HUI(), ticket, "check", do="pass")
    press(XU_HUI(), ticket, "call", contacted="yes", solved="yes", stars="5", words="已经亮了。")
    press(XU_HUI(), ticket, "closing")
    assert ticket.state == TicketState.CLOSED

    press(XU_HUI(), ticket, "second-handling", words="当晚又不亮了。")

    assert (ticket.state, ticket.round) == (TicketState.DISPATCHED, 2)
    assert "当晚又不亮了。" in shown(MA_JUN(), page_of(ticket))


def test_an_answer_of_phrases_is_shown_and_refused(clock):
    ticket = hotline.handled()
    clock(3 * HOUR)
    empty = "您好，您反映的问题已收悉，我局高度重视，已转相关部门，将尽快处理，感谢您的关心。"

    looked = press(MA_JUN(), ticket, "reply", words=empty, outcome="SOLVED", do="judge")
    refused = press(MA_JUN(), ticket, "reply", words=empty, outcome="SOLVED", do="send")

    assert "高度重视" in looked.content.decode()
    assert looked.status_code == 200
    assert refused.status_code == 400
    assert "只有套话" in refused.content.decode()
    assert (ticket.state, ticket.replies.count()) == (TicketState.HANDLING, 0)


def test_declining_tells_the_ground_and_its_remedy():
    ticket = hotline.ticket()

    press(GAO_FEI(), ticket, "refusal", ground="in_court")

    assert (ticket.state, ticket.ground.code) == (TicketState.REFUSED, "in_court")
    assert "请按仲裁机构或者人民法院告知的程序提出。" in shown(GAO_FEI(), page_of(ticket))


def test_the_joined_get_the_answer_of_the_one_they_were_joined_to(clock):
    parent, other = hotline.passed(), hotline.ticket(by=resident("孙浩"))
    press(GAO_FEI(), other, "merger", parent=parent.number)
    assert (other.state, other.parent) == (TicketState.MERGED, parent)
    clock(DAY + 2 * HOUR)
    press(XU_HUI(), parent, "call", solved="yes", contacted="yes", stars="4")

    press(XU_HUI(), parent, "closing")

    other.refresh_from_db()
    assert (parent.state, other.state, other.outcome) == (TicketState.CLOSED, TicketState.CLOSED, "JOINED")


def test_what_is_published_names_nobody(clock):
    said = "我是王芳，物业李建国经理电话13800001111，路灯坏了三天没有人修。"
    ticket = hotline.closed(detail=said, wants_public=True)
    clock(2 * DAY)
    page = shown(XU_HUI(), page_of(ticket))
    proposed = page.split('name="public_detail"')[1].split("</textarea>")[0]
    assert "李某经理" in proposed
    assert "王芳" not in proposed
    assert "13800001111" not in proposed

    words = {"public_title": "路灯不亮", "public_detail": "路灯坏了三天。", "public_reply": "已修复。"}
    press(XU_HUI(), ticket, "publication", do="publish", **words)
    assert ticket.public_detail == "路灯坏了三天。"
    press(XU_HUI(), ticket, "publication", do="unpublish")
    assert ticket.published_at is None


def secret_ticket(secrecy: str) -> Ticket:
    """王芳 rings; she wants to be known to nobody, or to the centre alone."""
    from civic.hotline.services.intake import Caller, Intake, take_in

    said = Intake("举报乱收费", "我是王芳，停车场乱收费，我的电话13800005678。", channel="PHONE")
    made = take_in(said, caller=Caller(None, "王芳", "13800005678", secrecy), by=hotline.lin_xia(), at=MONDAY)
    made.classify(category=hotline.category(), kind="REPORT", urgency="NORMAL", by=GAO_FEI(), at=MONDAY)
    made.dispatch(unit=hotline.unit(), reason="停车归城管局", by=GAO_FEI(), at=MONDAY)
    return made


def test_a_unit_sees_neither_name_nor_number_of_who_spoke_in_confidence():
    ticket = secret_ticket("CONFIDENTIAL")

    page = shown(MA_JUN(), page_of(ticket))
    refused = press(MA_JUN(), ticket, "revelation", purpose="联系来电人核实情况")

    assert "来电人要求保密" in page
    assert "王芳" not in page
    assert "王**" not in page
    assert "13800005678" not in page
    assert "5678" not in page
    assert refused.status_code == 403
    assert "13800005678" not in refused.content.decode()
    assert "5678" in shown(GAO_FEI(), page_of(ticket))


def test_name_and_number_are_shown_for_a_reason_that_is_recorded():
    ticket = secret_ticket("NAMED")
    assert "王**" in shown(MA_JUN(), page_of(ticket))

    silent = press(MA_JUN(), ticket, "revelation", purpose="")
    told = press(MA_JUN(), ticket, "revelation", purpose="联系来电人核实情况")

    assert silent.status_code == 400
    assert "13800005678" in told.content.decode()
    kept = Entry.objects.filter(step="masking.value.reveal", purpose="联系来电人核实情况")
    assert {one.detail["field"] for one in kept} == {"name", "phone"}


def test_an_auditor_reads_masked_and_changes_nothing():
    ticket = hotline.ticket(detail="请打13800005678找我，路灯坏了。")
    auditor = official("郑直", roles=("auditor",))

    assert "13800005678" not in shown(auditor, page_of(ticket))
    assert press(auditor, ticket, "refusal", ground="empty").status_code == 404
    assert ticket.state == TicketState.RECEIVED


def test_the_reading_is_recorded_and_a_stranger_finds_nothing():
    ticket = hotline.dispatched()

    shown(MA_JUN(), page_of(ticket))
    assert Entry.objects.filter(step="hotline.ticket.read", subject=ticket.ledger_id()).count() == 1
    for who in (hotline.of_unit("赵磊", "zjj"), resident("孙浩"), official("周敏", roles=("operator",))):
        assert at_desk(who).get(page_of(ticket)).status_code == 404


def test_the_unit_it_goes_to_reads_what_was_handed_in():
    wang = resident("王芳")
    paper = document(wang, at=MONDAY)
    ticket = hotline.ticket(by=wang, documents=[str(paper.token)])
    assert Document.objects.visible_to(GAO_FEI()).get() == paper
    assert not Document.objects.visible_to(MA_JUN()).exists()

    press(GAO_FEI(), ticket, "dispatch", **SORTED)

    assert Document.objects.visible_to(MA_JUN()).get() == paper


def test_what_a_caller_says_of_the_unit_is_for_the_centre_to_read(clock):
    ticket = hotline.passed()
    clock(DAY + 2 * HOUR)
    press(XU_HUI(), ticket, "call", contacted="no", solved="no", stars="1", words="没有人联系过我。")

    assert "没有人联系过我。" in shown(XU_HUI(), page_of(ticket))
    assert "没有人联系过我。" not in shown(MA_JUN(), page_of(ticket))


def test_beside_a_step_that_cannot_be_taken_stands_why():
    ticket = hotline.dispatched()

    assert "只有承办单位的工作人员可以进行这一步。" not in shown(MA_JUN(), page_of(ticket))
    assert "您的岗位没有这项权限" in shown(GAO_FEI(), page_of(ticket))


def test_an_unknown_form_is_not_there():
    assert press(GAO_FEI(), hotline.ticket(), "nonsense").status_code == 404


def test_the_page_asks_as_often_after_many_contacts_as_after_one(clock):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ticket, client = hotline.handled(), at_desk(MA_JUN())
    clock(DAY)
    client.get(page_of(ticket))
    with CaptureQueriesContext(connection) as few:
        client.get(page_of(ticket))
    for hour in range(3, 8):
        ticket.contact(way="PHONE", words="再次联系。", reached=True, by=MA_JUN(), at=MONDAY + hour * HOUR)
    with CaptureQueriesContext(connection) as many:
        client.get(page_of(ticket))

    assert len(many) == len(few)
