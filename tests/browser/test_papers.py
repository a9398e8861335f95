"""A paper is asked for once: who has the licence agrees and uploads nothing, who has none uploads a photo."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from civic.accounts.models import Department
from civic.cases.models import Case
from civic.licences.models import Use, UseRequest
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture, submit
from tests.factories import catalogue, documents, wallet
from tests.factories.accounts import MONDAY, department, official
from tests.factories.licences import licence_type

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [
    View("standard", 360), View("standard", 360, script=False), View("standard", 1280), View("elder", 360),
    View("english", 1280),
]  # fmt: skip
CONTENT: dict[str, Any] = {
    "name": "继承不动产登记",
    "name_en": "Register an inherited home",
    "department": "zrzy",
    "materials": [
        {"key": "identity", "name": "居民身份证", "name_en": "Resident ID card", "source": "LICENCE",
         "licence_type": "id_card"},
        {"key": "wedding", "name": "结婚证", "name_en": "Marriage certificate", "source": "LICENCE",
         "licence_type": "marriage_certificate"},
        {"key": "plan", "name": "权籍调查信息", "name_en": "Land survey", "source": "EXCHANGE"},
    ],
    "form": {
        "type": "object",
        "x-pages": [{"key": "home", "title": "房屋", "title_en": "Home", "fields": ["spouse"]}],
        "required": ["spouse"],
        "properties": {
            "spouse": {"type": "string", "title": "配偶姓名", "title_en": "Name of the spouse", "x-personal": "name",
                       "x-source": {"licence": "marriage_certificate", "field": "spouse_name"}},
        },
    },
    "steps": [],
    "decision": {"department": "zrzy"},
    "delivery": ["ELECTRONIC"],
}  # fmt: skip


class Walk:
    """王芳 with her phone, and 李强 at the bureau."""

    def __init__(self, view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str], name: str) -> None:
        self.view, self.visit, self.logged_in, self.name = view, visit, logged_in, name
        home = department("zrzy", "六安市自然资源和规划局")
        Department.objects.describe(code="zrzy", name=home.name, name_en="Natural Resources Bureau", by="t", at=MONDAY)
        licence_type("marriage_certificate")
        licence_type("id_card")
        catalogue.published_service("LA-ZR-002", **CONTENT)
        self.wang = wallet.wang()
        self.li = official("李强", department=home, roles=["window_clerk", "unit_handler"])

    def open(self, path: str, who: Any = None) -> Page:
        return self.visit(path, self.view, session=self.logged_in(who or self.wang))

    def look(self, page: Page, name: str) -> None:
        if self.view.script:
            axe(page)
            size = page.viewport_size
            no_sideways_scroll(page)
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if self.view.mode == "english":
                no_chinese_left(page)
        picture(page, f"papers/{self.view}/{self.name}-{name}")

    def press(self, page: Page, last: bool = True) -> None:
        buttons = page.locator("main form button[type=submit], main form button:not([type])")
        submit(page, buttons.last if last else buttons.first)


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_who_does_not_hold_the_licence_uploads_a_photo(visit, logged_in, view: View) -> None:
    walk = Walk(view, visit, logged_in, "not-held")
    old = wallet.own_licence("marriage_certificate", at=now() - timedelta(days=40))
    type(old).objects.filter(pk=old.pk).update(valid_until=(now() - timedelta(days=3)).date())

    page = walk.open("/apply/LA-ZR-002/")
    walk.look(page, "1-start")
    walk.press(page)
    page.fill("[name=spouse]", "孙浩" if view.mode != "english" else "Sun Hao")
    walk.press(page)
    walk.press(page)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    walk.look(page, "2-missing")
    photo = {"name": "wedding.jpg", "mimeType": "image/jpeg", "buffer": documents.picture()}
    page.set_input_files("[name=wedding]", files=[photo])
    walk.press(page)
    walk.look(page, "3-check")
    walk.press(page)

    case = Case.objects.get()
    assert list(case.latest_submission.documents) == ["wedding"]
    assert Use.objects.count() == 0
    walk.look(walk.open(f"/office/cases/{case.number}/", walk.li), "4-office")


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_who_holds_the_licence_sees_what_is_shared_agrees_and_uploads_nothing(visit, logged_in, view: View) -> None:
    walk = Walk(view, visit, logged_in, "held")
    held = wallet.own_licence("marriage_certificate", at=now())

    page = walk.open("/apply/LA-ZR-002/")
    walk.look(page, "1-start")
    walk.press(page)  # every answer is there already: the first page with something to do is that of the materials
    walk.look(page, "2-asked")
    page.locator(".govuk-back-link").click()
    assert page.input_value("[name=spouse]") == "配偶姓名示范"
    walk.look(page, "3-filled")
    walk.press(page)
    page.check("[name=licences]", force=True)
    walk.press(page)
    walk.look(page, "4-check")
    walk.press(page)

    case, use = Case.objects.get(), Use.objects.get()
    assert (case.latest_submission.documents, use.licence, use.case) == ({}, held, case.number)
    walk.look(walk.open(f"/my/cases/{case.number}/"), "5-my-case")
    office = walk.open(f"/office/cases/{case.number}/", walk.li)
    walk.look(office, "6-office")
    walk.look(walk.open(f"/office/licences/uses/{use.handle}/", walk.li), "7-look")
    walk.look(walk.visit(f"/v/{held.code}", view), "7-verified-by-a-stranger")
    walk.look(walk.open("/my/licences/uses/"), "8-uses")
    page = walk.open(f"/my/licences/requests/{UseRequest.objects.get().handle}/")
    walk.look(page, "9-yes")
    walk.press(page)
    walk.look(page, "10-withdrawn")
    assert UseRequest.objects.get().state == "WITHDRAWN"
    office.reload()
    walk.look(office, "11-office-withdrawn")
