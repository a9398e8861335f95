"""The pages of supervision and of commitment records: wide and on a phone, axe on each."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from civic.accounts.models import Department
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture
from tests.factories import accounts as people
from tests.factories import cases, hotline, supervision

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [View("standard", 1280), View("standard", 360), View("elder", 360), View("english", 360)]


def look(page: Page, name: str, view: View) -> None:
    expect(page.locator("h1")).to_be_visible()
    axe(page)
    picture(page, f"supervision/{view}/{name}")
    no_sideways_scroll(page)
    if view.mode == "english":
        no_chinese_left(page)


@pytest.mark.parametrize("view", [View("standard", 1280), View("standard", 360), View("english", 1280)], ids=str)
def test_a_supervisor_sees_cards_orders_complaints_and_meetings(
    view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str]
) -> None:
    order, complaint, assignment = supervision.order(), supervision.complaint(), supervision.assignment()
    Department.objects.filter(name_en="").update(name_en="A unit of the city")  # as every department of a city has one
    session = logged_in(supervision.wu_gang())
    for name, path in {
        "cards": "/office/cards/?view=all",
        "card": f"/office/cards/{order.card_id}/",
        "orders": "/office/orders/",
        "order": f"/office/orders/{order.pk}/",
        "complaints": "/office/complaints/",
        "complaint": f"/office/complaints/{complaint.pk}/",
        "meetings": "/office/meetings/",
        "new-meeting": "/office/meetings/new/",
        "meeting": f"/office/meetings/{assignment.item.meeting_id}/",
    }.items():
        look(visit(path, view, session=session), name, view)


@pytest.mark.parametrize("view", [View("standard", 1280), View("standard", 360), View("english", 360)], ids=str)
def test_a_supervisor_gives_a_card_by_hand_and_sees_repetition_rates_and_exclusions(
    view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    red, exclusion = supervision.repeated(), hotline.exclusion()
    Department.objects.filter(name_en="").update(name_en="A unit of the city")
    for door in ("office.rates", "portal.scores"):
        monkeypatch.setattr(f"civic.hotline.{door}.now", lambda: people.MONDAY + supervision.WEEKS)
    session = logged_in(supervision.wu_gang())
    for name, path in {
        "new-card": "/office/cards/new/",
        "repeated": f"/office/cards/{red.pk}/",
        "rates": "/office/hotline/rates/",
        "exclusions": "/office/hotline/exclusions/",
        "exclusion": f"/office/hotline/exclusions/{exclusion.pk}/",
        "new-exclusion": "/office/hotline/exclusions/new/",
    }.items():
        look(visit(path, view, session=session), name, view)
    look(visit("/hotline/register/cards/", view), "public-cards", view)


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_a_resident_reads_what_was_found_and_how_to_repair_it(
    view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str]
) -> None:
    wang = people.resident("王芳")
    mark, complaint = cases.credit_mark(by=wang), supervision.complaint()
    session = logged_in(wang)
    look(visit("/my/credit/", view, session=session), "credit", view)
    look(visit(f"/my/credit/{mark.handle}/", view, session=session), "mark", view)
    session = logged_in(complaint.by)
    look(visit("/my/complaints/", view, session=session), "complaints", view)
    look(visit(f"/my/complaints/{complaint.handle}/", view, session=session), "complaint", view)
