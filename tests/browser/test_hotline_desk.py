"""The hotline's officials at their pages in a real browser; the whole story of a ticket is in test_ticket_story."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from civic.accounts.models import Department
from civic.areas.models import Area
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture
from tests.factories import hotline
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import DAY, HOUR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKED_AT = [View("standard", 1280), View("standard", 360), View("contrast", 1280), View("english", 1280)]
SEAT, LIST = "/office/hotline/seat/", "/office/hotline/"


@pytest.fixture
def clock(monkeypatch):
    """The doors' clock, so long after Monday nine o'clock as `clock.after` says."""
    hotline.city()
    for named in (Department, Area):
        named.objects.filter(name_en="").update(name_en=Concat(Value("Office "), "code"))
    found = SimpleNamespace(after=timedelta(0))
    for door in ("seat", "worklist", "ticket"):
        monkeypatch.setattr(f"civic.hotline.office.{door}.now", lambda: MONDAY + found.after)
    return found


def look(page, name, view):
    page.set_viewport_size({"width": view.width, "height": 800})
    axe(page)
    picture(page, f"hotline-{name}-{view}")
    no_sideways_scroll(page)
    if view.mode == "english":
        no_chinese_left(page)


@pytest.mark.parametrize("view", first_and_last(LOOKED_AT), ids=str)
def test_the_seat(visit, logged_in, clock, view):
    earlier = hotline.ticket(by=resident("王芳", phone="13800005678"), title="小区门口垃圾没人清运")
    hotline.dispatched(by=resident("刘桂英"))
    page = visit(SEAT, view, logged_in(hotline.lin_xia()))
    look(page, "seat-empty", view)

    page.locator("#phone").fill("13800005678")
    page.locator("#title").fill("梅山路路灯不亮")
    page.locator("#detail").fill(hotline.LAMP)
    page.locator(".govuk-button[value=look]").click()
    page.get_by_role("link", name=earlier.number).first.wait_for()

    assert page.locator("#detail").input_value() == hotline.LAMP
    assert page.locator("input[name=proposed]").first.is_checked()
    look(page, "seat", view)
    page.locator("button[value='110']").click()
    page.get_by_role("heading", level=1).wait_for()
    look(page, "handover", view)


@pytest.mark.parametrize("view", first_and_last(LOOKED_AT), ids=str)
def test_the_lists_and_the_pages(visit, logged_in, clock, view):
    waiting = hotline.ticket(detail="路灯的电线漏电，井盖也破损了。")
    hotline.ticket(title="公交车班次太少", detail="12路公交车二十分钟才一班。", kind="SUGGESTION")
    held, answered, closed = hotline.dispatched(), hotline.replied(), hotline.closed(wants_public=True)
    handled = hotline.handled()
    handled.ask_extension(reason="电缆要从外地采购。", by=hotline.of_unit(), at=MONDAY + 3 * HOUR)
    clock.after = DAY + 2 * HOUR
    gao_fei, xu_hui, ma_jun = (logged_in(one) for one in (hotline.gao_fei(), hotline.xu_hui(), hotline.of_unit()))

    look(visit(LIST, view, gao_fei), "list-centre", view)
    look(visit(LIST + "?view=handling", view, ma_jun), "list-unit", view)
    for name, ticket, session in (
        ("waiting", waiting, gao_fei),
        ("held", held, ma_jun),
        ("handled", handled, ma_jun),
        ("extension", handled, gao_fei),
        ("answered", answered, xu_hui),
        ("closed", closed, xu_hui),
    ):
        look(visit(f"{LIST}tickets/{ticket.number}/", view, session), f"ticket-{name}", view)
