"""Residents and organisations log in; their sessions are listed and end."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from civic.accounts.models import Account, Mandate, OutboxMessage, Person
from civic.accounts.rules import Level
from civic.audit.models import Entry
from tests.factories.accounts import MONDAY, WANG_FANG, mandate, official, organisation, resident

pytestmark = pytest.mark.django_db
Code = Callable[[], str]


def log_in(client: Client, phone: str, sent_code: Code, **more: str) -> str:
    """Log in by phone and code; return where that leads."""
    answer = client.post("/login/", {"phone": phone, **more})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login/code/")
    return str(client.post("/login/code/", {"code": sent_code()}).headers["Location"])


def test_wang_fang_logs_in_for_the_first_time_and_is_known_by_her_phone_alone(client: Client, sent_code: Code) -> None:
    assert log_in(client, "+86 138 0000 5678", sent_code) == "/my/"

    wang = Person.objects.with_phone(phone="13800005678").get()
    assert (wang.level, wang.name) == (Level.PHONE, "")
    assert Entry.objects.filter(step="accounts.account.log_in", actor=wang.account.ledger_id()).count() == 1


def test_logging_in_again_opens_no_second_account(client: Client, sent_code: Code) -> None:
    wang = resident(**WANG_FANG)

    log_in(client, "13800005678", sent_code)

    assert Account.objects.count() == 1
    assert client.session["_auth_user_id"] == str(wang.pk)


def test_the_message_names_nobody_and_goes_to_the_phone_alone(client: Client, sent_code: Code) -> None:
    client.post("/login/", {"phone": "13800005678"})

    letter = OutboxMessage.objects.get()
    assert letter.recipient == "138****5678"
    assert letter.text == (
        f"【六安一网通办】验证码 {sent_code()}，5分钟内有效，只能使用一次。请勿告诉他人，工作人员不会索要。"
    )


def test_a_known_and_an_unknown_phone_get_the_same_answer(client: Client) -> None:
    resident(**WANG_FANG)
    answers = []
    for phone in ("13800005678", "13911112222"):
        visitor = Client()
        sent = visitor.post("/login/", {"phone": phone})
        page = visitor.get("/login/code/").content.decode()
        answers.append((sent.status_code, sent.headers["Location"], "5分钟内有效" in page))

    assert answers[0] == answers[1]


def test_a_wrong_code_lets_nobody_in_and_says_no_more_than_that(client: Client, sent_code: Code) -> None:
    client.post("/login/", {"phone": "13800005678"})
    wrong = f"{(int(sent_code()) + 1) % 1_000_000:06d}"

    answer = client.post("/login/code/", {"code": wrong})

    assert answer.status_code == 400
    assert "验证码不正确或已失效" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert not Account.objects.exists()


def test_the_session_between_the_pages_holds_no_phone_in_the_clear(client: Client) -> None:
    client.post("/login/", {"phone": "13800005678"})

    assert "13800005678" not in str(dict(client.session))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "请填写手机号。"),
        ("1380000567", "手机号码应为11位，现在是10位，请核对。"),
        ("23800005678", "手机号码应以13至19开头"),
    ],
)
def test_a_bad_phone_is_named_and_nothing_is_sent(client: Client, typed: str, message: str) -> None:
    answer = client.post("/login/", {"phone": typed})

    assert answer.status_code == 400
    assert message in answer.content.decode()
    assert not OutboxMessage.objects.exists()


def test_a_phone_gets_one_code_a_minute(client: Client) -> None:
    client.post("/login/", {"phone": "13800005678"})

    answer = client.post("/login/", {"phone": "13800005678"})

    assert (answer.status_code, int(answer.headers["Retry-After"]) <= 60) == (429, True)
    assert OutboxMessage.objects.count() == 1


def test_the_session_key_changes_at_log_in(client: Client, sent_code: Code) -> None:
    client.post("/login/", {"phone": "13800005678"})
    before = client.session.session_key

    client.post("/login/code/", {"code": sent_code()})

    assert client.session.session_key != before


def test_after_log_in_one_comes_back_to_the_page_one_wanted_but_to_no_other_site(sent_code: Code) -> None:
    assert log_in(Client(), "13800005678", sent_code, next="/my/account/") == "/my/account/"
    assert log_in(Client(), "13800005679", sent_code, next="https://evil.example/") == "/my/"


def test_a_disabled_account_cannot_log_in(client: Client, sent_code: Code) -> None:
    wang, admin = resident(**WANG_FANG), official("周敏", roles=["operator"])
    wang.disable(by=admin, at=MONDAY)

    client.post("/login/", {"phone": "13800005678"})
    answer = client.post("/login/code/", {"code": sent_code()})

    assert answer.status_code == 403
    assert "_auth_user_id" not in client.session


def test_disabling_an_account_ends_its_sessions_at_once(client: Client, sent_code: Code) -> None:
    resident(**WANG_FANG)
    admin = official("周敏", roles=["operator"])
    log_in(client, "13800005678", sent_code)
    assert client.get("/my/account/").status_code == 200

    wang = Person.objects.with_phone(phone="13800005678").get().account
    wang.disable(by=admin, at=MONDAY)
    assert client.get("/my/account/").status_code == 302
    wang.enable(by=admin, at=MONDAY)
    assert client.get("/my/account/").status_code == 302


def test_a_resident_sees_and_ends_her_other_session(sent_code: Code) -> None:
    resident(**WANG_FANG)
    home, phone = Client(HTTP_USER_AGENT="Home"), Client(HTTP_USER_AGENT="Mozilla (Android 14) MicroMessenger")
    log_in(home, "13800005678", sent_code)
    _let_a_minute_pass()
    log_in(phone, "13800005678", sent_code)

    page = home.get("/my/sessions/").content.decode()
    assert "安卓手机 · 微信" in page and "127.0.0.0" in page
    assert home.post("/my/sessions/end-others/").status_code == 302

    assert phone.get("/my/account/").status_code == 302
    assert home.get("/my/account/").status_code == 200


def test_a_stranger_cannot_end_somebodys_session(client: Client, sent_code: Code) -> None:
    from allauth.usersessions.models import UserSession

    log_in(client, "13800005678", sent_code)
    stranger = Client()
    stranger.force_login(resident("孙浩"))

    assert stranger.post(f"/my/sessions/{UserSession.objects.get().pk}/end/").status_code == 404
    assert client.get("/my/account/").status_code == 200


def test_logging_out_ends_the_session(client: Client, sent_code: Code) -> None:
    log_in(client, "13800005678", sent_code)

    client.post("/logout/")

    assert client.get("/my/account/").status_code == 302


def test_an_agent_logs_in_for_the_firm_and_acts_for_it(client: Client, sent_code: Code) -> None:
    wang = resident(**WANG_FANG)
    firm = organisation()
    held = mandate(agent=wang, principal=firm, at=timezone.now())

    client.post("/login/organisation/", {"uscc": firm.uscc, "phone": "13800005678"})
    client.post("/login/code/", {"code": sent_code()})

    assert client.session["acting_for"] == str(held.handle)
    assert "您现在代 六安示范茶业有限公司 办事" in client.get("/my/mandates/").content.decode()


@pytest.mark.parametrize("uscc", ["91341500MA2TEXT00J", "91341500MA2N0000XG"])
def test_who_does_not_act_for_the_firm_gets_one_answer_whether_it_exists_or_not(
    client: Client, sent_code: Code, uscc: str
) -> None:
    resident(**WANG_FANG)
    organisation()

    client.post("/login/organisation/", {"uscc": uscc, "phone": "13800005678"})
    answer = client.post("/login/code/", {"code": sent_code()})

    assert answer.status_code == 403
    assert "这个手机号没有该单位的有效委托" in answer.content.decode()
    assert not Mandate.objects.exists()
    assert "_auth_user_id" not in client.session


def test_my_account_shows_my_data_masked(client: Client) -> None:
    client.force_login(resident(**WANG_FANG))

    page = client.get("/my/account/").content.decode()

    assert "王**" in page and "138****5678" in page
    assert WANG_FANG["id_number"] not in page and WANG_FANG["phone"] not in page


def _let_a_minute_pass() -> None:
    """Move every count a minute and a second into the past, as a minute's wait would."""
    from django.db.models import F

    from civic.accounts.models import Tally

    Tally.objects.update(until=F("until") - timedelta(seconds=61))
