"""One answer for many: it reaches everybody who was joined, names nobody else, and each may say it is not solved."""

import pytest
from django.test import Client

from civic.core.errors import NotAllowed
from civic.hotline.models import Ticket
from civic.hotline.models.questions import Call
from civic.hotline.services.answering import close_with_joined
from civic.hotline.services.intake import Caller, Intake, take_in
from civic.hotline.states import TicketState
from civic.hotline.tasks import announce, follow_main
from civic.notifications.models import Notice
from tests.factories import hotline
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import DAY, HOUR

pytestmark = pytest.mark.django_db
WORDS = "王芳女士您好，您电话13800005678反映的路灯，3月3日已更换电缆恢复照明，同时检查了整条路的12盏路灯。"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    hotline.city()
    monkeypatch.setattr("civic.hotline.portal.mine.now", lambda: MONDAY + 2 * DAY)


@pytest.fixture
def told():
    """王芳's lamp is answered; 孙浩 and 刘桂英 were joined to it, and so was somebody who only rang."""
    wang = resident("王芳", phone="13800005678")
    main = hotline.handled(by=wang)
    sun, liu = (hotline.ticket(by=resident(name)) for name in ("孙浩", "刘桂英"))
    rang = take_in(
        Intake(title="路灯不亮", detail=hotline.LAMP, channel="PHONE"),
        caller=Caller(name="周建国", phone="13900007777"), by=hotline.lin_xia(), at=MONDAY,
    )  # fmt: skip
    for one in (sun, liu, rang):
        one.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + 2 * HOUR)
    main.reply(words=WORDS, outcome="SOLVED", quality={}, by=hotline.of_unit(), at=MONDAY + DAY)
    return main, sun, liu, rang


def page_of(ticket: Ticket) -> str:
    browser = Client()
    browser.force_login(ticket.caller)
    return browser.get(f"/my/requests/{ticket.number}/").content.decode()


def letters(ticket: Ticket) -> list[str]:
    return [one.code for one in Notice.objects.filter(recipient=ticket.caller).order_by("pk")]


def pass_and_close(main: Ticket) -> None:
    at = MONDAY + DAY + HOUR
    main.pass_reply(by=hotline.xu_hui(), at=at)
    main.call_back(call=Call(reached=True, contacted=True, solved=True, stars=5), by=hotline.xu_hui(), at=at)
    close_with_joined(ticket=main, by=hotline.xu_hui(), at=at)


def test_the_joined_see_how_the_main_one_stands_and_nothing_of_whose_it_is(told):
    main, sun, _liu, _rang = told

    page = page_of(sun)

    assert "同一件事的办理情况" in page
    assert "承办单位已经答复，热线中心正在审核答复是否说清楚。" in page
    assert "六安市cgj" in page
    for secret in (main.number, "王芳", "13800005678", "更换电缆", "刘桂英", "周建国"):
        assert secret not in page


def test_the_answer_that_goes_out_reaches_each_of_the_joined_once_in_words_that_name_nobody(told):
    main, sun, liu, _rang = told
    main.pass_reply(by=hotline.xu_hui(), at=MONDAY + DAY + HOUR)

    for _ in range(2):
        announce(ticket=main.pk, step="pass_reply", seen=main.version)

    assert [letters(one) for one in (main, sun, liu)] == [["ticket.answered"]] * 3
    letter = Notice.objects.get(recipient=sun.caller)
    assert sun.number in letter.clear("body")
    assert main.number not in letter.clear("body")
    page = page_of(sun)
    assert "3月3日已更换电缆恢复照明" in page
    assert "王芳" not in page
    assert "13800005678" not in page


def test_with_the_main_one_each_is_closed_with_an_answer_of_its_own(told):
    main, sun, liu, rang = told

    pass_and_close(main)

    for one in (sun, liu, rang):
        one.refresh_from_db()
        assert (one.state, one.outcome, one.replied_at) == (TicketState.CLOSED, "JOINED", MONDAY + DAY + HOUR)
        answer = one.passed_reply.clear("words")
        assert answer.endswith("的路灯，3月3日已更换电缆恢复照明，同时检查了整条路的12盏路灯。")
        assert "王芳" not in answer
        assert "13800005678" not in answer
    assert "更换电缆" in page_of(liu)


