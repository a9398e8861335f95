"""One's own requests: where each stands and what its caller may do, with and without an account."""

from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from civic.core.said import WordsMissing
from civic.deadlines.models import Clock
from civic.hotline.models import Ticket
from civic.hotline.services.caller import look_up_code
from civic.hotline.services.intake import Caller, Intake, take_in
from civic.hotline.states import TicketState
from tests.factories import hotline
from tests.factories.accounts import MONDAY, at_home, resident
from tests.factories.documents import picture
from tests.factories.hotline import DAY, HOUR

pytestmark = pytest.mark.django_db
PHONE = "13800005678"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The doors' clock, to be set: two hours after the voice came in."""
    cache.clear()
    hands = {"at": MONDAY + 2 * HOUR}
    monkeypatch.setattr("civic.hotline.portal.mine.now", lambda: hands["at"])
    return hands


def of_nobody(**more: str) -> Ticket:
    """Somebody without an account has left a phone, or nothing."""
    hotline.city()
    caller = Caller(secrecy="ANONYMOUS") if more.get("secrecy") else Caller(name="王芳", phone=PHONE)
    return take_in(Intake("梅山路路灯不亮", hotline.LAMP), caller=caller, by=None, at=MONDAY)


def act(client: Client, ticket: Ticket, what: str, **sent: Any) -> Any:
    return client.post(f"/my/requests/{ticket.number}/{what}/", sent)


def test_the_page_says_in_plain_words_who_has_it_and_until_when() -> None:
    ticket = hotline.dispatched()
    client = at_home(ticket.caller)

    page = client.get(f"/my/requests/{ticket.number}/").content.decode()

    assert "已经派给承办单位" in page
    assert "六安市cgj" in page
    assert "2026年3月9日 23:59" in page
    assert "还剩5个工作日" in page
    assert "派给承办单位" in page


def test_to_a_stranger_a_ticket_does_not_exist_and_somebody_unknown_is_asked_for_the_secret() -> None:
    ticket = hotline.dispatched()
    stranger = at_home(resident("孙浩"))

    assert stranger.get(f"/my/requests/{ticket.number}/").status_code == 404
    assert stranger.get(f"/hotline/receipt/{ticket.number}/").status_code == 404
    for what in ("urge", "supplement", "withdraw", "answer", "again", "privacy"):
        assert act(stranger, ticket, what, words="我来补充一句。").status_code == 404
    assert Client().get(f"/my/requests/{ticket.number}/")["Location"] == f"/hotline/track/{ticket.number}/"
    assert Ticket.objects.get().version == ticket.version


def test_number_and_last_digits_of_the_phone_open_a_ticket_to_this_browser() -> None:
    ticket, client = of_nobody(), Client()
    wrong = client.post("/hotline/track/", {"number": ticket.number, "secret": "0000"})
    assert wrong.status_code == 422
    assert "没有找到这件诉求" in wrong.content.decode()

    found = client.post("/hotline/track/", {"number": ticket.number.lower(), "secret": "５６７８"})

    assert found["Location"] == f"/my/requests/{ticket.number}/"
    assert "已经收到" in client.get(found["Location"]).content.decode()
    assert Client().get(found["Location"]).status_code == 302


def test_who_left_no_phone_has_a_code_and_no_tail_opens_it() -> None:
    ticket, client = of_nobody(secrecy="ANONYMOUS"), Client()
    for guess in ("0000", "", "2222-2222"):
        assert client.post("/hotline/track/", {"number": ticket.number, "secret": guess}).status_code == 422

    answer = client.post("/hotline/track/", {"number": ticket.number, "secret": look_up_code(ticket).lower()})

    assert answer.status_code == 302


def test_guessing_is_stopped() -> None:
    ticket, client = of_nobody(), Client()
    for n in range(10):
        client.post("/hotline/track/", {"number": ticket.number, "secret": f"{n:04d}"})

    assert client.post("/hotline/track/", {"number": ticket.number, "secret": "5678"}).status_code == 429


def test_a_caller_urges_once_a_day() -> None:
    ticket = hotline.dispatched()
    client = at_home(ticket.caller)

    assert act(client, ticket, "urge").status_code == 302
    refused = act(client, ticket, "urge")

    assert refused.status_code == 403
    assert "今天已经催办过" in refused.content.decode()
    assert Ticket.objects.get().facts["urged"] == 1


def test_what_the_unit_waits_for_is_added_and_its_time_runs_on(clock: dict[str, Any]) -> None:
    ticket = hotline.handled()
    ticket.wait(reason="CALLER", words="请说明路灯编号。", by=hotline.of_unit(), at=MONDAY + 3 * HOUR)
    client = at_home(ticket.caller)
    clock["at"] = MONDAY + 4 * HOUR
    assert "请补充" in client.get(f"/my/requests/{ticket.number}/").content.decode()

    photo = SimpleUploadedFile("灯.jpg", picture(), "image/jpeg")
    act(client, ticket, "supplement", words="灯杆编号是0351。", photos=photo)

    ticket.refresh_from_db()
    added = ticket.supplements.get()
    assert (ticket.state, added.clear("words"), len(added.documents)) == ("HANDLING", "灯杆编号是0351。", 1)
    assert Clock.objects.get(subject=ticket.ledger_id(), kind="ticket.resolve").state == "RUNNING"


def test_what_waits_for_a_third_party_waits_on_when_the_caller_adds_something() -> None:
    ticket = hotline.handled()
    ticket.wait(reason="THIRD_PARTY", words="等待检测报告。", by=hotline.of_unit(), at=MONDAY + 3 * HOUR)

    act(at_home(ticket.caller), ticket, "supplement", words="灯杆编号是0351。")

    assert (Ticket.objects.get().state, ticket.supplements.count()) == (TicketState.WAITING, 1)


