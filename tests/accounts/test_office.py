"""Officials log in with two factors; their sessions are short; operators look after them."""

import json
from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from civic.accounts import second_factor as factor
from civic.accounts.models import Account, Official, TooOften
from civic.audit.models import Entry
from civic.core.errors import NotAllowed
from tests.factories.accounts import MONDAY, official, resident

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


def li_qiang(*roles: str) -> Account:
    return official("李强", username="rsj.liqiang", password=PASSWORD, roles=roles or ("unit_handler",))


def with_app(account: Account, at: datetime | None = None) -> str:
    """Set up the account's app an hour before `at`; return the secret."""
    secret = factor.new_secret()
    before = (at or timezone.now()) - timedelta(hours=1)
    assert factor.set_up_app(account, secret=secret, code=factor.code_at(secret, before.timestamp()), at=before)
    return secret


def code_now(secret: str) -> str:
    return factor.code_at(secret, timezone.now().timestamp())


def enter_password(client: Client, password: str = PASSWORD, **more: str) -> str:
    answer = client.post("/office/login/", {"username": "rsj.liqiang", "password": password, **more})
    return str(answer.headers.get("Location", answer.status_code))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_li_qiang_logs_in_with_password_and_app(client: Client) -> None:
    li = li_qiang()
    secret = with_app(li)

    assert enter_password(client) == "/office/login/second/"
    assert not is_in(client)
    answer = client.post("/office/login/second/", {"code": code_now(secret)})

    assert answer.headers["Location"] == "/office/"
    assert client.session["_auth_user_id"] == str(li.pk)
    assert Entry.objects.get(step="accounts.account.log_in").detail == {"how": "password+app"}


def test_the_password_alone_opens_no_page_of_the_office(client: Client) -> None:
    with_app(li_qiang())

    enter_password(client)

    assert client.get("/office/account/").headers["Location"].startswith("/office/login/")


def test_an_official_without_a_second_factor_must_set_one_up_before_anything_else(client: Client) -> None:
    li = li_qiang()

    assert enter_password(client) == "/office/login/setup/"
    assert client.get("/office/account/").status_code == 302
    page = client.get("/office/login/setup/").content.decode()
    secret = page.split('class="c-number">')[1].split("<")[0]
    answer = client.post("/office/login/setup/", {"code": code_now(secret)})

    assert answer.headers["Location"] == "/office/"
    assert is_in(client)
    assert factor.kinds_of(li) == {"totp"}


def test_the_set_up_page_is_closed_to_who_has_a_factor_and_only_knows_the_password(client: Client) -> None:
    with_app(li_qiang())
    enter_password(client)

    assert client.get("/office/login/setup/").headers["Location"] == "/office/login/"


@pytest.mark.parametrize("username", ["rsj.liqiang", "nobody.known"])
def test_wrong_unknown_and_locked_get_one_answer(client: Client, username: str) -> None:
    li_qiang()
    answers = set()
    for _ in range(7):
        answer = client.post("/office/login/", {"username": username, "password": "guess"})
        words = "账户名或密码不正确，或账户因连续5次失败被锁定30分钟。" in answer.content.decode()
        answers.add((answer.status_code, words))

    assert answers == {(400, True)}
    assert enter_password(client) == ("400" if username == "rsj.liqiang" else "/office/login/setup/")


def test_a_log_in_to_the_end_forgets_the_failures_before_it(client: Client) -> None:
    secret = with_app(li_qiang())
    for _ in range(4):
        enter_password(client, "guess")

    enter_password(client)
    client.post("/office/login/second/", {"code": code_now(secret)})

    for _ in range(4):
        enter_password(Client(), "guess")
    assert enter_password(Client()) == "/office/login/second/"


def test_a_residents_account_is_no_way_into_the_office(client: Client) -> None:
    client.force_login(resident("王芳"))

    assert client.get("/office/account/").status_code == 404
    assert client.get("/office/officials/").status_code == 404


def test_a_code_of_the_app_opens_once() -> None:
    li = li_qiang()
    secret = with_app(li, MONDAY)
    code = factor.code_at(secret, MONDAY.timestamp())

    assert factor.is_right(li, code=code, at=MONDAY)
    assert not factor.is_right(li, code=code, at=MONDAY)
    later = MONDAY + timedelta(seconds=60)
    assert factor.is_right(li, code=factor.code_at(secret, later.timestamp()), at=later)


