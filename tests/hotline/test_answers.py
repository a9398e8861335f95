"""An answer before it is sent: judged while it is written, copies named, phrases and open blanks refused."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from civic.hotline.models import AnswerTemplate, Reply, Ticket
from civic.hotline.services import answering
from civic.hotline.services.answering import Answer, EmptyAnswer, judge, send_answer
from civic.hotline.services.loading import Misshapen
from civic.hotline.states import TicketState
from tests.factories import hotline
from tests.factories.accounts import MONDAY
from tests.factories.hotline import ANSWER, DAY, HOUR
from tests.hotline.desk import at_desk, page_of, press, shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
MA_JUN = hotline.of_unit
PIT = {"title": "淠河路路面有坑", "detail": "淠河路邮局门口的路面有三个大坑，雨天看不见，骑车的人摔倒了。"}
COVER = {"title": "健康路井盖松动", "detail": "健康路菜市场旁边的井盖松动，车一过就响，夜里吵得睡不着。"}
BRIDGE = {"title": "龙河桥护栏断裂", "detail": "龙河桥的护栏断了一段，孩子上学经过很危险，希望尽快修好。"}
TREE = {"title": "解放巷树枝挡灯", "detail": "解放巷口的树枝把灯全挡住了，晚上一片漆黑，老人不敢出门。"}
FILLED = "淠河路的坑于3月4日用沥青填平，面积6平方米，依据《城市道路管理条例》第二十一条。"


def late(ticket: Ticket, words: str = ANSWER) -> answering.Judged:
    return judge(ticket, words, at=MONDAY + DAY)


def test_the_writer_sees_the_judgement_without_a_script_and_keeps_every_word(clock):
    ticket = hotline.handled()
    clock(3 * HOUR)

    answer = press(MA_JUN(), ticket, "reply", words="路灯已修。请放心使用。", outcome="SOLVED", do="judge")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert ">路灯已修。请放心使用。</textarea>" in page
    assert '<option value="SOLVED" selected>' in page
    assert "请补上：查明的情况 / 已经采取的措施 / 下一步的安排和时间 / 联系电话。" in page
    assert "在期限内" in page
    assert (ticket.state, ticket.replies.count()) == (TicketState.HANDLING, 0)


def test_with_htmx_only_the_judgement_comes_back(clock):
    ticket = hotline.handled()
    clock(3 * HOUR)

    body = {"words": ANSWER, "do": "judge"}
    part = at_desk(MA_JUN()).post(page_of(ticket, "reply/"), body, headers={"HX-Request": "true"}).content.decode()

    assert part.strip().startswith('<div id="judged"')
    assert "c-scores" in part
    assert "<form" not in part
    page = shown(MA_JUN(), page_of(ticket))
    assert 'hx-trigger="input changed delay:900ms from:#reply-words"' in page


def test_who_does_not_answer_for_the_ticket_has_nothing_judged():
    ticket = hotline.handled()

    answer = press(hotline.gao_fei(), ticket, "reply", words=ANSWER, do="judge")

    assert answer.status_code == 403


def test_a_copy_names_the_ticket_it_comes_from_and_is_still_the_writers_to_send():
    first, second = hotline.replied(), hotline.handled(**PIT)

    found = late(second)
    send_answer(ticket=second, answer=Answer(ANSWER, "SOLVED", {}), by=MA_JUN(), at=MONDAY + DAY)

    assert (found.copied.name, found.copied.share, found.refused) == (first.number, 1.0, "")
    kept = second.newest_reply.quality
    assert (kept["copied_from"], kept["copied"]) == (first.number, 1.0)
    page = shown(hotline.xu_hui(), page_of(second))
    assert f'100%的文字与另一件工单的答复相同：<a class="govuk-link c-number" href="{page_of(first)}"' in page


def test_what_the_unit_has_said_three_times_is_refused_where_nothing_else_is_said():
    for matter in (PIT, COVER, BRIDGE):
        hotline.replied(**matter)
    ticket = hotline.handled(**TREE)

    with pytest.raises(EmptyAnswer, match="没有一句说到这件事") as refused:
        send_answer(ticket=ticket, answer=Answer(ANSWER, "SOLVED", {}), by=MA_JUN(), at=MONDAY + DAY)
    assert refused.value.errors[0].pointer == "words"
    ticket.refresh_from_db()
    assert (ticket.state, ticket.replies.count()) == (TicketState.HANDLING, 0)

    own = f"{ANSWER}解放巷口挡灯的3根树枝已于3月3日锯掉。"
    send_answer(ticket=ticket, answer=Answer(own, "SOLVED", {}), by=MA_JUN(), at=MONDAY + DAY)
    assert ticket.newest_reply.quality["boilerplate"] == pytest.approx(0.79, abs=0.05)


def test_the_same_matter_told_again_gets_the_same_answer_and_is_no_copy():
    hotline.replied()
    again = hotline.handled(detail=hotline.LAMP + "请尽快修。")

    assert late(again).copied is None


def test_another_units_answer_and_ones_own_returned_draft_are_no_copies():
    returned = hotline.replied(**PIT)
    returned.return_reply(remark="没有说谁来检查。", by=hotline.xu_hui(), at=MONDAY + DAY + HOUR)
    elsewhere = hotline.dispatched(to="jaq", **COVER)

    assert late(returned).copied is None
    assert late(elsewhere).copied is None


def test_only_the_newest_answers_are_compared(monkeypatch):
    old = hotline.replied(**PIT)
    other = hotline.replied(at=MONDAY + DAY, **COVER)
    Reply.objects.filter(ticket=other).update(quality={})
    ticket = hotline.handled(**BRIDGE)
    assert late(ticket).copied.name in (old.number, other.number)

    monkeypatch.setattr(answering, "EARLIER", 1)

    assert late(ticket).copied.name == other.number


def test_judging_asks_the_database_as_often_after_many_answers_as_after_one():
    hotline.replied(**PIT)
    ticket = hotline.handled(**TREE)
    with CaptureQueriesContext(connection) as few:
        late(ticket)
    for matter in (COVER, BRIDGE):
        hotline.replied(**matter)
    with CaptureQueriesContext(connection) as many:
        late(ticket)

    assert len(many) == len(few) == 1


def test_it_is_timely_until_the_ticket_is_due():
    ticket = hotline.handled()

    assert judge(ticket, ANSWER, at=ticket.due_at).scores["timely"] == 1.0
    found = judge(ticket, ANSWER, at=ticket.due_at + timedelta(days=2))
    assert found.scores["timely"] < 1.0
    assert "已超过答复期限，请向来信人说明迟延的原因并致歉。" in found.quality.remarks


@pytest.mark.parametrize("words", ["", "局" + " " * 10_000_000 + "x", ANSWER * 100_000, "\x00"])
def test_empty_and_endless_answers_are_judged(words):
    assert set(late(hotline.handled(), words).scores) == set(answering.SCORES)


def test_a_template_is_put_below_what_was_written_and_its_open_blanks_are_refused_by_name(clock):
    ticket = hotline.handled(**PIT)
    clock(3 * HOUR)

    page = press(
        MA_JUN(), ticket, "reply", words="淠河路的事：", template="found-and-planned", outcome="", do="template"
    ).content.decode()
    refused = press(MA_JUN(), ticket, "reply", words=hotline.template().words, outcome="SOLVED", do="send")

    assert ">淠河路的事：\n您反映的【填：地点和事情】，经核实：【填：查明的情况】。" in page
    assert "还有没填的空：地点和事情、查明的情况、原因、几月几日、要做的事、临时措施、经办科室电话。" in page
    assert refused.status_code == 400
    assert "还有没填的空：地点和事情、几月几日、查明的情况、哪个单位、做了什么" in refused.content.decode()
    assert (ticket.state, ticket.replies.count()) == (TicketState.HANDLING, 0)

    press(MA_JUN(), ticket, "reply", words=FILLED, outcome="SOLVED", do="send")
    assert ticket.state == TicketState.REPLIED


def test_an_unknown_template_loses_no_word(clock):
    ticket = hotline.handled()
    clock(3 * HOUR)

    answer = press(MA_JUN(), ticket, "reply", words="写了一半的答复，", template="no-such", do="template")

    assert answer.status_code == 400
    assert "请选择一个答复模板。" in answer.content.decode()
    assert ">写了一半的答复，</textarea>" in answer.content.decode()


@pytest.mark.parametrize(
    "words",
    [
        "您反映的问题已收悉，我局高度重视，已转相关部门，感谢您的关心。",
        "您反映的【填：事情】已收悉，我局高度重视，【填：处理】，感谢您的【填：什么】。",
        "您反映的事情，经现场核实，已于【填：几月几日】修复。",
    ],
)
def test_a_template_of_phrases_or_with_hardly_a_blank_is_not_taken_in(words):
    bad = {"code": "bad", "name": "套话", "name_en": "Phrases", "words": words}

    with pytest.raises(Misshapen, match="template bad"):
        hotline.reload(templates=[bad])

    assert not AnswerTemplate.objects.filter(code="bad").exists()


def test_a_template_that_the_city_drops_is_offered_no_longer():
    hotline.city()
    assert AnswerTemplate.objects.filter(is_offered=True).count() == 4

    hotline.reload(templates=[])

    assert AnswerTemplate.objects.filter(is_offered=True).count() == 0


@pytest.mark.parametrize("blank", ["【填：日期】", "【填:日期】", "【填： 日期 】", "【填：日期"])
def test_a_blank_is_found_however_it_was_left(blank):
    found = late(hotline.handled(), ANSWER + blank)

    assert found.refused.startswith("还有没填的空：日期。")


@pytest.mark.parametrize(
    ("field", "text", "kind"),
    [
        ("public_title", "路灯坏了，打13800005678", "手机号码"),
        ("public_detail", "我的身份证号是341202199001011234，请帮我。", "身份证号码"),
        ("public_reply", "皖N12345已拖走。", "车牌号"),
        ("public_detail", "住在2号楼3单元501室的人说的。", "门牌房号"),
    ],
)
def test_what_still_tells_who_somebody_is_does_not_become_public(clock, field, text, kind):
    ticket = hotline.closed(wants_public=True)
    clock(2 * DAY)
    words = {
        "public_title": "路灯不亮",
        "public_detail": "路灯坏了三天。",
        "public_reply": "已修复，可拨0564-3312345。",
    }

    refused = press(hotline.xu_hui(), ticket, "publication", do="publish", **{**words, field: text})

    assert refused.status_code == 400
    assert f"这里还有{kind}，请删去后再公开。" in refused.content.decode()
    assert (ticket.published_at, ticket.public_title) == (None, "")
    press(hotline.xu_hui(), ticket, "publication", do="publish", **words)
    assert ticket.public_reply == "已修复，可拨0564-3312345。"
