"""A consultation in a real browser: drafted, published, spoken on, supported, moderated, written anew with opinions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate, now
from playwright.sync_api import Page, expect

from civic.accounts.models import Account, Department
from civic.consultation.models import Consultation, Opinion
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture, submit
from tests.factories import accounts as people
from tests.factories import areas
from tests.factories import consultation as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [
    View("standard", 1280),
    View("standard", 360),
    View("elder", 360),
    View("english", 360),
    View("contrast", 1280),
    View("standard", 360, script=False),
]
NEAR = "投放时间太短了，上夜班的人赶不上，希望延长到晚上九点。"


class Walk:
    """One walk in one view; every page is looked at."""

    def __init__(self, view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str]) -> None:
        self.view, self.visit, self.logged_in = view, visit, logged_in
        self.pages: dict[int, Page] = {}
        self.n = 0

    def go(self, path: str, who: Account | None = None) -> Page:
        key = who.pk if who is not None else 0
        if key not in self.pages:
            self.pages[key] = self.visit(path, self.view, session=self.logged_in(who) if who is not None else "")
        else:
            page = self.pages[key]
            page.goto("/".join(page.url.split("/")[:3]) + path)
        return self.pages[key]

    def look(self, page: Page, name: str) -> None:
        expect(page.locator("h1")).to_be_visible()
        self.n += 1
        if self.view.script:
            size = page.viewport_size
            axe(page)
            if self.view.mode == "english":
                no_chinese_left(page)
            no_sideways_scroll(page)
            page.set_viewport_size(size)  # type: ignore[arg-type]
        picture(page, f"consultation/{self.view}/{self.n:02d}-{name}")


@pytest.fixture
def walk(visit: Callable[..., Page], logged_in: Callable[[Any], str], request: pytest.FixtureRequest) -> Walk:
    return Walk(request.param, visit, logged_in)


def draft_and_publish(walk: Walk) -> Consultation:
    """钱伟 drafts, 方岚 publishes: first for too short a time."""
    page = walk.go("/office/consultations/new/", make.qian_wei())
    plan = make.plan()
    page.fill("#title", plan.title)
    page.fill("#summary", plan.summary)
    page.fill("#reasons", plan.reasons)
    page.locator("input[name=moderation][value=AFTER]").check()
    walk.look(page, "new")
    submit(page, page.locator("main form button"))
    made = Consultation.objects.get()
    page.locator("details", has=page.locator("#text")).locator("summary").click()
    page.fill("#text", make.FIRST)
    page.locator("form[action$='/version/'] button").click()
    walk.look(page, "drafted")
    page = walk.go(f"/office/consultations/{made.pk}/", make.fang_lan())
    today = localdate(now())
    page.fill("#closes_on", (today + timedelta(days=10)).isoformat())
    page.locator("form[action$='/publish/'] button").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    walk.look(page, "too-short")
    page.fill("#closes_on", (today + timedelta(days=31)).isoformat())
    page.locator("form[action$='/publish/'] button").click()
    walk.look(page, "published")
    made.refresh_from_db()
    assert made.state == "PUBLISHED"
    return made


def speak_and_support(walk: Walk, run: Consultation, wang_fang: Account, li_qiang: Account) -> None:
    """王芳 speaks; 李强 writes nearly the same, and supports hers instead; then he says something of his own."""
    page = walk.go(f"/consultations/{run.pk}/")
    walk.look(page, "draft")
    page = walk.go(f"/consultations/{run.pk}/say/?on={make.HOURS}", wang_fang)
    page.fill("#words", "短")
    page.locator("form[action$='/say/'] button").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.fill("#words", make.HOURS_WORDS)
    walk.look(page, "say")
    page.locator("form[action$='/say/'] button").click()
    walk.look(page, "mine")
    page = walk.go(f"/consultations/{run.pk}/say/?on={make.HOURS}", li_qiang)
    page.fill("#words", NEAR)
    if walk.view.script:
        expect(page.locator("#near")).to_contain_text(make.HOURS_WORDS)
        walk.look(page, "near-while-typing")
    page.locator("form[action$='/say/'] button").click()
    expect(page.locator("main")).to_contain_text(NEAR)  # what was typed is not lost
    walk.look(page, "already-said")
    page.locator("button[name=side][value=SUPPORT]").click()
    expect(page.locator("button[name=side][value=NONE]")).to_be_visible()
    walk.look(page, "supported")
    page.goto(page.url.split("/consultations/")[0] + f"/consultations/{run.pk}/say/?on=art3.p1.i1")
    page.fill("#words", make.FINE_WORDS)
    page.locator("form[action$='/say/'] button").click()
    expect(page.locator("h1")).to_be_visible()
    hers = Opinion.objects.get(author=wang_fang.person)
    assert (hers.reception.supports, Opinion.objects.count()) == (1, 2)


def moderate(walk: Walk, run: Consultation, zhao_yun: Account) -> None:
    """An advertisement is kept back, its author appeals, the appeal is turned down by the head of the unit."""
    advert = make.opinion(run, "本店出售垃圾桶，价格优惠，欢迎选购。", anchor="", by=zhao_yun, at=now())
    page = walk.go(f"/office/opinions/{advert.pk}/", make.qian_wei())
    walk.look(page, "moderating")
    page.locator("input[name=ground][value=ADVERTISING]").check()
    page.fill("#hold_back-words", "这是广告，没有说草案。")
    page.locator("form[action$='/hold_back/'] button").click()
    walk.look(page, "held-back")
    page = walk.go("/my/opinions/", zhao_yun)
    walk.look(page, "my-held")
    page.locator("form[action$='/appeal/'] textarea").fill("垃圾桶与垃圾分类有关。")
    page.locator("form[action$='/appeal/'] button").click()
    walk.look(page, "appealed")
    page = walk.go(f"/office/consultations/{run.pk}/opinions/", make.fang_lan())
    walk.look(page, "worklist")
    page.locator("table a").first.click()
    page.fill("#uphold-words", "仍然是广告。")
    page.locator("form[action$='/uphold/'] button").click()
    walk.look(page, "upheld")
    walk.look(walk.go(f"/consultations/{run.pk}/moderation/"), "log")


def enter_what_was_said(walk: Walk, run: Consultation) -> None:
    page = walk.go(f"/office/consultations/{run.pk}/enter/", make.qian_wei())
    page.select_option("#source", "MEETING")
    page.fill("#number", "2026-01")
    page.fill("#collected_at", "中市街道社区中心")
    page.fill("#collected_on", localdate(now()).isoformat())
    page.fill("#lines", "12")
    page.fill("#line", "1")
    page.fill("#words", "老人看不清标识，字要大。")
    walk.look(page, "enter")
    page.locator("form[action$='/enter/'] button").click()
    walk.look(page, "next-line")
    assert Opinion.objects.get(source="MEETING").public_words == "老人看不清标识，字要大。"


@pytest.mark.parametrize("walk", first_and_last(VIEWS), ids=str, indirect=True)
def test_a_draft_is_published_spoken_on_moderated_and_written_anew(walk: Walk) -> None:
    areas.city()
    wang_fang, li_qiang, zhao_yun = people.resident(), people.resident("李强"), people.resident("赵云")
    make.bureau()
    Department.objects.filter(name_en="").update(name_en="Urban Management Bureau")

    run = draft_and_publish(walk)
    speak_and_support(walk, run, wang_fang, li_qiang)
    moderate(walk, run, zhao_yun)
    enter_what_was_said(walk, run)
    page = walk.go(f"/office/consultations/{run.pk}/", make.qian_wei())
    page.locator("details", has=page.locator("#text")).locator("summary").click()
    page.fill("#text", make.SECOND)
    page.fill("#note", "延长投放时间，增加指导员。")
    page.locator("form[action$='/version/'] button").click()
    walk.look(page, "second-version")

    walk.look(walk.go("/consultations/"), "list")
    page = walk.go(f"/consultations/{run.pk}/", li_qiang)
    walk.look(page, "second-draft")
    page = walk.go(f"/consultations/{run.pk}/opinions/?on=art3.p2&order=top")
    expect(page.locator("main")).to_contain_text(make.HOURS_WORDS)  # carried from the clause as it was
    walk.look(page, "carried")
    page = walk.go(f"/consultations/{run.pk}/versions/")
    expect(page.locator("ins").first).to_be_visible()
    walk.look(page, "differences")
    walk.look(walk.go("/office/consultations/", make.qian_wei()), "office-list")
    walk.look(walk.go("/my/opinions/", wang_fang), "mine-carried")
