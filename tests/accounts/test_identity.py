"""The unified log-in: the whole round trip over HTTP, and what its word changes here."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from pytest_django.live_server_helper import LiveServer

from civic.accounts.models import Account, Person
from civic.accounts.rules import Level
from civic.accounts.services import log_in_by_identity
from civic.accounts.single_sign_on import network_of
from civic.adapters.identity import check, client, fake
from civic.audit.models import Entry
from tests.factories.accounts import MONDAY, SUN_HAO, WANG_FANG, official, person, resident

WANG = client.Identity("wangfang", "王芳", WANG_FANG["id_number"], WANG_FANG["phone"], 3)


def press(browser: httpx.Client, page: httpx.Response, address: str, **fields: str) -> httpx.Response:
    """Send a form of `page` with its token."""
    token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    return browser.post(address, data={"csrfmiddlewaretoken": token, **fields}, headers={"Referer": str(page.url)})


def as_far_as_the_provider(browser: httpx.Client) -> httpx.Response:
    sent = press(browser, browser.get("/login/"), "/login/unified/?next=/my/account/")
    assert sent.status_code == 302
    return browser.get(sent.headers["Location"])


@pytest.fixture
def browser(live_server: LiveServer) -> Iterator[httpx.Client]:
    """A browser that hangs up after the test: a connection kept alive would keep the server's to the database."""
    with httpx.Client(base_url=live_server.url, timeout=20) as client:
        yield client


@pytest.mark.django_db(transaction=True)
def test_wang_fang_logs_in_through_the_provider(browser: httpx.Client) -> None:
    page = as_far_as_the_provider(browser)
    asked = parse_qs(urlsplit(str(page.url)).query)
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    back = press(browser, page, str(page.url), persona="wangfang")
    landed = browser.get(back.headers["Location"])

    assert landed.headers["Location"] == "/my/account/"
    mine = browser.get("/my/account/").text
    assert "王**" in mine and "L3 · 已刷脸或到场核验" in mine
    wang = Person.objects.with_id_number(id_number=WANG_FANG["id_number"]).get()
    assert (wang.name, wang.phone, wang.level) == ("王芳", "13800005678", Level.PRESENT)
    assert Entry.objects.get(step="accounts.account.log_in").detail == {"how": "unified-login"}
    assert not SocialAccount.objects.exists() and not SocialToken.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_code_is_taken_once_and_only_with_the_state_of_this_browser(browser: httpx.Client) -> None:
    page = as_far_as_the_provider(browser)
    back = press(browser, page, str(page.url), persona="wangfang").headers["Location"]

    with httpx.Client(base_url=str(browser.base_url), timeout=20) as stranger:
        assert stranger.get(back).headers["Location"] == "/login/"
    assert browser.get(back).headers["Location"] == "/my/account/"
    assert browser.get(back).headers["Location"] == "/login/"
    assert Account.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_provider_speaks_its_protocol_and_refuses_what_breaks_it(browser: httpx.Client) -> None:
    known = browser.get("/demo/identity/.well-known/openid-configuration").json()
    keys = browser.get("/demo/identity/jwks/").json()["keys"]

    assert known["issuer"] == f"{str(browser.base_url).rstrip('/')}/demo/identity"
    assert [(key["kty"], key["crv"], "d" in key) for key in keys] == [("EC", "P-256", False)]
    assert browser.get("/demo/identity/authorize/?client_id=other").status_code == 400
    facts = {"client_id": "civic", "client_secret": "wrong", "code": "x"}
    assert browser.post("/demo/identity/token/", data=facts).json() == {"error": "invalid_client"}
    facts["client_secret"] = "demonstration"
    assert browser.post("/demo/identity/token/", data=facts).json() == {"error": "invalid_grant"}
    assert browser.get("/demo/identity/userinfo/").status_code == 401


@pytest.mark.django_db
def test_the_first_log_in_opens_a_real_name_account_and_the_second_finds_it() -> None:
    first = log_in_by_identity(WANG, at=MONDAY)

    assert log_in_by_identity(WANG, at=MONDAY) == first
    assert first.person is not None
    assert (first.person.name, first.person.level) == ("王芳", Level.PRESENT)


@pytest.mark.django_db
def test_a_resident_known_by_phone_becomes_known_by_name_in_her_own_account() -> None:
    wang = resident(name="", phone=WANG_FANG["phone"], level=Level.PHONE)

    assert log_in_by_identity(WANG, at=MONDAY, current=wang) == wang

    known = Person.objects.get(pk=wang.person_id)
    assert (known.name, known.id_number, known.level) == ("王芳", WANG_FANG["id_number"], Level.PRESENT)


@pytest.mark.django_db
def test_a_phone_that_changed_hands_stays_with_whom_it_was_and_the_number_decides() -> None:
    sun = resident("孙浩", phone=WANG_FANG["phone"], id_number=SUN_HAO["id_number"])

    wang = log_in_by_identity(WANG, at=MONDAY)

    assert wang != sun
    assert wang.person is not None and wang.person.phone == ""
    assert Person.objects.get(pk=sun.person_id).phone == WANG_FANG["phone"]


@pytest.mark.django_db
def test_a_lower_word_does_not_lower_the_level() -> None:
    wang = person(**WANG_FANG, level=Level.CERTIFICATE)

    log_in_by_identity(WANG, at=MONDAY)

    assert Person.objects.get(pk=wang.pk).level == Level.CERTIFICATE


@pytest.mark.parametrize(
    "claims",
    [{}, {"sub": "x"}, {"sub": "x", "identity_level": "L9"}, {"sub": "x", "identity_level": "L2", "name": "王芳"}],
)
def test_claims_that_do_not_say_who_it_is_are_refused(claims: dict[str, object]) -> None:
    with pytest.raises(client.IdentityUnusable):
        client.identity_of(claims)


def test_the_fake_and_the_client_agree_on_what_is_said() -> None:
    told = {"sub": "a", "name": "王芳", "id_number": "1", "phone_number": "2", "identity_level": "L4"}

    assert client.identity_of(told) == client.Identity("a", "王芳", "1", "2", 4)
    for persona in fake.PERSONAS.values():
        assert persona.level in client.LEVELS


def test_the_operator_is_told_when_the_demonstration_stands_in_for_the_province(settings: object) -> None:
    assert check.check() is None
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]
    assert check.check() == "CIVIC_IDENTITY_SERVER=fake 只能用于示范环境。"
    settings.IDENTITY_SERVER = ""  # type: ignore[attr-defined]
    assert check.check() is not None
    settings.IDENTITY_SERVER = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    assert check.check() == "统一身份认证连接不上：ConnectError。"


def test_without_a_register_nobody_is_a_guardian(settings: object) -> None:
    facts = {"guardian_id": WANG_FANG["id_number"], "child_id": "341502201605060031"}
    assert client.is_guardian(**facts)

    settings.GUARDIAN_REGISTER = ""  # type: ignore[attr-defined]
    assert not client.is_guardian(**facts)
    settings.GUARDIAN_REGISTER = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    with pytest.raises(client.RegisterUnavailable):
        client.is_guardian(**facts)


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.7", "203.0.113.0"), ("2001:db8:1:2::7", "2001:db8:1::"), ("::1", "::1"), ("", "0.0.0.0")],
)
def test_sessions_are_listed_under_their_network(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.django_db
def test_an_official_who_is_logged_in_does_not_become_a_resident() -> None:
    li = official("李强")

    assert log_in_by_identity(WANG, at=MONDAY) != li