def test_a_joined_caller_says_that_it_is_not_solved_and_it_becomes_a_ticket_of_its_own_at_the_unit(told):
    main, sun, liu, _rang = told
    pass_and_close(main)
    browser = Client()
    browser.force_login(sun.caller)

    browser.post(f"/my/requests/{sun.number}/answer/", {"solved": "no", "stars": "2", "words": "我家门口的还是不亮。"})

    for one in (main, sun, liu):
        one.refresh_from_db()
    assert (sun.state, sun.round, sun.parent, sun.unit.code) == (TicketState.DISPATCHED, 2, None, "cgj")
    assert (main.state, liu.state) == (TicketState.CLOSED, TicketState.CLOSED)
    assert "更换电缆" in page_of(sun)  # what was answered first stays theirs to read


def test_a_joined_caller_grades_the_answer_once(told):
    main, sun, _liu, _rang = told
    pass_and_close(main)
    browser = Client()
    browser.force_login(sun.caller)
    assert "问题解决了吗" in page_of(sun)

    browser.post(f"/my/requests/{sun.number}/answer/", {"solved": "yes", "stars": "4"})
    again = browser.post(f"/my/requests/{sun.number}/answer/", {"solved": "yes", "stars": "1"})

    sun.refresh_from_db()
    assert again.status_code == 403
    assert (sun.state, [one.stars for one in sun.revisits.all()]) == (TicketState.CLOSED, [4])
    assert "问题解决了吗" not in page_of(sun)


def test_whose_ticket_was_closed_by_itself_is_not_called_again():
    ticket = hotline.closed()

    with pytest.raises(NotAllowed, match="不再回访"):
        ticket.call_back(call=Call(reached=True, solved=True, stars=1), by=hotline.xu_hui(), at=MONDAY + 2 * DAY)
    assert ticket.revisits.count() == 1


def test_the_joined_follow_also_when_the_main_ones_caller_closes_it_online(told):
    main, sun, _liu, _rang = told
    main.pass_reply(by=hotline.xu_hui(), at=MONDAY + DAY)
    browser = Client()
    browser.force_login(main.caller)
    browser.post(f"/my/requests/{main.number}/answer/", {"solved": "yes", "stars": "5"})
    main.refresh_from_db()
    assert main.state == TicketState.CLOSED

    follow_main(ticket=main.pk)

    sun.refresh_from_db()
    assert (sun.state, sun.outcome) == (TicketState.CLOSED, "JOINED")


def objected_and_joined() -> tuple[Ticket, Ticket]:
    """孙浩's ticket, which 金安区 does not hold for its own, is joined to 王芳's, which 城市管理局 handles."""
    main = hotline.handled(by=resident("王芳"))
    sun = hotline.dispatched(by=resident("孙浩"), to="jaq")
    sun.send_back(objection=hotline.objecting(), by=hotline.of_unit("钱伟", "jaq"), at=MONDAY + 2 * HOUR)
    sun.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + 3 * HOUR)
    return main, sun


def test_handled_again_it_goes_to_the_unit_that_answered_not_to_the_one_that_had_objected():
    main, sun = objected_and_joined()
    main.reply(words=WORDS, outcome="SOLVED", quality={}, by=hotline.of_unit(), at=MONDAY + DAY)
    pass_and_close(main)
    sun.refresh_from_db()

    sun.handle_again(words="我家门口的还是不亮。", by=sun.caller, at=MONDAY + 2 * DAY)

    assert (sun.parent, sun.unit.code, sun.open_dispatch.unit.code) == (None, "cgj", "cgj")


def test_what_is_taken_out_for_the_centre_is_with_no_unit_any_more():
    _main, sun = objected_and_joined()

    sun.separate(words="是另一盏路灯。", by=hotline.gao_fei(), at=MONDAY + 4 * HOUR)

    assert (sun.state, sun.unit, sun.dispatched_at, sun.due_at) == (TicketState.RECEIVED, None, None, None)
    assert not sun.is_answered_for(hotline.of_unit("钱伟", "jaq"))


def test_a_ticket_that_leads_others_is_not_handed_to_the_emergency_services_over_their_heads():
    main, other = hotline.ticket(by=resident("王芳")), hotline.ticket(by=resident("孙浩"))
    other.merge(parent=main, by=hotline.gao_fei(), at=MONDAY + HOUR)

    with pytest.raises(NotAllowed, match="先把它们分出来"):
        main.hand_over(to="110", by=hotline.gao_fei(), at=MONDAY + 2 * HOUR)

    main.refresh_from_db()
    assert main.state == TicketState.RECEIVED
