"""Log-in in a real Chromium: a resident by code, an official by app, then by a passkey of a virtual authenticator."""

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from playwright.sync_api import Page

from civic.accounts import second_factor as factor
from civic.accounts.demonstration import PASSWORD, create_demonstration_accounts, secret_of
from civic.accounts.models import Account
from tests.browser.conftest import View, axe, no_sideways_scroll

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIRTUAL = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.mark.parametrize("view", [View("standard", 360), View("english", 1280, script=False)], ids=str)
def test_wang_fang_logs_in_with_the_code_from_the_outbox(visit: Callable[..., Page], view: View) -> None:
    create_demonstration_accounts(at=timezone.now())
    page = visit("/login/", view)

    page.fill("#phone", "13800005678")
    page.click("main form button[type=submit] >> nth=0")
    page.wait_for_url("**/login/code/")
    outbox = page.context.new_page()
    outbox.goto(page.url.replace("/login/code/", "/demo/outbox/"))
    code = re.search(r"(?<!\d)\d{6}(?!\d)", outbox.inner_text("tbody >> nth=0"))
    assert code is not None
    page.fill("#code", code[0])
    page.click("main form button[type=submit] >> nth=0")
    page.wait_for_url("**/my/")
    page.goto(page.url.replace("/my/", "/my/mandates/"))

    assert "刘桂英" in page.inner_text("main") and "王小宝" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth") <= view.width if view.script else True


def test_li_qiang_adds_a_passkey_and_logs_in_with_it(visit: Callable[..., Page]) -> None:
    create_demonstration_accounts(at=timezone.now())
    page = visit("/office/login/?next=/office/account/")
    base = page.url.split("/office/")[0].replace("127.0.0.1", "localhost")
    page.goto(f"{base}/office/login/?next=/office/account/")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": VIRTUAL})

    _enter_password(page)
    page.fill("#code", factor.code_at(secret_of("rsj.liqiang"), timezone.now().timestamp()))
    page.click("main form:not([data-passkey]) button[type=submit]")
    page.wait_for_url("**/office/account/")
    page.goto(f"{base}/office/account/passkeys/new/")
    page.fill("#name", "我的手机")
    page.click("form[data-passkey] button[type=submit]")
    page.wait_for_url("**/office/account/")
    assert "我的手机" in page.inner_text("main")
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    page.context.clear_cookies()
    page.goto(f"{base}/office/login/?next=/office/account/")
    _enter_password(page)
    page.click("form[data-passkey] button[type=submit]")
    page.wait_for_url("**/office/account/")

    assert "李强" in page.inner_text("main")


@pytest.mark.parametrize(
    "view", [View("elder", 360), View("english", 1280), View("standard", 360, script=False)], ids=str
)
def test_li_qiang_comes_with_a_one_time_password_and_chooses_his_own(visit: Callable[..., Page], view: View) -> None:
    create_demonstration_accounts(at=timezone.now())
    li = Account.objects.get(username="rsj.liqiang")
    once = li.issue_one_time_password(by="operator", at=timezone.now())
    page = visit("/office/login/?next=/office/account/", view)

    _enter_password(page, once)
    page.fill("#code", factor.code_at(secret_of("rsj.liqiang"), timezone.now().timestamp()))
    page.click("main form:not([data-passkey]) button[type=submit]")
    page.wait_for_url("**/office/login/password/")
    if view.script:
        axe(page)
        no_sideways_scroll(page)
    page.fill("#new_password1", once)
    page.fill("#new_password2", once)
    page.click("main form button[type=submit]")
    page.locator("[role=alert], .govuk-error-summary").first.wait_for()
    page.fill("#new_password1", "correct-horse-battery")
    page.fill("#new_password2", "correct-horse-battery")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/office/account/")

    assert "李强" in page.inner_text("main")


def _enter_password(page: Page, password: str = PASSWORD) -> None:
    page.fill("#username", "rsj.liqiang")
    page.fill("#password", password)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/office/login/second/")


PAGES = {
    "": ["/login/", "/login/organisation/", "/office/login/", "/demo/outbox/"],
    "resident": ["/my/account/", "/my/mandates/", "/my/mandates/new/parent/", "/my/sessions/"],
    "clerk": ["/office/counter/persons/new/", "/office/counter/mandates/new/"],
    "operator": ["/office/account/", "/office/login/setup/", "/office/officials/"],
}


@pytest.mark.parametrize("who", PAGES, ids=lambda who: who or "visitor")
def test_the_pages_of_identity_pass_axe_and_stay_in_320_pixels(
    visit: Callable[..., Page], logged_in: Callable[[Account], str], who: str
) -> None:
    create_demonstration_accounts(at=timezone.now())
    wang = Account.objects.exclude(person=None).order_by("pk")[0]
    people = {"resident": wang, "operator": Account.objects.get(username="sjzy.ops")}
    people["clerk"] = Account.objects.get(username="rsj.liqiang")

    for path in PAGES[who]:
        page = visit(path, View("standard", 360), logged_in(people[who]) if who else "")
        assert path in page.url
        axe(page)
        no_sideways_scroll(page)
