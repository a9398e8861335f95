"""A caller contests that their ticket was not taken up: once, in time, and somebody else decides (复核)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client

from civic.audit.models import Entry
from civic.core.errors import NotAllowed
from civic.core.said import WordsMissing
from civic.deadlines.calendars import CITY
from civic.deadlines.models import Clock
from civic.hotline.models import Reconsideration, Ticket
from civic.hotline.services.caller import look_up_code
from civic.hotline.services.intake import Caller, Intake, take_in
from civic.hotline.tasks import announce
from civic.notifications.models import Notice
from tests.factories import hotline
from tests.factories.accounts import MONDAY, at_home, resident
from tests.factories.hotline import DAY, HOUR
from tests.hotline.desk import press, shown

pytestmark = pytest.mark.django_db
WHY = "不是个人纠纷，是公共路灯没有人修。"


@pytest.fixture(autouse=True)
def hands(monkeypatch: pytest.MonkeyPatch) -> dict[str, datetime]:
    cache.clear()
    found = {"at": MONDAY + 2 * HOUR}
    for door in ("portal.mine", "office.ticket", "office.worklist"):
        monkeypatch.setattr(f"civic.hotline.{door}.now", lambda: found["at"])
    return found


def declined() -> Ticket:
    """高飞 takes 王芳's lamp for a private quarrel."""
    ticket = hotline.ticket()
    ticket.decline(ground=hotline.ground("private"), by=hotline.gao_fei(), at=MONDAY + HOUR)
    return ticket


def ask(client: Client, ticket: Ticket, words: str = WHY) -> Any:
    return client.post(f"/my/requests/{ticket.number}/reconsideration/", {"words": words})


def test_the_page_says_why_what_else_one_can_do_and_lets_one_ask_once() -> None:
    ticket = declined()
    client, mine = at_home(ticket.caller), f"/my/requests/{ticket.number}/"
    page = client.get(mine).content.decode()
    for words in ("属于个人之间的纠纷", "向人民调解委员会申请调解", "互动交流留言须知", "不同意？请求复核"):
        assert words in page

    assert ask(client, ticket).status_code == 302

    page = client.get(mine).content.decode()
    assert WHY in page
    assert "正在复核" in page
    assert "复核并告诉您结果" in page
    again = ask(client, ticket, "再说一遍，请复核。")
    assert (again.status_code, "每件只复核一次" in again.content.decode()) == (403, True)
    assert Reconsideration.objects.count() == 1


def test_it_is_answered_within_three_working_days_over_a_weekend_too() -> None:
    ticket = declined()
    friday = datetime(2026, 3, 6, 17, tzinfo=CITY)

    ticket.ask_reconsideration(words=WHY, by=ticket.caller, at=friday)

    clock = Clock.objects.of(ticket.ledger_id()).open().get()
    assert (clock.kind, f"{clock.due_at.astimezone(CITY):%m-%d %H:%M}") == ("ticket.reconsider", "03-11 23:59")
    assert ticket.act_by == clock.due_at


def test_without_reasons_nothing_is_asked() -> None:
    ticket = declined()

    answer = ask(at_home(ticket.caller), ticket, "不")

    assert answer.status_code == 400
    assert "govuk-error-summary" in answer.content.decode()
    assert not Reconsideration.objects.exists()


def test_after_fifteen_days_and_for_what_was_not_declined_nobody_asks(hands: dict[str, datetime]) -> None:
    ticket, open_one = declined(), hotline.ticket()
    hands["at"] = MONDAY + HOUR + timedelta(days=15, seconds=1)

    assert ask(at_home(ticket.caller), ticket).status_code == 403
    assert ask(at_home(open_one.caller), open_one).status_code == 409
    assert not Reconsideration.objects.exists()


def test_a_stranger_asks_for_nobody_and_who_has_no_account_asks_by_the_secret() -> None:
    ticket = declined()
    assert ask(at_home(resident("孙浩")), ticket).status_code == 404
    own = take_in(
        Intake("路灯不亮", hotline.LAMP), caller=Caller(name="李奶奶", phone="13800005678"), by=None, at=MONDAY
    )
    own.decline(ground=hotline.ground("empty"), by=hotline.gao_fei(), at=MONDAY + HOUR)
    client = Client()
    client.post("/hotline/track/", {"number": own.number, "secret": look_up_code(own)})

    assert ask(client, own).status_code == 302

    asked = Reconsideration.objects.get()
    assert (asked.ticket, asked.by, asked.clear("words"), asked.ground.code) == (own, None, WHY, "empty")


