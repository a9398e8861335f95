"""Every page that says no shows three ways on and the number of the page, for people with and without JavaScript."""

import pytest

from tests.browser.conftest import View, axe, no_chinese_left, no_sideways_scroll
from tests.browser.refusing_urls import WORDS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STATUSES = [400, 403, 404, 409, 412, 422, 429, 500, 503]


@pytest.fixture(autouse=True)
def _addresses_that_refuse(settings):
    settings.ROOT_URLCONF = "tests.browser.refusing_urls"


@pytest.mark.parametrize("side", ["/", "/office/"])
@pytest.mark.parametrize("status", STATUSES)
def test_every_refusal_shows_three_ways_on_and_its_number(visit, status, side):
    address = f"{side}no-such-page/" if status == 404 else f"{side}refuse/{status}/"
    page = visit("/help/", View("standard", 360))

    answer = page.goto(page.url.split("/help/")[0] + address)

    assert answer.status == status
    ways = page.locator("main a[href]")
    assert ways.evaluate_all("links => new Set(links.map(link => link.href)).size") >= 3
    assert page.locator("main a[href='tel:12345']").count() == 1
    assert answer.headers["x-request-id"] in page.inner_text("main")
    if status not in (404, 500):
        assert WORDS in page.inner_text("main")
    axe(page)
    no_sideways_scroll(page)


@pytest.mark.parametrize("status", [403, 404, 409, 429])
def test_refusals_are_said_in_english_and_in_large_print_without_javascript(visit, status):
    address = "/no-such-page/" if status == 404 else f"/refuse/{status}/"

    plain = visit("/help/", View("elder", 360, script=False))
    plain.goto(plain.url.split("/help/")[0] + address)
    assert plain.locator("html.elder main .c-ways a").count() == 3

    english = visit("/help/", View("english", 1280))
    english.goto(english.url.split("/help/")[0] + address)
    assert english.locator("main .c-ways a").count() == 3
    if status == 404:
        no_chinese_left(english)


@pytest.mark.parametrize("address", ["/my/cases/LA20260302000000017X/", "/services/LA-XX-999/", "/office/cases/1/"])
def test_a_page_for_somebody_else_leads_on(visit, address):
    page = visit("/help/", View("standard", 360))

    page.goto(page.url.split("/help/")[0] + address)

    on_the_log_in_page = "/login/" in page.url
    assert on_the_log_in_page or page.locator("main .c-ways a").count() == 3
