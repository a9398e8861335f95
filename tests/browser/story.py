"""The story of a home transferred, one walk through real pages: find, apply, correct, decide, deliver, rate."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, override
from playwright.sync_api import Page, expect
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.accounts.models import Department
from civic.cases import tasks
from civic.cases.models import Case
from civic.ratings.models import Rating
from tests.browser.conftest import View, axe, no_chinese_left, no_sideways_scroll, picture, submit
from tests.factories import accounts as people
from tests.factories import cases as make
from tests.factories import documents
from tests.factories.catalogue import theme

PICTURED = (View("standard", 360), View("standard", 1280), View("elder", 360), View("english", 1280))
LOGGED_IN_BY_CODE = (View("standard", 360), View("standard", 360, script=False))
PHONE = "13800005678"
ENGLISH_NAMES = {
    "zrzy": "Natural Resources Bureau",
    "sw": "Tax Service",
    "zjj": "Housing Bureau",
    "rsj": "Human Resources Bureau",
}
CONTRACT = {
    "key": "contract",
    "name": "买卖合同",
    "name_en": "Contract of sale",
    "source": "APPLICANT",
    "required": True,
    "accept": ["image/jpeg", "image/png"],
    "max_files": 2,
    "note": "拍照即可，四角要拍全。",
    "note_en": "A photo will do; show all four corners.",
}
DEED = {**make.HOME["materials"][0], "name_en": "Existing certificate"}
HOMES = {
    **make.HOME["materials"][1],
    "name_en": "Statement of homes owned",
    "commitment_en": "The number of homes I have stated is true.",
}
QUESTION = {
    "key": "certificate",
    "question": "房屋有不动产权证书吗？",
    "question_en": "Does the home have a certificate?",
    "fact": "has_certificate",
    "type": "boolean",
    "op": "==",
    "value": True,
    "rule": "房屋已经登记",
    "rule_en": "The home is registered",
    "basis": "《不动产登记暂行条例》",
    "remedy": "请先办首次登记。",
    "remedy_en": "First apply for initial registration.",
}


class Story:
    """One walk in one view; one browser context for each person; every page passed is looked at."""

    def __init__(self, view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str]) -> None:
        self.view, self.visit, self.logged_in = view, visit, logged_in
        self.is_english = view.mode == "english"
        self.pages: dict[str, Page] = {}
        self.seen: set[str] = set()
        self.number = ""
        set_the_scene()
        self.wang = people.resident("王芳", phone=PHONE)
        self.staff = make.officials()

    def as_(self, who: str, path: str) -> Page:
        """Go to `path` as a visitor, as 王芳 or as one of the officials."""
        if who not in self.pages:
            account = {"visitor": None, "wang": self.wang}.get(who) or self.staff.get(who)
            self.pages[who] = self.visit(path, self.view, session=self.logged_in(account) if account else "")
            return self.pages[who]
        page = self.pages[who]
        page.goto(re.sub(r"(?<=\d)/.*", path, page.url))
        return page

    def look(self, page: Page, name: str) -> None:
        """Check the page once: axe, no sideways scrolling at 320 px, no Chinese left on an English page."""
        if name in self.seen:
            return
        self.seen.add(name)
        if self.view.script:
            axe(page)
            size = page.viewport_size
            no_sideways_scroll(page)
            page.set_viewport_size(size)
            if self.is_english:
                no_chinese_left(page)
        if self.view in PICTURED:
            picture(page, f"story/{self.view}/{len(self.seen):02d}-{name}")

    def say(self, chinese: str) -> str:
        """Return the words as this view shows them."""
        with override("en" if self.is_english else "zh-hans"):
            return gettext(chinese)

    def press(self, page: Page, chinese: str) -> None:
        submit(page, page.get_by_role("button", name=self.say(chinese), exact=True).first)


def set_the_scene() -> None:
    """Publish the service with a photo to bring and a question to answer; give the departments English names."""
    at = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
    for code, name in ENGLISH_NAMES.items():
        Department.objects.describe(code=code, name=make.departments()[code].name, name_en=name, by="test", at=at)
    theme("不动产登记", "Real estate")
    make.transfer_of_home(
        materials=[CONTRACT, DEED, HOMES],
        eligibility=[QUESTION],
        aliases=["房子过户"],
        fee={"amount": "0.00", "note": "不收费", "note_en": "No charge", "basis": ""},
        results=[{"name": "不动产权证书", "name_en": "Certificate of real estate", "kind": "LICENCE"}],
    )


def walk(story: Story, grade: int) -> None:
    """Walk the whole story; what is stored is checked on the way."""
    find(story)
    log_in(story)
    apply(story)
    ask_for_correction(story)
    correct(story)
    review(story)
    decide_and_deliver(story)
    follow(story)
    rate(story, grade)

    assert Case.objects.get().state == "DELIVERED"
    assert Rating.objects.get().grade == grade


def find(story: Story) -> None:
    page = story.as_("visitor", "/")
    story.look(page, "front")
    page.fill("#find", "房子过户")
    story.press(page, "搜索")
    story.look(page, "found")
    page.get_by_role("link", name="Register the transfer" if story.is_english else "不动产转移登记").first.click()
    expect(page).to_have_url(re.compile("/services/LA-ZR-001/$"))
    story.look(page, "service")
    page.goto(page.url + "eligibility/")
    page.check("[name=has_certificate][value=no]", force=True)
    story.press(page, "看结果")
    assert ("First apply" if story.is_english else "请先办首次登记") in page.inner_text("main")
    story.look(page, "not-eligible")
    page.check("[name=has_certificate][value=yes]", force=True)
    story.press(page, "看结果")
    story.look(page, "eligible")


def log_in(story: Story) -> None:
    """By a code read from the outbox, in one view with and one without JavaScript; elsewhere by a session."""
    if story.view not in LOGGED_IN_BY_CODE:
        return
    page = story.as_("visitor", "/apply/LA-ZR-001/")
    story.look(page, "log-in")
    page.fill("#phone", PHONE)
    page.click("main form button[type=submit] >> nth=0")
    page.wait_for_url("**/login/code/")
    outbox = page.context.new_page()
    outbox.goto(re.sub(r"(?<=\d)/.*", "/demo/outbox/", page.url))
    story.look(outbox, "outbox")
    code = re.search(r"(?<!\d)\d{6}(?!\d)", outbox.inner_text("tbody >> nth=0"))
    assert code is not None
    outbox.close()
    story.look(page, "code")
    page.fill("#code", code[0])
    page.click("main form button[type=submit] >> nth=0")
    expect(page).to_have_url(re.compile("/apply/LA-ZR-001/$"))
    story.pages["wang"] = story.pages.pop("visitor")


def apply(story: Story) -> None:
    page = story.as_("wang", "/apply/LA-ZR-001/")
    story.look(page, "start")
    story.press(page, "开始填写")
    story.press(page, "保存并继续")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    story.look(page, "form-errors")
    page.fill("[name=certificate]", make.FORM["certificate"])
    page.fill("[name=price]", "850000.00")
    story.press(page, "保存并继续")
    upload(story, page)
    page.check("[name=delivery][value=ELECTRONIC]", force=True)
    story.look(page, "delivery")
    story.press(page, "保存并继续")
    story.look(page, "check")
    assert "850000.00" in page.inner_text("main")
    story.press(page, "确认并提交")
    expect(page).to_have_url(re.compile(r"/my/cases/LA\w{18}/receipt/$"))
    story.look(page, "receipt")
    story.number = Case.objects.get().number
    assert story.number in page.inner_text(".c-receipt")


def upload(story: Story, page: Page) -> None:
    """Go on without the photo, be told so; bring it; commit instead of a proof."""
    story.press(page, "保存并继续")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    story.look(page, "materials-missing")
    photo = {"name": "合同.jpg", "mimeType": "image/jpeg", "buffer": documents.picture()}
    page.set_input_files("[name=contract]", files=[photo])
    page.check("[name=commitments]", force=True)
    story.press(page, "上传并留在本页")
    expect(page.get_by_role("link", name="合同.jpg")).to_be_visible()
    story.look(page, "materials")
    story.press(page, "保存并继续")


def ask_for_correction(story: Story) -> None:
    page = story.as_("clerk", "/office/cases/")
    story.look(page, "worklist")
    page.get_by_role("link", name=story.number).click()
    page.wait_for_load_state()
    open_details(page, "correction")
    page.select_option("#pointer-1", "/form/price")
    page.fill("#message-1", "成交价与合同不一致，请核对。")
    story.look(page, "office-case")
    story.press(page, "发出补正通知")
    assert Case.objects.get().state == "CORRECTION"


def correct(story: Story) -> None:
    page = story.as_("wang", f"/my/cases/{story.number}/")
    story.look(page, "my-case-to-correct")
    page.get_by_role("button", name=story.say("去补正")).click()
    page.wait_for_load_state()
    story.look(page, "correction")
    page.fill("[name=price]", "860000.00")
    story.press(page, "提交补正")
    assert Case.objects.get().state == "SUBMITTED"


def review(story: Story) -> None:
    """Accept; three departments agree side by side, then the register."""
    page = story.as_("clerk", f"/office/cases/{story.number}/")
    story.press(page, "受理")
    assert Case.objects.get().state == "IN_REVIEW"
    for who in ("handler", "tax", "housing", "handler"):
        page = story.as_(who, f"/office/cases/{story.number}/")
        story.look(page, f"task-of-{who}")
        story.press(page, "完成环节")
    assert list(Case.objects.get().tasks.values_list("state", flat=True)) == ["DONE"] * 4


def decide_and_deliver(story: Story) -> None:
    page = story.as_("leader", f"/office/cases/{story.number}/")
    open_details(page, "decision")
    page.check("[name=outcome][value=GRANTED]", force=True)
    page.fill("[name=reasons]", "材料齐全，权属清楚。")
    page.fill("[name=legal_basis]", "《不动产登记暂行条例》第十七条")
    story.look(page, "office-decision")
    story.press(page, "作出决定")
    assert Case.objects.get().state == "DECIDED"
    announce()
    assert Case.objects.get().state == "DELIVERED"
    page = story.as_("clerk", f"/office/cases/{story.number}/")
    assert page.get_by_role("button", name=story.say("已送达"), exact=True).count() == 0
    story.look(page, "office-delivered")


def follow(story: Story) -> None:
    page = story.as_("wang", f"/my/cases/{story.number}/")
    decision = page.locator("#decision ~ dl").first.inner_text()
    for words in ("材料齐全，权属清楚。", "《不动产登记暂行条例》第十七条", "行政复议", "行政诉讼"):
        assert words in decision
    assert page.get_by_role("button", name=story.say("打印或存为 PDF")).count() == (1 if story.view.script else 0)
    story.look(page, "my-case")
    page = story.as_("wang", f"/my/cases/{story.number}/clock/")
    story.look(page, "clock")
    page = story.as_("wang", "/my/cases/")
    story.look(page, "my-cases")
    page = story.as_("visitor", "/track/")
    page.fill("[name=number]", story.number)
    page.fill("[name=phone_tail]", PHONE[-4:])
    story.look(page, "track")
    story.press(page, "查询")
    assert story.number in page.inner_text("main")
    story.look(page, "tracked")


def rate(story: Story, grade: int) -> None:
    """The worker invites; 王芳 gives one of five grades."""
    announce()
    page = story.as_("wang", "/my/ratings/")
    story.look(page, "to-rate")
    page.locator(".c-results a").first.click()
    page.wait_for_load_state()
    assert page.locator("[name=grade]").count() == 5
    story.look(page, "rate")
    page.check(f"[name=grade][value='{grade}']", force=True)
    story.press(page, "提交评价")
    story.look(page, "rated")


def announce() -> None:
    """Do what the worker does with the jobs that tell and invite the applicant and deliver what is read online."""
    work = {task.name: task for task in (tasks.announce, tasks.invite, tasks.deliver)}
    for job in ProcrastinateJob.objects.filter(task_name__in=work, args__case=Case.objects.get().pk).order_by("pk"):
        work[job.task_name](**job.args)


def open_details(page: Page, action: str) -> None:
    """Open the part of the page that holds the form for `action`, unless it is open."""
    part = page.locator(f"details:has(form[action$='/{action}/'])").first
    if part.count() and part.get_attribute("open") is None:
        part.locator("summary").first.click()
