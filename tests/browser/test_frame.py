"""The frame, the components and the pages of the front door, seen in a real browser."""

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import MODES, View, axe, compressed_bytes, no_chinese_left, no_sideways_scroll, picture
from tests.factories.catalogue import published_service

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = {
    "front": "/", "components": "/demo/components/", "search": "/search/?q=社保卡丢了", "nothing": "/search/?q=qqqqqq",
    "help": "/help/", "stuck": "/help/stuck/", "mistake": "/help/mistake/", "accessibility": "/accessibility/",
    "privacy": "/privacy/", "missing": "/no-such-page/",
}  # fmt: skip
SMALL_TEXT = """() => [...document.querySelectorAll('main *')].filter(e => e.offsetParent
    && !e.closest('table, .govuk-visually-hidden')
    && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
    && parseFloat(getComputedStyle(e).fontSize) < 23.9)
    .map(e => getComputedStyle(e).fontSize + ' ' + e.outerHTML.slice(0, 90))"""
SMALL_TARGETS = """least => [...document.querySelectorAll(least[0])]
    .filter(e => e.offsetParent && !e.closest('.govuk-visually-hidden'))
    .map(e => [e.getBoundingClientRect(), e]).filter(([box]) => box.height < least[1] - .5)
    .map(([box, e]) => box.height + ' ' + e.outerHTML.slice(0, 90))"""


@pytest.fixture
def services():
    published_service("LA-RS-001")
    published_service(
        "LA-RS-002",
        name="社保卡补办",
        name_en="Replace a social security card",
        aliases=["社保卡丢了"],
        theme="医疗卫生",
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_passes_axe_and_stays_in_its_width(visit, services, name, mode):
    page = visit(PAGES[name], View(mode, 1280))
    axe(page)
    picture(page, f"{name}-{mode}-1280")

    page.set_viewport_size({"width": 360, "height": 800})
    axe(page)
    picture(page, f"{name}-{mode}-360")
    no_sideways_scroll(page)
    if mode == "english":
        no_chinese_left(page)


@pytest.mark.parametrize("name", PAGES)
def test_large_print_has_large_text_and_large_controls(visit, services, name):
    page = visit(PAGES[name], View("elder", 360))

    assert page.evaluate(SMALL_TEXT) == []
    assert (
        page.evaluate(SMALL_TARGETS, [".govuk-button, .c-tile, input:not([type=hidden]), select, textarea", 60]) == []
    )
    assert page.evaluate(SMALL_TARGETS, ["a[href]:not(.govuk-skip-link)", 44]) == []


@pytest.mark.parametrize("name", PAGES)
def test_controls_are_large_enough_for_a_finger(visit, services, name):
    page = visit(PAGES[name], View("standard", 360))

    assert page.evaluate(SMALL_TARGETS, [".govuk-button, .c-tile, .c-chips a, .c-nav a, .c-top a, .c-tabs a", 44]) == []


def test_the_first_view_is_light(visit, services, live_server):
    page = visit("/help/")

    sizes = compressed_bytes(page, live_server.url + "/")

    assert len(sizes) <= 12
    assert sum(sizes.values()) <= 60_000, sizes


def test_modes_are_chosen_on_the_page_and_hold(visit, services):
    page = visit("/help/", View(script=False))

    page.get_by_role("link", name="长辈版").click()
    expect(page.locator("html.elder")).to_have_count(1)
    page.get_by_role("link", name="首页").first.click()
    expect(page.locator("html.elder")).to_have_count(1)
    page.get_by_role("link", name="English").click()
    expect(page.locator("html[lang=en].elder")).to_have_count(1)
    page.get_by_role("link", name="Standard").click()
    expect(page.locator("html.elder")).to_have_count(0)


def test_errors_take_the_focus_and_lead_to_their_field(visit):
    page = visit("/demo/components/")

    assert page.title().startswith("错误")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "phone"


def test_the_keyboard_reaches_the_content_first(visit):
    page = visit("/help/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main-content"


def test_a_receipt_is_printed_on_one_sheet_with_its_number(visit):
    page = visit("/demo/components/")
    page.evaluate("""() => { const keep = document.querySelector('.c-receipt'); const box = keep.parentElement;
        box.replaceChildren(keep); }""")

    printed = PdfReader(io.BytesIO(page.pdf(format="A4")))

    assert len(printed.pages) == 1
    assert "LA202603020000017" in printed.pages[0].extract_text()


def test_nothing_is_refused_by_the_content_policy(visit, services):
    page = visit("/help/")
    said = []
    page.on("console", lambda message: said.append(message.text))

    for address in PAGES.values():
        page.goto(page.url.split("/help")[0] + address)
        page.wait_for_load_state("networkidle")

    assert [text for text in said if "Content Security Policy" in text] == []
