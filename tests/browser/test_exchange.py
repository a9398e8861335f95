"""Data sharing as people see it: the public lists, who asked for my data, contesting it, and the officials' pages."""

import pytest
from playwright.sync_api import expect

from civic.exchange.services import draw
from tests.browser.conftest import SCRIPTED_VIEWS, View, axe, first_and_last, no_sideways_scroll, picture
from tests.factories import exchange as make
from tests.factories.accounts import MONDAY, official
from tests.factories.exchange import THREE, context

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _on_monday(monkeypatch):
    for door in ("portal", "office.sources", "office.demands", "office.contests"):
        monkeypatch.setattr(f"civic.exchange.{door}.now", lambda: MONDAY)


@pytest.fixture
def sources(monkeypatch):
    make.city()
    return make.sources(monkeypatch)


def look(page, name, view):
    axe(page)
    picture(page, f"{name}-{view}")
    no_sideways_scroll(page)


@pytest.mark.parametrize("view", first_and_last(SCRIPTED_VIEWS), ids=str)
def test_the_pages_of_a_resident(visit, logged_in, sources, view):
    wang = make.wang_fang()
    contest = make.contest(by=wang)
    draw(THREE, context=context(for_=wang), at=MONDAY)
    session = logged_in(wang)

    look(visit("/exchange/?list=demands", view), "exchange-demands", view)
    look(visit("/exchange/?list=never", view), "exchange-never", view)
    look(visit("/my/exchange/", view, session), "exchange-mine", view)
    look(visit(f"/my/exchange/{contest.call.handle}/contest/", view, session), "exchange-contest", view)
    look(visit(f"/my/contests/{contest.handle}/", view, session), "exchange-contested", view)


@pytest.mark.parametrize("view", [v for v in SCRIPTED_VIEWS if v.mode in ("standard", "english")], ids=str)
def test_the_pages_of_officials(visit, logged_in, sources, view):
    contest = make.contest(by=make.wang_fang())
    demand = make.demand(by=official(department=make.office_of("rsj")))
    sources.say("house", "TIMEOUT")
    for _ in range(3):
        draw(THREE, context=context(), at=MONDAY)
    steward = official("吴刚", department=make.office_of("sjzy"), roles=("supervisor", "data_steward"))
    session = logged_in(steward)

    look(visit("/office/exchange/", view, session), "exchange-board", view)
    look(visit("/office/exchange/calls/", view, session), "exchange-calls", view)
    look(visit(f"/office/exchange/calls/{contest.call.handle}/", view, session), "exchange-call", view)
    look(visit(f"/office/exchange/demands/{demand.pk}/", view, session), "exchange-demand", view)
    look(visit("/office/exchange/demands/new/?resource=zrzy.land", view, session), "exchange-demand-new", view)
    look(visit(f"/office/exchange/contests/{contest.pk}/", view, session), "exchange-answer", view)


def test_a_person_contests_an_address_without_javascript(visit, logged_in, sources):
    wang = make.wang_fang()
    make.call(for_=wang)
    page = visit("/my/exchange/", View(width=360, script=False), logged_in(wang))

    page.get_by_role("link", name="有一项不对").first.click()
    page.get_by_label("户籍地址").check()
    page.get_by_label("应该是怎样的").fill("去年已经搬到裕安区。")
    page.get_by_role("button", name="请来源部门核实").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("人口基本信息：户籍地址")
    expect(page.locator("main")).to_contain_text("去年已经搬到裕安区。")
