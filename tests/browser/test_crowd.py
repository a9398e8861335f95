"""Many voices about one matter on their pages: the centre's, the unit's and a joined caller's, in a real browser."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.hotline.models import Hotspot, Surge, Ticket
from civic.hotline.models.surge import Sign
from civic.hotline.services.intake import join
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture
from tests.factories import areas, hotline, supervision
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import DAY, HOUR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [View("standard", 1280), View("standard", 360), View("contrast", 1280), View("english", 1280)]
WATER = "翡翠园小区从昨天晚上八点开始停水，到现在没有恢复，老人小孩没有水喝，也没有人贴通知。"
GATE = (Decimal("116.522000"), Decimal("31.735000"))
INCIDENTS, SURGES = "/office/hotline/incidents/", "/office/hotline/surges/"


@pytest.fixture
def crowd(monkeypatch):
    """Four people without water, two of them joined already; a warning about it; what was found an hour ago."""
    hotline.city()
    jinan = areas.county("341502", "金安区")
    for door in ("office.incidents", "office.surges", "office.ticket", "portal.mine"):
        monkeypatch.setattr(f"civic.hotline.{door}.now", lambda: MONDAY + 3 * DAY)
    facts = {"title": "小区停水没人管", "detail": WATER, "point": GATE, "area": jinan, "category": hotline.category()}
    main = hotline.dispatched(by=resident("王芳"), **facts)
    for hours in (1, 30):
        hotline.ticket(by=resident("孙浩"), at=MONDAY + hours * HOUR, **facts | {"detail": f"您好，{WATER}请尽快。"})
    joined = hotline.ticket(by=resident("刘桂英"), **facts)
    joined.merge(parent=main, words="同一小区停水", by=hotline.gao_fei(), at=MONDAY + DAY)
    join(ticket=main, by=resident("周建国"), at=MONDAY + DAY)
    daily = [1 if day % 9 == 0 else 0 for day in range(56)] + [1, 0, 2, 3, 2, 5, 4]
    sign = Sign(hotline.category(), jinan, 15, [1, 0, 2, 1, 1, 0, 1, 1], daily, 3.2e-9, (MONDAY + 3 * DAY).date())
    Surge.objects.note(sign, watch=hotline.watch(), unit=hotline.unit(), at=MONDAY + 3 * DAY - HOUR)
    period = {"begun_at": MONDAY, "newest_at": MONDAY + 2 * DAY}
    spot = Hotspot(name="小区停水", place="翡翠园小区", tickets=[main.pk], people=5, heat=3.9, **period)
    Hotspot.objects.replace([spot], at=MONDAY + 3 * DAY)
    for named in (Department, Area):
        named.objects.filter(name_en="").update(name_en=Concat(Value("Office "), "code"))
    return main, joined


def look(page, name, view):
    page.set_viewport_size({"width": view.width, "height": 800})
    axe(page)
    picture(page, f"crowd-{name}-{view}")
    no_sideways_scroll(page)
    if view.mode == "english":
        no_chinese_left(page)


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_the_pages(visit, logged_in, crowd, view):
    main, joined = crowd
    surge = Surge.objects.get()
    gao_fei, ma_jun = logged_in(hotline.gao_fei()), logged_in(hotline.of_unit())

    look(visit(INCIDENTS, view, gao_fei), "incidents", view)
    look(visit(f"/office/hotline/tickets/{main.number}/", view, gao_fei), "main", view)
    look(visit(f"/office/hotline/tickets/{joined.number}/", view, gao_fei), "joined", view)
    look(visit(SURGES, view, ma_jun), "surges", view)
    look(visit(f"{SURGES}{surge.pk}/", view, ma_jun), "surge", view)
    look(visit(f"/my/requests/{joined.number}/", view, logged_in(joined.caller)), "my-joined", view)
    look(visit("/office/meetings/new/", view, logged_in(supervision.wu_gang())), "meeting", view)


@pytest.mark.parametrize("view", [View(), View(script=False), View(width=360)], ids=str)
def test_joining_and_dealing_with_a_warning_from_the_keyboard_and_without_javascript(visit, logged_in, crowd, view):
    main, _joined = crowd
    page = visit(INCIDENTS, view, logged_in(hotline.gao_fei()))
    form = page.locator("form", has=page.get_by_role("button", name="把勾选的并入主件")).first
    assert form.locator("input[name=child]:checked").count() == 2
    form.get_by_label("为什么是同一件事").fill("同一个小区停水")
    form.get_by_role("button", name="把勾选的并入主件").press("Enter")
    page.get_by_role("heading", name="2 件成功").wait_for()
    assert Ticket.objects.filter(parent=main, state="MERGED").count() == 3

    surge = Surge.objects.get()
    page = visit(f"{SURGES}{surge.pk}/", view, logged_in(hotline.of_unit()))
    page.get_by_role("button", name="接单，去看看").press("Enter")
    page.get_by_label("做了什么").fill("变压器故障，已抢修，今晚八点前恢复供水。")
    page.get_by_role("button", name="登记已处置").press("Enter")
    page.get_by_text("变压器故障，已抢修").wait_for()
    surge.refresh_from_db()
    assert surge.state == "DONE"
    assert surge.due_at - surge.raised_at < timedelta(days=5)
