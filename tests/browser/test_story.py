"""The whole story in a real Chromium: find, apply, correct, three departments decide, deliver, track."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from civic.cases.models import Case
from tests.browser.conftest import View, axe, no_sideways_scroll, picture
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STORY_VIEWS = [
    View(mode, width, script)
    for mode in ("standard", "elder", "english")
    for width in (360, 1280)
    for script in (True, False)
]


class Story:
    """One walk through the story in one view; every page passed is checked and pictured."""

    def __init__(self, view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str]) -> None:
        self.view, self.visit, self.logged_in = view, visit, logged_in
        make.transfer_of_home()
        self.wang = people.resident("王芳", phone="13800005678")
        self.staff = make.officials()
        self.is_english = view.mode == "english"

    def open(self, path: str, who: Any = None) -> Page:
        return self.visit(path, self.view, session=self.logged_in(who) if who else "")

    def look(self, page: Page, name: str) -> None:
        """Check the page that is shown: axe, no sideways scrolling at 320 px, no Chinese left on an English page."""
        if self.view.script:
            axe(page)
            size = page.viewport_size
            no_sideways_scroll(page)
            page.set_viewport_size(size)
        picture(page, f"story/{self.view}/{name}")

    def press(self, page: Page, chinese: str, english: str) -> None:
        page.get_by_role("button", name=english if self.is_english else chinese, exact=True).first.click()
        page.wait_for_load_state()


@pytest.mark.parametrize("view", STORY_VIEWS, ids=str)
def test_the_story_of_a_home_transferred(view: View, visit: Callable[..., Page], logged_in: Callable[..., str]) -> None:
    story = Story(view, visit, logged_in)

    number = apply(story)
    correct(story, number)
    review(story, number)
    follow(story, number)

    assert Case.objects.get().state == "DELIVERED"


def apply(story: Story) -> str:
    page = story.open("/services/LA-ZR-001/", story.wang)
    story.look(page, "01-service")
    page.goto(page.url.replace("/services/", "/apply/"))
    story.look(page, "02-start")
    story.press(page, "开始填写", "Start")
    story.press(page, "保存并继续", "Save and continue")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    story.look(page, "03-form-errors")
    page.fill("[name=certificate]", "皖2020六安市不动产权第0001234号")
    page.fill("[name=price]", "850000.00")
    story.look(page, "04-form")
    story.press(page, "保存并继续", "Save and continue")
    page.check("[name=commitments]", force=True)
    story.look(page, "05-materials")
    story.press(page, "保存并继续", "Save and continue")
    page.check("[name=delivery][value=ELECTRONIC]", force=True)
    story.look(page, "06-delivery")
    story.press(page, "保存并继续", "Save and continue")
    story.look(page, "07-check")
    story.press(page, "确认并提交", "Confirm and send")
    expect(page).to_have_url(re.compile(r"/my/cases/LA\w{18}/receipt/$"))
    story.look(page, "08-receipt")
    assert Case.objects.count() == 1
    return page.url.split("/")[-3]


def correct(story: Story, number: str) -> None:
    page = story.open("/office/cases/", story.staff["clerk"])
    story.look(page, "10-worklist")
    page.get_by_role("link", name=number).click()
    open_details(page, "correction")
    page.select_option("#pointer-1", "/form/price")
    page.fill("#message-1", "成交价与合同不一致，请核对。")
    story.look(page, "11-office-case")
    story.press(page, "发出补正通知", "Send the correction request")
    assert Case.objects.get().state == "CORRECTION"

    page = story.open(f"/my/cases/{number}/", story.wang)
    story.look(page, "12-my-case-correction")
    page.goto(page.url + "correction/")
    page.fill("[name=price]", "860000.00")
    story.look(page, "13-correction")
    story.press(page, "提交补正", "Send the correction")
    assert Case.objects.get().state == "SUBMITTED"


def review(story: Story, number: str) -> None:
    page = story.open(f"/office/cases/{number}/", story.staff["clerk"])
    story.press(page, "受理", "Accept")
    assert Case.objects.get().state == "IN_REVIEW"
    for who in ("handler", "tax", "housing", "handler"):
        page = story.open(f"/office/cases/{number}/", story.staff[who])
        if who == "tax":
            story.look(page, "14-office-task")
        story.press(page, "完成环节", "Complete the task")
    page = story.open(f"/office/cases/{number}/", story.staff["leader"])
    open_details(page, "decision")
    page.check("[name=outcome][value=GRANTED]", force=True)
    page.fill("[name=reasons]", "材料齐全，权属清楚。")
    page.fill("[name=legal_basis]", "《不动产登记暂行条例》第十七条")
    story.look(page, "15-office-decision")
    story.press(page, "作出决定", "Decide")
    assert Case.objects.get().state == "DECIDED"
    page = story.open(f"/office/cases/{number}/", story.staff["clerk"])
    story.press(page, "已送达", "Delivered")


def follow(story: Story, number: str) -> None:
    page = story.open(f"/my/cases/{number}/", story.wang)
    story.look(page, "20-my-case")
    page.goto(page.url + "clock/")
    story.look(page, "21-clock")
    page.goto(page.url.replace(f"{number}/clock/", ""))
    story.look(page, "22-my-cases")
    page = story.open("/track/")
    page.fill("[name=number]", number)
    page.fill("[name=phone_tail]", "5678")
    story.look(page, "23-track")
    story.press(page, "查询", "Look up")
    story.look(page, "24-tracked")
    assert number in page.content()


def open_details(page: Page, action: str) -> None:
    """Open the part of the page that holds the form for `action`."""
    page.locator(f"details:has(form[action$='/{action}/']) summary").first.click()
