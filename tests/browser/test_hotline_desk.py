"""The hotline's officials at their pages, from the seat to a second handling, in a real browser."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.hotline.models import Ticket
from civic.hotline.states import TicketState
from tests.browser.conftest import View, axe, no_chinese_left, no_sideways_scroll, picture
from tests.factories import hotline
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import ANSWER, DAY, HOUR

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


@pytest.mark.parametrize("view", LOOKED_AT, ids=str)
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


@pytest.mark.parametrize("view", LOOKED_AT, ids=str)
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


@pytest.mark.parametrize("view", [View(), View(script=False), View(width=360)], ids=str)
def test_from_the_seat_to_a_second_handling(visit, logged_in, clock, view):
    sessions = {
        "linxia": logged_in(hotline.lin_xia()),
        "gaofei": logged_in(hotline.gao_fei()),
        "xuhui": logged_in(hotline.xu_hui()),
        "majun": logged_in(hotline.of_unit()),
        "qianwei": logged_in(hotline.of_unit("钱伟", "jaq")),
    }
    page = visit(SEAT, view, sessions["linxia"])
    for name, typed in (
        ("phone", "13800005678"),
        ("name", "王芳"),
        ("title", "梅山路路灯不亮"),
        ("detail", hotline.LAMP),
    ):
        page.locator(f"#{name}").fill(typed)
    page.get_by_role("button", name="登记，等待分派").click()
    page.get_by_text("等待分派。").wait_for()
    ticket = Ticket.objects.get()

    def at(who, after):
        clock.after = after
        return visit(f"{LIST}tickets/{ticket.number}/", view, sessions[who])

    def fold(opened, title):
        part = opened.locator("details", has=opened.locator("summary", has_text=title)).first
        if part.get_attribute("open") is None:
            part.locator("summary").click()
        return part

    def pressed(opened, button, state):
        opened.get_by_role("button", name=button, exact=True).first.click()
        opened.get_by_text("这一步已办好。").wait_for()
        axe(opened) if view.script else None
        ticket.refresh_from_db()
        assert ticket.state == state

    pressed(at("gaofei", HOUR), "分派", TicketState.DISPATCHED)

    page = at("majun", 2 * HOUR)
    part = fold(page, "退单：不归本单位办理")
    part.get_by_label("退单理由").fill("这段路由金安区养护。")
    part.get_by_label("职责依据").fill("2024年养护移交清单")
    part.get_by_label("应当由哪个单位办理").select_option("jaq")
    pressed(page, "退单", TicketState.OBJECTED)

    page = at("gaofei", 3 * HOUR)
    assert page.get_by_label("改派给").input_value() == "jaq"
    page.get_by_label("审核意见").fill("同意退单，改派金安区。")
    pressed(page, "同意退单，改派", TicketState.DISPATCHED)

    pressed(at("qianwei", 4 * HOUR), "签收", TicketState.HANDLING)
    page = at("qianwei", 5 * HOUR)
    part = fold(page, "记录联系来电人")
    part.get_by_label("联系上了", exact=True).check()
    part.get_by_label("说了什么").fill("约定明天维修。")
    pressed(page, "记录联系", TicketState.HANDLING)

    page = at("qianwei", DAY)
    part = fold(page, "答复")
    part.get_by_label("答复内容").fill(ANSWER)
    part.get_by_label("办理结果").select_option("SOLVED")
    part.get_by_role("button", name="看质量提示").click()
    page.get_by_text("在期限内").first.wait_for()
    pressed(page, "提交审核", TicketState.REPLIED)

    page = at("xuhui", DAY + HOUR)
    page.get_by_label("审核意见").fill("没有说谁来检查。")
    pressed(page, "退回重办", TicketState.HANDLING)
    page = at("qianwei", DAY + 2 * HOUR)
    part = fold(page, "答复")
    part.get_by_label("答复内容").fill(ANSWER + "由金安区城管局每周检查。")
    part.get_by_label("办理结果").select_option("SOLVED")
    pressed(page, "提交审核", TicketState.REPLIED)
    pressed(at("xuhui", DAY + 3 * HOUR), "审核通过，答复来电人", TicketState.REVISIT)

    page = at("xuhui", DAY + 4 * HOUR)
    page.get_by_label("联系过", exact=True).check()
    page.get_by_label("解决了", exact=True).check()
    page.get_by_label("2 不满意").check()
    pressed(page, "记录回访", TicketState.REVISIT)
    pressed(at("xuhui", DAY + 4 * HOUR), "办结", TicketState.CLOSED)

    page = at("xuhui", 2 * DAY)
    fold(page, "二次办理").get_by_label("为什么要再办一次").fill("当晚又不亮了。")
    pressed(page, "转二次办理", TicketState.DISPATCHED)
    assert ticket.round == 2
    picture(page, f"hotline-second-{view}")