def test_the_answer_is_read_and_answered_online_and_closed(clock: dict[str, Any]) -> None:
    ticket = hotline.passed()
    client = at_home(ticket.caller)
    clock["at"] = MONDAY + DAY + 13 * HOUR  # late in the evening: online people answer whenever they like
    assert "更换电缆后恢复照明" in client.get(f"/my/requests/{ticket.number}/").content.decode()

    act(client, ticket, "answer", solved="yes", contacted="yes", stars="5", words="很快。")

    ticket.refresh_from_db()
    said = ticket.revisits.get()
    assert ticket.state == TicketState.CLOSED
    assert (said.way, said.solved, said.contacted, said.stars, said.by) == ("ONLINE", True, True, 5, ticket.caller)


def test_not_solved_it_is_handled_again_and_without_words_nothing_changes(clock: dict[str, Any]) -> None:
    ticket = hotline.passed()
    client = at_home(ticket.caller)
    clock["at"] = MONDAY + DAY + 3 * HOUR

    refused = act(client, ticket, "answer", solved="no", stars="1", words="")
    assert refused.status_code == 400
    assert ticket.revisits.count() == 0

    act(client, ticket, "answer", solved="no", stars="1", words="只亮了一晚又坏了。")

    ticket.refresh_from_db()
    assert (ticket.state, ticket.round, ticket.unit.code) == ("DISPATCHED", 2, "cgj")


def test_somebody_without_an_account_answers_online_too(clock: dict[str, Any]) -> None:
    ticket = of_nobody()
    gao_fei, ma_jun = hotline.gao_fei(), hotline.of_unit()
    at = MONDAY + HOUR
    ticket.classify(category=hotline.category(), kind="HELP", urgency="NORMAL", by=gao_fei, at=at)
    ticket.dispatch(unit=hotline.unit(), reason="路灯", by=gao_fei, at=at)
    ticket.acknowledge(by=ma_jun, at=at)
    ticket.reply(words=hotline.ANSWER, outcome="SOLVED", quality={}, by=ma_jun, at=at)
    ticket.pass_reply(by=hotline.xu_hui(), at=at)
    client = Client()
    client.post("/hotline/track/", {"number": ticket.number, "secret": "5678"})

    act(client, ticket, "answer", solved="yes", stars="4")

    ticket.refresh_from_db()
    assert (ticket.state, ticket.revisits.get().by) == (TicketState.CLOSED, None)


def test_a_second_handling_is_asked_for_after_the_end_once(clock: dict[str, Any]) -> None:
    ticket = hotline.closed()
    client = at_home(ticket.caller)
    clock["at"] = MONDAY + 2 * DAY

    act(client, ticket, "again", words="又不亮了，请再来看。")

    ticket.refresh_from_db()
    assert (ticket.state, ticket.round) == (TicketState.DISPATCHED, 2)
    assert act(client, ticket, "again", words="又不亮了，请再来看。").status_code == 409


def test_the_consent_to_publish_is_taken_back_and_the_register_forgets_it(clock: dict[str, Any]) -> None:
    ticket = hotline.closed(wants_public=True)
    ticket.publish(
        title="路灯不亮", detail="路口的路灯坏了三天。", reply="已修好。", by=hotline.xu_hui(), at=clock["at"] + 2 * DAY
    )
    public = f"/hotline/register/{ticket.handle}/"
    assert Client().get(public).status_code == 200

    act(at_home(ticket.caller), ticket, "privacy")

    assert Client().get(public).status_code == 404
    assert Ticket.objects.get().wants_public is False


def test_it_is_taken_back_and_ends() -> None:
    ticket = hotline.dispatched()

    act(at_home(ticket.caller), ticket, "withdraw")

    assert Ticket.objects.get().state == TicketState.WITHDRAWN


def test_what_is_not_taken_up_says_why_and_what_one_can_do(clock: dict[str, Any]) -> None:
    ticket = hotline.ticket()
    ticket.decline(ground=hotline.ground("private"), by=hotline.gao_fei(), at=MONDAY + HOUR)

    page = at_home(ticket.caller).get(f"/my/requests/{ticket.number}/").content.decode()

    assert "属于个人之间的纠纷" in page
    assert "向人民调解委员会申请调解" in page


def test_the_window_for_what_cannot_be_got_done_ends_done_or_says_what_would_change_it() -> None:
    ticket = hotline.handled(channel="FAILED")
    ma_jun, at = hotline.of_unit(), MONDAY + 3 * HOUR
    words = {"words": hotline.ANSWER, "by": ma_jun, "at": at}
    with pytest.raises(WordsMissing):
        ticket.reply(outcome="NOT_SOLVED", quality={}, **words)
    assert Ticket.objects.get().state == TicketState.HANDLING

    ticket.reply(outcome="NOT_SOLVED", quality={"would_change": "补齐产权移交手续后就可以办。"}, **words)
    ticket.pass_reply(by=hotline.xu_hui(), at=at)

    page = at_home(ticket.caller).get(f"/my/requests/{ticket.number}/").content.decode()
    assert "补齐产权移交手续后就可以办。" in page


def test_the_list_shows_open_ended_and_joined_and_asks_the_same_few_questions_however_long_it_is(
    django_assert_num_queries: Any,
) -> None:
    wang = resident("王芳")
    client = at_home(wang)
    for _ in range(3):
        hotline.ticket(by=wang)
    client.get("/my/requests/")

    with django_assert_num_queries(3):
        page = client.get("/my/requests/").content.decode()

    assert page.count("梅山路路灯不亮") == 3
    assert "您还没有反映过问题" in at_home(resident("孙浩")).get("/my/requests/").content.decode()
