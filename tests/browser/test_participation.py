"""A draw by lot in a real browser: the office uploads, commits, draws and replaces; anybody reads how to check it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from civic.accounts.models import Department
from civic.participation.models import Seat, Sortition
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture, submit
from tests.factories import participation as make
from tests.factories.participation import SEED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OFFICE = [View("standard", 1280), View("standard", 360), View("english", 1280), View("standard", 1280, script=False)]
PUBLIC = [
    View("standard", 1280),
    View("standard", 360),
    View("elder", 360),
    View("contrast", 1280),
    View("english", 360),
]


def look(page: Page, name: str, view: View) -> None:
    expect(page.locator("h1")).to_be_visible()
    size = page.viewport_size
    if view.script:
        axe(page)
        if view.mode == "english":
            no_chinese_left(page)
        no_sideways_scroll(page)
        page.set_viewport_size(size)  # type: ignore[arg-type]
    picture(page, f"participation/{view}/{name}")


@pytest.mark.parametrize("view", OFFICE, ids=str)
def test_a_register_becomes_a_list_and_somebody_is_replaced(
    view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str], tmp_path: Path
) -> None:
    clerk, leader = logged_in(make.chen_jing()), logged_in(make.zhao_min())
    Department.objects.filter(name_en="").update(name_en="Finance Bureau")
    good, bad = tmp_path / "register.csv", tmp_path / "bad.csv"
    good.write_bytes(make.REGISTER)
    bad.write_bytes(make.REGISTER + b"A001,x,y\nZ9,,y\n")

    page = visit("/office/sortitions/new/", view, session=clerk)
    look(page, "1-new", view)
    page.fill("#title", "Review group 2026")
    page.fill("#purpose", "They review the projects of this year's budget.")
    page.fill("#size", "8")
    page.set_input_files("#register", bad)
    page.locator("main form button").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    look(page, "2-wrong-lines", view)
    page.set_input_files("#register", good)
    page.locator("main form button").click()
    look(page, "3-prepared", view)
    made = Sortition.objects.get()

    page = visit(f"/office/sortitions/{made.pk}/", view, session=leader)
    page.fill("#seed", SEED)
    page.locator("form[action$='/commit/'] button").click()
    look(page, "4-committed", view)
    page.fill("#seed", SEED)
    page.locator("form[action$='/draw/'] button").click()
    look(page, "5-drawn", view)

    page = visit(f"/office/sortitions/{made.pk}/", view, session=clerk)
    first = made.seats.listed()[0]
    decline = page.locator(f"button[formaction='/office/seats/{first.pk}/decline/']")
    expect(decline).to_be_hidden()  # one slip of a finger takes nobody's seat away
    page.locator("details", has=decline).locator("summary").click()
    look(page, "6-declining", view)
    submit(page, decline)
    expect(page.locator("main")).to_contain_text(Seat.objects.get(replaces=first).number)
    look(page, "6-replaced", view)
    look(visit("/office/sortitions/", view, session=clerk), "7-list", view)


@pytest.mark.parametrize("view", first_and_last(PUBLIC), ids=str)
def test_anybody_reads_what_was_drawn_and_how_to_check_it(view: View, visit: Callable[..., Page]) -> None:
    drawn = make.drawn(is_open=True)
    waiting = make.committed(title="监督小组居民成员", is_open=True, beacon_source="双色球2026年3月8日开奖号码")
    gone = make.committed(title="另一次抽选")
    gone.cancel(reason="名册漏了两个社区，重新导入。", by=make.zhao_min(), at=make.MONDAY + 2 * make.DAY)
    Department.objects.filter(name_en="").update(name_en="Finance Bureau")

    page = visit("/sortitions/", view)
    look(page, "a-draws", view)
    for name, one in (("b-drawn", drawn), ("c-waiting", waiting), ("d-cancelled", gone)):
        page.goto(page.url.rsplit("/sortitions/")[0] + f"/sortitions/{one.pk}/")
        if name == "b-drawn":
            page.locator("details summary").last.click()
        look(page, name, view)
