"""The hotline board as people see it: on a small phone, in the view for the old, in English, without JavaScript."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.hotline.models import Category, Ticket
from civic.insight.models import Sheet
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture
from tests.factories import hotline, insight
from tests.factories.accounts import official

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [
    View("standard", 360), View("standard", 360, script=False), View("elder", 360), View("contrast", 360),
    View("english", 360), View("english", 1280), View("standard", 1280),
]  # fmt: skip
Visit = Callable[..., Page]
OVERLAPS = """() => { const found = [];
    for (const svg of document.querySelectorAll('svg.c-chart')) {
      const texts = [...svg.querySelectorAll('text')].filter(one => getComputedStyle(one).display !== 'none')
        .map(one => [one.textContent, one.getBoundingClientRect()]);
      const edge = svg.getBoundingClientRect();
      for (const [words, a] of texts) {
        if (a.right > edge.right + 1 || a.left < edge.left - 1) found.push('outside: ' + words);
        for (const [others, b] of texts)
          if (words !== others && a.left < b.right - 1 && b.left < a.right - 1
            && a.top < b.bottom - 3 && b.top < a.bottom - 3)
            found.push(words + ' / ' + others);
      } }
    return found; }"""


@pytest.fixture(autouse=True)
def city() -> None:
    """Some weeks of a city: five classes, three counties, several channels, one matter that many speak of."""
    hotline.city()
    at = hotline.morning(days=3)
    lamp = hotline.published(at=at)
    Area.objects.update(name_en="A county")
    counties = list(Area.objects.order_by("code"))[:3]
    names = ("金安区", "裕安区", "霍邱县")
    for area, name in zip(counties, names, strict=True):
        Area.objects.filter(pk=area.pk).update(name=name, name_en=f"County {area.code}")
    Department.objects.update(name_en="A unit")
    channels = ("PHONE", "WEB", "WECHAT", "FAILED")
    for nth in range(24):
        insight.copies(
            lamp, 6 + 2 * (nth % 5), received_at=at - timedelta(days=nth), channel=channels[nth % 4],
            area_id=counties[nth % 3].pk, category_id=hotline.category(("010201", "010203", "020102")[nth % 3]).pk,
            published_at=None,
        )  # fmt: skip
    insight.copies(lamp, 9, parent_id=lamp.pk, caller_id=None, phone_index=None)
    Ticket.objects.filter(pk=lamp.pk).update(public_title="Lamps out at the crossing of Meishan Road and Wanxi Avenue")
    insight.counted(at=now())


def look(page: Page, view: View, name: str) -> None:
    picture(page, f"board-{name}-{view}")
    if view.script:
        axe(page)
        assert page.evaluate(OVERLAPS) == []
    if view.mode == "english":
        no_chinese_left(page)
    no_sideways_scroll(page)
    if view.script:
        assert page.evaluate(OVERLAPS) == []
    page.set_viewport_size({"width": view.width, "height": 800})


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_the_public_board_and_the_way_to_it(visit: Visit, view: View) -> None:
    page = visit("/hotline/", view)
    page.locator("a.c-tile[href='/hotline/board/']").click()
    look(page, view, "public")
    page.locator("#categories summary").click()
    look(page, view, "public-open")
    page.locator("#categories tbody th a").first.click()
    expect(page.locator("#categories svg text").first).to_be_visible()
    look(page, view, "public-class")
    page.locator("#channels summary").click()
    page.locator("#channels tbody td a").first.click()
    expect(page).to_have_url(re.compile("/hotline/register/[?]"))
    look(page, view, "public-register")


@pytest.mark.parametrize("view", [one for one in VIEWS if one.mode in ("standard", "english")], ids=str)
def test_the_board_at_work_and_the_tickets_behind_a_number(
    visit: Visit, logged_in: Callable[..., str], view: View
) -> None:
    session = logged_in(official("赵磊", roles=("supervisor",)))
    page = visit("/office/board/?days=90", view, session)
    look(page, view, "office")
    page.locator("#response summary").click()
    page.locator("#response tbody td a").first.click()
    expect(page.locator("main table")).to_be_visible()
    if view.mode != "english":  # titles are what people have said
        look(page, view, "office-tickets")


def test_the_ten_calls_of_the_seed_are_drawn(visit: Visit, logged_in: Callable[..., str]) -> None:
    Ticket.objects.update(received_at=now() - timedelta(days=300), parent=None)
    Sheet.objects.update(is_stale=True)
    insight.sample(at=now() - timedelta(hours=2))
    insight.counted(at=now())
    Category.objects.filter(name="社保").update(name_en="Social insurance")
    session = logged_in(official("赵磊", roles=("supervisor",)))

    for width in (360, 1280):
        page = visit("/office/board/?days=7", View(width=width), session)

        words = page.locator("#categories svg text").all_text_contents()
        assert words == ["社保", "4", "医保", "3", "教育", "2", "住房", "1"]
        assert page.evaluate(OVERLAPS) == []
        picture(page, f"board-seed-{width}")


def test_a_charts_table_is_on_paper_too(visit: Visit) -> None:
    page = visit("/hotline/board/", View())
    page.emulate_media(media="print")

    picture(page, "board-print")
    expect(page.locator("#categories table")).to_be_visible()
    expect(page.locator(".c-filter")).to_be_hidden()