def test_who_declined_it_decides_nothing_about_it() -> None:
    ticket = hotline.contested()
    gao_fei = hotline.gao_fei()

    for act in (lambda: ticket.uphold_refusal(words="理由不成立。", by=gao_fei, at=MONDAY + 3 * HOUR),
                lambda: ticket.reconsider(by=gao_fei, at=MONDAY + 3 * HOUR)):  # fmt: skip
        with pytest.raises(NotAllowed, match="请由同事复核"):
            act()

    assert Ticket.objects.get().state == "REFUSED"
    assert Reconsideration.objects.get().answered_at is None


def test_somebody_else_takes_it_up_and_the_time_to_dispatch_runs() -> None:
    ticket = hotline.contested()

    ticket.reconsider(words="是公共照明，应当受理。", by=hotline.xu_hui(), at=MONDAY + DAY)

    asked = Reconsideration.objects.get()
    assert (ticket.state, ticket.ground, ticket.ended_at) == ("RECEIVED", None, None)
    assert (asked.is_granted, asked.answered_by, asked.answer) == (True, hotline.xu_hui(), "是公共照明，应当受理。")
    assert [clock.kind for clock in Clock.objects.of(ticket.ledger_id()).open()] == ["ticket.dispatch"]


def test_somebody_else_upholds_it_with_words_and_the_caller_is_told_and_cannot_ask_again() -> None:
    ticket = hotline.contested()
    xu_hui, at = hotline.xu_hui(), MONDAY + DAY
    with pytest.raises(WordsMissing):
        ticket.uphold_refusal(words="", by=xu_hui, at=at)
    assert Reconsideration.objects.get().answered_at is None

    ticket.uphold_refusal(words="路灯在小区内，由物业维修，可以请住建局协调。", by=xu_hui, at=at)

    announce(ticket.pk, "uphold_refusal", ticket.version)
    assert (ticket.state, ticket.act_by) == ("REFUSED", None)
    assert not Clock.objects.of(ticket.ledger_id()).open().exists()
    assert Notice.objects.filter(recipient=ticket.caller, template__code="ticket.refusal-upheld").count() == 1
    page = at_home(ticket.caller).get(f"/my/requests/{ticket.number}/").content.decode()
    assert "由物业维修，可以请住建局协调" in page
    assert "不同意？请求复核" not in page
    assert "复核后仍不受理" in page


def test_the_centre_finds_it_on_its_list_decides_it_on_its_page_and_it_is_off_the_list() -> None:
    ticket, other = hotline.contested(), declined()
    xu_hui = hotline.xu_hui()
    page = shown(xu_hui, "/office/hotline/?view=contested")
    assert ticket.number in page
    assert other.number not in page
    assert WHY in shown(xu_hui, f"/office/hotline/tickets/{ticket.number}/")

    press(xu_hui, ticket, "reconsideration", do="uphold", words="小区内的路灯由物业维修。")

    assert Reconsideration.objects.get().is_granted is False
    assert ticket.number not in shown(xu_hui, "/office/hotline/?view=contested")
    steps = Entry.objects.filter(subject=ticket.ledger_id()).order_by("pk").values_list("step", flat=True)
    assert list(steps)[-2:] == ["hotline.ticket.read", "hotline.ticket.uphold_refusal"]


def test_a_unit_neither_finds_the_list_nor_decides() -> None:
    ticket = hotline.contested()
    ma_jun = hotline.of_unit()

    assert ticket.number not in shown(ma_jun, "/office/hotline/?view=contested")
    assert press(ma_jun, ticket, "reconsideration", do="uphold", words="理由不成立。").status_code == 404


def test_at_the_phone_the_centre_writes_it_down_for_the_caller() -> None:
    ticket = declined()

    press(hotline.lin_xia(), ticket, "contest", words=WHY)

    assert Reconsideration.objects.get().by == hotline.lin_xia()


def test_the_database_holds_one_a_ticket() -> None:
    asked = Reconsideration.objects.get(ticket=hotline.contested())
    second = Reconsideration(ticket=asked.ticket, ground=asked.ground, words_sealed=asked.words_sealed, at=MONDAY)

    with pytest.raises(IntegrityError, match="reconsideration_once_a_ticket"), transaction.atomic():
        second.save(force_insert=True)


def test_a_ticket_sealed_before_there_were_such_requests_is_still_true() -> None:
    ticket = declined()
    assert "reconsiderations" not in ticket.sealed_content()

    ticket.ask_reconsideration(words=WHY, by=ticket.caller, at=MONDAY + 2 * HOUR)

    assert len(ticket.sealed_content()["reconsiderations"]) == 1
