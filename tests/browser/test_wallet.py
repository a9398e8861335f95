"""The wallet as people see it: cards, the show code that turns by itself, a stranger's look, the father's answer."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from civic.licences.models import Ground, Presentation, Use, UseRequest
from civic.licences.services import Reader, read_shown, show_licence, sign_licence
from tests.browser.conftest import (
    SCRIPTED_VIEWS,
    View,
    axe,
    first_and_last,
    no_chinese_left,
    no_sideways_scroll,
    picture,
)
from tests.factories import wallet
from tests.factories.accounts import LIU_GUIYING, department, official, resident

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STAFF_VIEWS = [view for view in SCRIPTED_VIEWS if view.mode in ("standard", "english")]
CARD = {"name": "王芳", "id_number": "341502199001010025", "card_no": "6217000010001234567", "bank": "徽商银行"}


def look(page, name, view):
    axe(page)
    picture(page, f"{name}-{view}")
    if view.mode == "english":
        no_chinese_left(page)
    no_sideways_scroll(page)


def filled():
    """A household page read once, a card that ends soon, a revoked certificate; 孙浩 asks 王芳 for her agreement."""
    at = now()
    wallet.service("LA-HJ-001", "gaj")
    held = wallet.own_licence(at=at)
    sign_licence(licence=held, by="test", at=at)
    wallet.own_licence("social_security_card", values=CARD, valid_until=(at + timedelta(days=9)).date(), at=at)
    gone = wallet.own_licence("marriage_certificate", at=at)
    gone.revoke(Ground("登记信息有误，已换发。"), by="rules", at=at)
    _code, token = show_licence(licence=held, fields=["name", "born_on"], by=wallet.wang(), at=at)
    read_shown(token=token, reading="identity", reader=Reader(account=None, address="203.0.113.7"), at=at)
    wallet.request(holder=wallet.wang(), asker=wallet.sun(), at=at, types={"household_page": ["name", "address"]})
    return held


@pytest.mark.parametrize("view", first_and_last(SCRIPTED_VIEWS), ids=str)
def test_the_pages_of_a_holder(visit, logged_in, view):
    held = filled()
    session = logged_in(wallet.wang())
    here = f"/my/licences/{held.token}/"

    look(visit("/my/licences/", view, session), "wallet", view)
    look(visit(here, view, session), "licence", view)
    look(visit(here + "?clear=1", view, session), "licence-clear", view)
    look(visit(here + "show/", view, session), "licence-choose", view)
    look(visit(here + "code/?field=name&field=born_on", view, session), "licence-code", view)
    look(visit("/my/licences/uses/", view, session), "licence-uses", view)
    asked = UseRequest.objects.get()
    look(visit(f"/my/licences/requests/{asked.handle}/", view, session), "licence-request", view)
    asked.grant(by=wallet.wang(), at=now())
    look(visit(f"/my/licences/requests/{asked.handle}/", view, session), "licence-granted", view)


@pytest.mark.parametrize("view", first_and_last(SCRIPTED_VIEWS), ids=str)
def test_the_pages_of_everybody(visit, view):
    held = wallet.own_licence(at=now())
    gone = wallet.own_licence("marriage_certificate", at=now())
    gone.revoke(Ground("登记信息有误。"), by="rules", at=now())
    _code, token = show_licence(licence=held, fields=["name", "born_on"], by=wallet.wang(), at=now())

    look(visit("/verify/", view), "verify", view)
    look(visit(held.path, view), "verify-valid", view)
    look(visit(gone.path, view), "verify-revoked", view)
    look(visit("/v/ABCDEFGHJKLMNPQR", view), "verify-unknown", view)
    page = visit(f"/s/{token}", view)
    look(page, "shown-offer", view)
    page.locator("input[type=radio]").first.check()
    page.locator("main button").click()
    page.locator(".c-licence").wait_for()
    look(page, "shown", view)
    look(visit(f"/s/{token}", view), "shown-used", view)


@pytest.mark.parametrize("view", first_and_last(STAFF_VIEWS), ids=str)
def test_the_pages_of_officials(visit, logged_in, view):
    held = filled()
    leader = official("周丽", department=department("gaj", "六安市公安局"), roles=["unit_leader"])
    wallet.own_licence(case="LA202603020000000025", at=now())
    session = logged_in(leader)

    look(visit("/office/licences/", view, session), "office-licences", view)
    page = visit(f"/office/licences/{held.token}/", view, session)
    page.locator("summary").first.click()
    look(page, "office-licence", view)
    use = wallet.use(at=now())
    handler = official("李强", department=use.department)
    look(visit(f"/office/licences/uses/{use.handle}/", view, logged_in(handler)), "office-use", view)


@pytest.mark.parametrize("script", [True, False], ids=["script", "noscript"])
def test_a_holder_shows_and_a_stranger_reads(visit, logged_in, script):
    held, view = wallet.own_licence(at=now()), View(width=360, script=script)
    page = visit(f"/my/licences/{held.token}/", view, logged_in(wallet.wang()))

    page.get_by_role("button", name="出示证照（亮证码）").click()
    page.get_by_role("button", name="显示亮证码").click()
    token = page.locator(".c-code__text").inner_text()
    stranger = visit("/verify/", view)
    stranger.get_by_label("查验码、亮证码或二维码里的地址").fill(token)
    stranger.get_by_role("button", name="核验", exact=True).click()
    stranger.get_by_label("核对身份").check()
    stranger.get_by_role("button", name="查看（只能看一次）").click()

    stranger.get_by_text("证照真实有效").first.wait_for()
    assert stranger.locator(".c-licence__rows").inner_text().count("示范路") == 0
    if script:  # the holder's page notices by itself
        page.get_by_text("对方已经看过").wait_for()
        picture(page, f"licence-read-{view}")
    assert Use.objects.get().fields == list(Presentation.objects.get().fields)


def test_the_father_agrees_on_his_phone(visit, logged_in):
    asked = wallet.request(at=now())
    page = visit("/my/licences/", View(width=360), logged_in(wallet.sun()))

    page.get_by_role("button", name="查看并答复").click()
    page.wait_for_url(f"**/my/licences/requests/{asked.handle}/")
    page.get_by_role("button", name="我同意").click()

    page.get_by_text("您已同意。对方会收到通知。").wait_for()
    assert UseRequest.objects.get().state == "GRANTED"


def test_an_empty_wallet_is_no_dead_end(visit, logged_in):
    liu = resident("刘桂英", phone=LIU_GUIYING["phone"], id_number=LIU_GUIYING["id_number"])

    page = visit("/my/licences/", View("elder", 360), logged_in(liu))

    look(page, "wallet-empty", View("elder", 360))
