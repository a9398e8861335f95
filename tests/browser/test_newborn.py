"""A mother registers her newborn on a phone, the father agrees in his wallet, a stranger checks the page."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from civic.cases.models import Case
from civic.instant.models import Onward, Ruling
from civic.licences.models import Licence
from tests.browser.conftest import View, first_and_last
from tests.browser.walk import Walk
from tests.factories import instant as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("departments")]
PHONE = View("standard", 360)
VIEWS = [PHONE, View("standard", 360, script=False), View("elder", 360), View("english", 1280)]
WORK = frozenset(
    {
        "civic.instant.tasks.rule",
        "civic.instant.tasks.hear",
        "civic.instant.tasks.complete",
        "civic.licences.tasks.sign",
    }
)


class Home(Walk):
    """王芳's and 孙浩's phones, and whoever looks at the page later."""

    FOLDER, WORK = "newborn", WORK

    def __init__(self, view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str]) -> None:
        self.version = make.newborn_service()
        self.mother, self.father = make.parents()
        super().__init__(view, visit, logged_in, (self.mother, self.father))

    def work(self) -> None:
        """Do what the worker does, and tell the departments that follow."""
        super().work()
        self.tell()


def fill_in(home: Home) -> Page:
    """Go through the pages; what the city knows is there already."""
    page = home.open("/apply/LA-GA-001/", home.mother)
    home.press(page)
    page.check("[name=birth_path][value=hospital]", force=True)
    expect(page.locator("[name=certificate_no]")).to_have_value("T340000001")
    home.look(page, "1-birth")
    home.press(page)
    page.fill("[name=child_name]", "孙小雨")
    page.check("[name=child_surname_of][value=father]", force=True)
    page.check("[name=ethnic_group][value=father]", force=True)
    home.press(page)
    page.check("[name=applicant_role][value=mother]", force=True)
    page.check("[name=other_parent][value=yes]", force=True)
    page.check("[name=other_parent_document][value=id_card]", force=True)
    expect(page.locator("[name=other_parent_name]")).to_have_value("孙浩")
    expect(page.locator("[name=other_parent_id_number]")).to_have_value("341503198812120019")
    home.look(page, "2-parents")
    home.press(page)
    page.check("[name=household_of][value=mother]", force=True)
    home.press(page)
    page.check("[name=together][value=all]", force=True)
    home.press(page)
    page.check("[name=commitments]", force=True)
    home.press(page)
    if "delivery" in page.url:
        page.check("[name=delivery][value=ELECTRONIC]", force=True)
        home.press(page)
    home.look(page, "3-check")
    home.press(page)
    page.wait_for_url("**/ruling/")
    return page


def agree(home: Home) -> None:
    wallet = home.open("/my/licences/", home.father)
    wallet.locator("a[href*='/my/licences/requests/']").first.click()
    wallet.wait_for_load_state()
    home.look(wallet, "5-asked")
    wallet.locator("form[action*='grant'] button, button[formaction*='grant']").first.click()
    wallet.wait_for_load_state()


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_the_page_is_there_when_the_father_has_agreed_and_a_stranger_can_check_it(
    view: View, visit: Callable[..., Page], logged_in: Callable[..., str]
) -> None:
    home = Home(view, visit, logged_in)
    page = fill_in(home)
    home.work()
    waiting = home.open(page.url.partition("/my/")[1] + page.url.partition("/my/")[2], home.mother)
    assert Ruling.objects.get().state == "WAITING"
    home.look(waiting, "4-waiting")

    agree(home)
    home.work()

    case, licence = Case.objects.get(), Licence.objects.get()
    assert (case.state, case.outcome, licence.state) == ("DECIDED", "GRANTED", "VALID")
    assert set(Onward.objects.values_list("state", flat=True)) == {"DONE"}
    granted = home.open(f"/my/cases/{case.number}/ruling/", home.mother)
    home.look(granted, "6-granted")
    granted.locator(f"a[href='/my/licences/{licence.token}/']").click()
    granted.wait_for_load_state()
    home.look(granted, "7-page")

    found = home.open(stranger_scans(granted))
    assert licence.shown_code in found.locator("main").inner_text()
    home.look(found, "8-stranger")


def stranger_scans(page: Page) -> str:
    """Return the path behind the QR code on the page as a camera sees it."""
    shot = Image.open(BytesIO(page.screenshot(full_page=True)))
    read = [found.text for found in zxingcpp.read_barcodes(shot.resize((shot.width * 3, shot.height * 3)))]
    (address,) = [text for text in read if "/v/" in text]
    return "/v/" + address.partition("/v/")[2]


@pytest.mark.parametrize("department", ["wjw", "gaj", "mzj"])
def test_with_a_source_down_the_application_is_taken_in_and_a_person_has_it_with_the_reason(
    department: str, visit: Callable[..., Page], logged_in: Callable[..., str]
) -> None:
    home = Home(PHONE, visit, logged_in)
    page = fill_in(home)
    make.break_down(department)

    home.work()

    case = Case.objects.get()
    assert (case.state, Ruling.objects.get().state) == ("SUBMITTED", "HANDED_OVER")
    assert case.latest_submission.form["child_name"] == "孙小雨"
    told = home.open(f"/my/cases/{case.number}/ruling/", home.mother)
    expect(told.locator("main")).to_contain_text("有的情况需要工作人员核对，已经转交，您不用重新提交。")
    expect(told.locator("main")).to_contain_text("来源部门的系统")
    home.look(told, f"9-{department}-down")
    del page
