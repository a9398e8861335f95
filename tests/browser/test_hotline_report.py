"""Reporting a street lamp: on a small phone, without JavaScript, in the view for the old, in English."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from civic.areas.models import Area
from civic.hotline.models import Category, Ticket
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture, submit
from tests.factories import accounts as people
from tests.factories import hotline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [
    View("standard", 360),
    View("standard", 360, script=False),
    View("elder", 360),
    View("english", 360),
    View("standard", 1280),
]
PUBLIC = ["/hotline/", "/hotline/failed/", "/hotline/grounds/", "/hotline/register/", "/hotline/track/", "/mailbox/"]
Visit = Callable[..., Page]


@pytest.fixture(autouse=True)
def city() -> None:
    hotline.city()
    Area.objects.update(name_en="A county")
    people.Department.objects.update(name_en="A unit")
    jinan = Area.objects.get(code="341502")
    Area.objects.filter(pk=jinan.pk).update(name="金安区", name_en="Jin'an District")
    Area.objects.create(code="341502001", name="中市街道", name_en="Zhongshi Street", level="TOWN", parent=jinan)
    people.Department.objects.filter(code="cgj").update(name="六安市城市管理局", name_en="City Administration Bureau")


def look(page: Page, view: View, name: str) -> None:
    """Look at a page as this view shows it."""
    picture(page, f"hotline-{name}-{view}")
    if view.script:
        axe(page)
    if view.mode == "english":
        no_chinese_left(page)
    no_sideways_scroll(page)
    page.set_viewport_size({"width": view.width, "height": 800})


def press(page: Page, view: View, chinese: str, english: str) -> None:
    name = english if view.mode == "english" else chinese
    submit(page, page.locator("main").get_by_role("button", name=name, exact=True))


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_a_lamp_is_reported_without_an_account_and_found_again(visit: Visit, view: View) -> None:
    english = view.mode == "english"
    page = visit("/hotline/", view)
    page.locator("a.c-tile[href*='kind=HELP']").click()
    look(page, view, "1-what")
    press(page, view, "继续", "Continue")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    look(page, view, "2-wrong")
    page.locator("#title").fill("梅山路路灯不亮")
    page.locator("#detail").fill(hotline.LAMP)
    press(page, view, "继续", "Continue")
    page.locator("#county").select_option("341502")
    page.locator("#place").fill("梅山路与皖西大道交口")
    look(page, view, "3-where")
    press(page, view, "继续", "Continue")
    page.locator("#town").select_option("341502001")
    look(page, view, "4-town")
    press(page, view, "继续", "Continue")
    look(page, view, "5-photos")
    press(page, view, "不带照片，继续", "Continue without photos")
    page.locator("input[name=public][value=yes]").check()
    look(page, view, "6-open")
    press(page, view, "继续", "Continue")
    page.locator("input[name=secrecy][value=NAMED]").check()
    page.locator("#name").fill("王芳")
    page.locator("#phone").fill("13800005678")
    look(page, view, "7-who")
    press(page, view, "继续", "Continue")
    expect(page.locator("main")).to_contain_text("13800005678")
    look(page, view, "8-check")
    press(page, view, "确认并提交", "Confirm and send")

    ticket = Ticket.objects.get()
    expect(page.locator(".c-receipt__number")).to_have_text(ticket.number)
    look(page, view, "9-receipt")
    page = visit("/hotline/track/", view)
    page.locator("#number").fill(ticket.number)
    page.locator("#secret").fill("5678")
    press(page, view, "查询", "Look up")
    expect(page.locator("main")).to_contain_text("deciding which unit" if english else "正在确定由哪个单位办理")
    look(page, view, "10-ticket")
    assert (ticket.area.name, ticket.clear("phone")) == ("中市街道", "13800005678")


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_the_public_pages_stand_in_every_view(visit: Visit, view: View) -> None:
    at = hotline.morning(days=3)
    ticket = hotline.published(at=at, channel="MAILBOX")
    if view.mode == "english":
        Ticket.objects.filter(pk=ticket.pk).update(
            public_title="Lamp out", public_detail="Out.", public_reply="Mended."
        )
    for address in (*PUBLIC, f"/hotline/register/{ticket.handle}/", "/hotline/register/units/cgj/"):
        page = visit(address, view)
        look(page, view, "public" + address.replace("/", "-")[:26])


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_an_answer_is_read_and_answered(visit: Visit, logged_in: Callable[..., str], view: View) -> None:
    ticket = hotline.passed(at=hotline.morning(days=2), wants_public=True)
    Category.objects.update(name_en="Street lamps")
    page = visit(f"/my/requests/{ticket.number}/", view, session=logged_in(ticket.caller))
    look(page, view, "11-answered")
    page.locator("input[name=solved][value=yes]").check()
    page.locator("input[name=stars][value='5']").check()
    press(page, view, "提交", "Send")

    expect(page.locator(".c-banner--success")).to_be_visible()
    look(page, view, "12-closed")
    assert Ticket.objects.get().state == "CLOSED"
    page.goto(page.url.split("/my/")[0] + "/my/requests/")
    look(page, view, "13-list")


def test_somebody_else_has_said_it_and_one_press_is_enough(visit: Visit, logged_in: Callable[..., str]) -> None:
    first = hotline.dispatched(at=now() - timedelta(hours=5))
    sun = people.resident("孙浩")
    view = View("standard", 360)
    page = visit("/hotline/write/report/what/", view, session=logged_in(sun))
    page.locator("input[name=kind][value=HELP]").check()
    page.locator("#title").fill("梅山路路灯不亮")
    page.locator("#detail").fill(hotline.LAMP)
    press(page, view, "继续", "")
    press(page, view, "继续", "")
    look(page, view, "14-near")
    press(page, view, "我也遇到", "")

    expect(page.locator("main")).to_contain_text("已经记下「我也遇到」")
    look(page, view, "15-joined")
    assert [voice.account for voice in first.voices.all()] == [sun]