@pytest.mark.parametrize(("seconds", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_the_clock_of_a_phone_may_be_half_a_minute_off(seconds: int, right: bool) -> None:
    li = li_qiang()
    secret = with_app(li, MONDAY)

    assert factor.is_right(li, code=factor.code_at(secret, MONDAY.timestamp() + seconds), at=MONDAY) is right


def test_after_five_wrong_codes_even_the_right_one_opens_nothing_for_half_an_hour() -> None:
    li = li_qiang()
    secret = with_app(li, MONDAY)
    for _ in range(5):
        assert not factor.is_right(li, code="000000", at=MONDAY)

    with pytest.raises(TooOften):
        factor.is_right(li, code=factor.code_at(secret, MONDAY.timestamp()), at=MONDAY)

    later = MONDAY + timedelta(minutes=30)
    assert factor.is_right(li, code=factor.code_at(secret, later.timestamp()), at=later)


def test_the_secret_of_an_app_is_stored_sealed() -> None:
    secret = with_app(li_qiang())

    assert secret not in json.dumps(Authenticator.objects.get().data)


@pytest.mark.parametrize(("idle", "since", "stays"), [(1700, 2000, True), (1801, 1900, False), (60, 43300, False)])
def test_an_officials_session_ends_after_half_an_hour_idle_and_after_twelve_hours(
    client: Client, idle: int, since: int, stays: bool
) -> None:
    client.force_login(li_qiang())
    now, session = int(timezone.now().timestamp()), client.session
    session["seen_at"], session["signed_in_at"] = now - idle, now - since
    session.save()

    assert (client.get("/office/account/").status_code == 200) is stays


def test_a_disabled_official_is_out_at_once_and_cannot_come_back(client: Client) -> None:
    secret = with_app(li := li_qiang())
    admin = official("周敏", roles=["operator"])
    enter_password(client)
    client.post("/office/login/second/", {"code": code_now(secret)})
    assert client.get("/office/account/").status_code == 200

    li.disable(by=admin, at=MONDAY)

    assert client.get("/office/account/").status_code == 302
    assert enter_password(Client()) == "400"


def test_nobody_but_an_operator_disables_and_none_himself() -> None:
    li, admin = li_qiang("unit_leader"), official("周敏", roles=["operator"])

    with pytest.raises(NotAllowed):
        admin.disable(by=li, at=MONDAY)
    with pytest.raises(NotAllowed):
        admin.disable(by=admin, at=MONDAY)

    assert Account.objects.get(pk=admin.pk).is_active


def test_an_operator_gives_roles_on_the_page_and_a_clash_is_refused(client: Client) -> None:
    li, admin = li_qiang(), official("周敏", roles=["operator"])
    client.force_login(admin)
    address = f"/office/officials/{li.handle}/roles/"

    assert "李强" in client.get("/office/officials/").content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, {"roles": ["window_clerk"]}).status_code == 302
    assert client.post(address, {"roles": ["window_clerk", "auditor"]}).status_code == 409

    assert Official.objects.get(account=li).roles == ["window_clerk"]


def test_an_auditor_looks_at_officials_and_changes_none(client: Client) -> None:
    li = li_qiang()
    client.force_login(official("郑直", roles=["auditor"]))

    assert client.get("/office/officials/").status_code == 200
    assert client.post(f"/office/officials/{li.handle}/roles/", {"roles": []}).status_code == 404
    assert client.post(f"/office/officials/{li.handle}/activity/", {"active": "no"}).status_code == 404
    assert Official.objects.get(account=li).roles == ["unit_handler"]


def test_the_list_of_officials_asks_the_database_no_more_for_more_officials(
    client: Client, django_assert_max_num_queries: object
) -> None:
    client.force_login(official("周敏", roles=["operator"]))
    for number in range(12):
        official(f"干部{number}")

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert client.get("/office/officials/").status_code == 200


def test_the_passkey_page_offers_a_challenge_and_refuses_an_invented_answer(client: Client) -> None:
    client.force_login(li_qiang())

    page = client.get("/office/account/passkeys/new/").content.decode()
    answer = client.post("/office/account/passkeys/new/", {"name": "手机", "credential": '{"id": "x"}'})

    assert "challenge" in page
    assert answer.status_code == 200
    assert not Authenticator.objects.filter(type="webauthn").exists()
