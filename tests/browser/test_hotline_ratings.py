"""Rating a ticket, contesting a refusal, a deputy's reception day and pages: on a phone and a desk, in every mode."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from civic.areas.models import Area
from civic.hotline.models import Category, Reconsideration, Ticket
from civic.hotline.services.rating import invite
from civic.ratings.models import Rating, Right
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture, submit
from tests.factories import accounts as people
from tests.factories import hotline
from tests.factories.ratings import opinion

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [
    View("standard", 360),
    View("standard", 360, script=False),
    View("elder", 360),
    View("english", 360),
    View("standard", 1280),
]
Visit = Callable[..., Page]
Login = Callable[..., str]


@pytest.fixture(autouse=True)
def city() -> None:
    hotline.city()
    Area.objects.update(name_en="A county")
    people.Department.objects.update(name_en="A unit")
    Category.objects.update(name_en="Street lamps")


def look(page: Page, view: View, name: str) -> None:
    picture(page, f"ratings-{name}-{view}")
    if view.script:
        axe(page)
    if view.mode == "english":
        no_chinese_left(page)
    no_sideways_scroll(page)


def press(page: Page, view: View, chinese: str, english: str) -> None:
    name = english if view.mode == "english" else chinese
    submit(page, page.locator("main").get_by_role("button", name=name, exact=True))


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_a_mended_lamp_is_rated_from_the_page_of_the_request(visit: Visit, logged_in: Login, view: View) -> None:
    ticket = hotline.closed(at=hotline.morning(days=3))
    invite(Ticket.objects.for_detail().get(), at=now())
    page = visit(f"/my/requests/{ticket.number}/", view, session=logged_in(ticket.caller))
    look(page, view, "1-request")
    press(page, view, "评价这次办理", "Rate how it was handled")
    look(page, view, "2-form")
    page.locator("input[name=grade][value='2']").check()
    press(page, view, "提交评价", "Send my rating")
    look(page, view, "3-rated")
    assert Rating.objects.get().grade == 2


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_a_refusal_is_contested(visit: Visit, logged_in: Login, view: View) -> None:
    ticket = hotline.ticket(at=now() - timedelta(days=1))
    ticket.decline(ground=hotline.ground("private"), by=hotline.gao_fei(), at=now() - timedelta(hours=3))
    page = visit(f"/my/requests/{ticket.number}/", view, session=logged_in(ticket.caller))
    page.locator("summary").first.click()
    look(page, view, "4-refused")
    page.locator("#words").fill("不是个人纠纷，是公共路灯没有人修。")
    press(page, view, "请求复核", "Ask for another look")
    look(page, view, "5-contested")
    assert Reconsideration.objects.get().ticket == ticket


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_the_reception_days_are_found_from_the_hotlines_front_page(visit: Visit, view: View) -> None:
    hotline.station()
    people.Department.objects.update(name_en="A unit")
    Area.objects.update(name_en="A county")
    page = visit("/hotline/", view)
    page.locator("a.c-tile[href='/deputies/']").click()
    look(page, view, "6-deputies")
    expect(page.locator("main tbody tr").first).to_be_visible()


@pytest.mark.parametrize("view", [View("standard", 1280), View("standard", 360)], ids=str)
def test_a_deputy_writes_down_what_is_said_and_rates_the_answer(visit: Visit, logged_in: Login, view: View) -> None:
    hotline.station()
    session = logged_in(hotline.deputy())
    page = visit("/office/deputies/new/", view, session=session)
    press(page, view, "登记", "")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    look(page, view, "7-wrong")
    page.locator("#title").fill("梅山路路灯不亮")
    page.locator("#detail").fill(hotline.LAMP)
    page.locator("#name").fill("李奶奶")
    page.locator("#phone").fill("13866667777")
    press(page, view, "登记", "")
    ticket = Ticket.objects.get()
    look(page, view, "8-list")
    ticket.answer_live(words="已经通知抢修队，今晚修好。", by=hotline.lin_xia(), at=now())
    invite(Ticket.objects.for_detail().get(), at=now())
    page.goto(page.url + f"tickets/{ticket.number}/")
    look(page, view, "9-ticket")
    page.locator("input[name=grade][value='4']").check()
    press(page, view, "提交评价", "")
    assert Rating.objects.get().right == Right.objects.get(step="sponsor-1")


@pytest.mark.parametrize("view", [View("standard", 1280), View("standard", 360)], ids=str)
def test_the_centre_looks_again_and_supervisors_see_what_services_are_rated(
    visit: Visit, logged_in: Login, view: View
) -> None:
    contested = hotline.contested(at=now() - timedelta(days=1))
    page = visit("/office/hotline/?view=contested", view, session=logged_in(hotline.xu_hui()))
    look(page, view, "10-worklist")
    page.goto(page.url.split("?")[0] + f"tickets/{contested.number}/")
    look(page, view, "11-decide")
    ticket = hotline.closed(by=contested.caller, at=hotline.morning(days=3))
    invite(Ticket.objects.for_detail().get(pk=ticket.pk), at=now())
    Rating.objects.submit(right=Right.objects.get(), opinion=opinion(2), by=None, address="", at=now())
    leader = people.official("韩冰", department=hotline.unit(), roles=("unit_leader",))
    page = visit("/office/remedies/?view=services", view, session=logged_in(leader))
    look(page, view, "12-services")
    page.goto(page.url.split("?")[0] + f"{Rating.objects.get().remedies.get().pk}/")
    look(page, view, "13-remedy")
    expect(page.locator("main")).not_to_contain_text(ticket.number)
