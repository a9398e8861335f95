"""A form that meets an ended session: nothing is sent, nothing typed is lost, and nobody else gets it."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from civic.accounts.kept_forms import KEPT
from civic.accounts.models import Account, Mandate
from civic.core.form_filling import fill_form
from tests.factories.accounts import official, resident

pytestmark = pytest.mark.django_db
PAGE = "/my/mandates/new/parent/"
TYPED = {"name": "刘桂英 <妈妈>", "id_number": "34150219550307002X", "csrfmiddlewaretoken": "x"}
NOT_SENT = "您提交时登录已经失效，所以没有发送。"


@pytest.fixture
def wang() -> Account:
    return resident("王芳", phone="13800005678")


def expired(client: Client, account: Account, page: str = PAGE) -> Client:
    """A browser that has seen `page` as `account` and whose session, with its cookie, ran out since."""
    client.force_login(account)
    client.get(page)
    Session.objects.all().delete()
    del client.cookies["session"]
    return client


def send(client: Client, values: dict[str, str] = TYPED, **headers: str) -> object:
    return client.post(PAGE, values, headers={"Referer": f"http://testserver{PAGE}", **headers})


def value_of(name: str, html: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', html)
    assert found is not None
    value = re.search(r'value="([^"]*)"', found[0])
    return value[1] if value else ""


def test_what_was_typed_is_back_on_the_page_once_the_same_person_has_logged_in(client, wang) -> None:
    expired(client, wang)

    answer = send(client)
    client.force_login(wang)
    first, second = (client.get(PAGE).content.decode() for _ in range(2))

    assert answer["Location"] == f"/login/?next={PAGE}"
    assert NOT_SENT in first
    assert value_of("name", first) == "刘桂英 &lt;妈妈&gt;"
    assert value_of("id_number", first) == "34150219550307002X"
    assert value_of("csrfmiddlewaretoken", first) != "x"
    assert NOT_SENT not in second and value_of("name", second) == ""
    assert Mandate.objects.count() == 0


def test_the_log_in_by_code_leads_back_to_what_was_typed(client, wang, sent_code) -> None:
    expired(client, wang)

    login = send(client)["Location"]
    client.post(login, {"phone": "13800005678"})
    back = client.post("/login/code/", {"code": sent_code()})["Location"]

    assert back == PAGE
    assert value_of("id_number", client.get(back).content.decode()) == "34150219550307002X"


def test_another_person_gets_nothing_and_it_is_gone(client, wang) -> None:
    expired(client, wang)
    send(client)

    client.force_login(resident("孙浩"))
    other = client.get(PAGE).content.decode()

    assert NOT_SENT not in other and "刘桂英" not in other
    assert KEPT not in client.session


def test_after_half_an_hour_it_is_gone(client, wang, monkeypatch) -> None:
    expired(client, wang)
    send(client)
    client.force_login(wang)
    later = timezone.now() + timedelta(minutes=30, seconds=1)
    monkeypatch.setattr("civic.accounts.middleware.timezone", SimpleNamespace(now=lambda: later))

    page = client.get(PAGE).content.decode()

    assert NOT_SENT not in page and value_of("name", page) == ""
    assert KEPT not in client.session


def test_a_visitor_who_never_logged_in_here_leaves_nothing_behind(client) -> None:
    answer = send(client)

    assert answer.status_code == 302
    assert Session.objects.count() == 0


def test_a_script_that_saves_by_itself_leaves_nothing_behind(client, wang) -> None:
    expired(client, wang)

    send(client, **{"Sec-Fetch-Mode": "cors"})

    assert Session.objects.count() == 0


def test_what_waits_in_the_session_is_sealed(client, wang) -> None:
    expired(client, wang)
    send(client)

    assert "刘桂英" not in str(dict(client.session.items()))
    assert "34150219550307002X" not in str(dict(client.session.items()))


def test_the_browser_is_left_a_mark_that_names_nobody(client, wang) -> None:
    client.force_login(wang)
    client.get(PAGE)

    mark = client.cookies["holder"]
    assert re.fullmatch("[0-9a-f]{64}", mark.value)
    assert mark["httponly"] and mark["max-age"] == 86400


def test_an_official_who_was_idle_too_long_is_led_back_to_the_page_on_which_the_form_stood(client) -> None:
    li = official("李强", roles=["operator"])
    client.force_login(li)
    client.get("/office/account/")
    session = client.session
    session["seen_at"] = int(timezone.now().timestamp()) - 1801
    session.save()

    there = {"Referer": "http://testserver/office/deadlines/years/"}
    answer = client.post("/office/account/passkeys/new/", {"name": "钥匙"}, headers=there)

    assert answer["Location"] == "/office/login/?next=/office/deadlines/years/"
    assert KEPT in client.session


def test_a_form_from_another_site_leads_to_its_own_address() -> None:
    answer = Client().post(PAGE, TYPED, headers={"Referer": "https://elsewhere.example/x"})

    assert answer["Location"] == f"/login/?next={PAGE}"


def test_only_what_can_be_typed_in_the_form_that_was_sent_is_filled() -> None:
    page = (
        '<!DOCTYPE html><p>A &amp; B&nbsp;<br/></p><form method="post" action="/a/">'
        '<input name="t" value="old"><input type="hidden" name="seen" value="3"><input type="password" name="p">'
        '<input type="checkbox" name="c" value="1" checked><input type="checkbox" name="c" value="2">'
        '<select name="s"><option value="x" selected>X</option><option value="y">Y</option></select>'
        '<textarea name="m">old &lt;</textarea></form><form method="post"><input name="t"></form>'
    )

    filled = fill_form(
        page,
        page="/page/",
        action="/a/",
        values={"t": ['"new"'], "seen": ["1"], "p": ["secret"], "c": ["2"], "s": ["y"], "m": ["<b>"]},
    )

    assert filled == (
        '<!DOCTYPE html><p>A &amp; B&nbsp;<br/></p><form method="post" action="/a/">'
        '<input name="t" value="&quot;new&quot;"><input type="hidden" name="seen" value="3">'
        '<input type="password" name="p">'
        '<input type="checkbox" name="c" value="1"><input type="checkbox" name="c" value="2" checked>'
        '<select name="s"><option value="x">X</option><option value="y" selected>Y</option></select>'
        '<textarea name="m">\n&lt;b&gt;</textarea></form><form method="post"><input name="t"></form>'
    )


def test_a_page_of_which_nothing_is_filled_is_copied_letter_by_letter(client, wang) -> None:
    client.force_login(wang)
    page = client.get(PAGE).content.decode()

    assert fill_form(page, page=PAGE, action="/elsewhere/", values={"name": ["x"]}) == page
