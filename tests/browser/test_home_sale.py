"""A home changes hands without paper: a phone, the seller's wallet, three departments at once, the registrar."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from civic.accounts.models import Account
from civic.cases.models import Case, Task
from civic.instant.models import Onward, Ruling
from civic.licences.models import Licence
from tests.browser.conftest import View, first_and_last
from tests.browser.walk import Walk
from tests.factories import accounts as people
from tests.factories import cases, licences
from tests.factories import instant as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("departments")]
PHONE = View("standard", 360)
VIEWS = [PHONE, View("standard", 1280, script=False), View("elder", 360), View("english", 1280)]
WORK = frozenset(
    {
        "civic.instant.tasks.advise",
        "civic.instant.tasks.hear",
        "civic.instant.tasks.complete",
        "civic.licences.tasks.sign",
    }
)
HOME = "LA2023001"
STEPS = (("land", "handler"), ("tax", "tax"), ("house", "housing"))


class Sale(Walk):
    """王芳's and 周建国's phones, and the desks of five officials."""

    FOLDER, WORK = "home-sale", WORK

    def __init__(self, view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str]) -> None:
        self.version = make.city_service(make.HOME)
        self.wang, self.zhou = people.resident(**people.WANG_FANG), people.resident(**make.ZHOU_JIANGUO)
        self.staff = cases.officials()
        super().__init__(view, visit, logged_in, (self.wang, self.zhou, *self.staff.values()))


def fill_in(sale: Sale, who: Account) -> Page:
    """Go through the pages; but for the number of the home, everything that a department knows is there already."""
    page = sale.open("/apply/LA-ZR-001/", who)
    sale.press(page)
    page.fill("[name=property_id]", HOME)
    sale.press(page)
    expect(page.locator("[name=certificate_no]")).to_have_value("皖(2018)六安市不动产权第9023001号")
    expect(page.locator("[name=home_address]")).to_have_value("六安市金安区梅山路001号")
    expect(page.locator("[name=floor_area]")).to_have_value("89.60")
    expect(page.locator("[name=mortgage][value=none]")).to_be_checked()
    assert page.locator(".c-origin a[href*='/my/exchange/contest/']").count() == 4
    sale.look(page, "01-home")
    sale.press(page)
    expect(page.locator("[name=price]")).to_have_value("620000.00")
    expect(page.locator("[name=assessed_value]")).to_have_value("620000.00")
    expect(page.locator("[name=contract_no]")).to_have_value("HT2023001")
    page.check("[name=payment][value=cash]", force=True)
    sale.look(page, "02-sale")
    sale.press(page)
    return parties(sale, page)


def parties(sale: Sale, page: Page) -> Page:
    page.check("[name=other_kind][value=person]", force=True)
    page.fill("[name=other_phone]", "13800006666")
    if page.locator("[name=role][value=seller]").is_checked():
        page.fill("[name=other_name]", "王芳")
        expect(page.locator("[name=other_id_number]")).to_have_value(people.WANG_FANG["id_number"])
    else:
        expect(page.locator("[name=role][value=buyer]")).to_be_checked()
        expect(page.locator("[name=other_name]")).to_have_value("周建国")
        expect(page.locator("[name=other_id_number]")).to_have_value(make.ZHOU_JIANGUO["id_number"])
    sale.look(page, "03-parties")
    sale.press(page)
    page.check("[name=ownership][value=sole]", force=True)
    if not page.input_value("[name=homes_owned]"):
        page.fill("[name=homes_owned]", "0")
    page.check("[name=sole_home_of_seller][value=yes]", force=True)
    page.check("[name=held_years][value=over_5]", force=True)
    page.check("[name=certificate_form][value=electronic]", force=True)
    sale.press(page)
    page.check("[name=commitments]", force=True)
    sale.look(page, "04-papers")
    sale.press(page)
    page.check("[name=delivery][value=ELECTRONIC]", force=True)
    sale.press(page)
    sale.look(page, "05-check")
    sale.press(page)
    page.wait_for_url("**/my/cases/**")
    return page


def agree(sale: Sale, who: Account) -> None:
    wallet = sale.open("/my/licences/", who)
    wallet.locator("a[href*='/my/licences/requests/']").first.click()
    wallet.wait_for_load_state()
    sale.look(wallet, "07-asked")
    wallet.locator("form[action*='grant'] button").first.click()
    wallet.wait_for_load_state()


def at_the_desk(sale: Sale, case: Case, who: str, name: str = "") -> Page:
    """Find the case on the official's own worklist and open it."""
    page = sale.open("/office/cases/", sale.staff[who])
    page.locator(f"a[href='/office/cases/{case.number}/']").first.click()
    page.wait_for_load_state()
    if name:
        sale.look(page, name)
    return page


def finish(page: Page) -> None:
    page.locator("form[action*='/completion/'] button").click()
    page.wait_for_load_state()


def grant(sale: Sale, case: Case) -> Page:
    page = sale.open(f"/office/cases/{case.number}/", sale.staff["leader"])
    page.check("[name=outcome][value=GRANTED]", force=True)
    page.fill("[name=reasons]", "双方共同申请，权属清楚，税款缴清。")
    page.fill("[name=legal_basis]", "《中华人民共和国民法典》第二百零九条")
    page.locator("form[action$='/decision/'] button").last.click()
    page.wait_for_load_state()
    return page


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_the_home_is_the_buyers_when_both_have_applied_and_everybody_has_done_their_step(
    view: View, visit: Callable[..., Page], logged_in: Callable[..., str]
) -> None:
    sale = Sale(view, visit, logged_in)
    sold = licences.certificate_of(sale.zhou, HOME)
    fill_in(sale, sale.wang)
    sale.work()
    case = Case.objects.get()
    sale.look(sale.open(f"/my/cases/{case.number}/ruling/", sale.wang), "06-waiting")
    agree(sale, sale.zhou)
    sale.work()

    desk = at_the_desk(sale, case, "clerk")
    desk.locator("form[action$='/acceptance/'] button").click()
    desk.wait_for_load_state()
    desks = {step: at_the_desk(sale, case, who, f"08-{step}") for step, who in STEPS}  # all three at the same time
    expect(desks["tax"].locator("#advice")).to_contain_text("620,000.00" if view.mode == "english" else "620,000.00元")
    make.pay_deed_tax(HOME)
    desks["tax"].locator("form[action$='/ruling/renewal/'] button").click()
    desks["tax"].wait_for_load_state()
    sale.look(desks["tax"], "09-drawn-again")
    for step, _who in STEPS:
        finish(desks[step])
    finish(at_the_desk(sale, case, "handler"))
    sale.look(grant(sale, case), "10-granted")
    sale.work()
    told = sale.tell()

    case.refresh_from_db()
    sold.refresh_from_db()
    new = Licence.objects.get(case=case.number)
    assert (case.outcome, new.holder_name, new.state, sold.state) == ("GRANTED", "王芳", "VALID", "SUPERSEDED")
    assert told == ["zrzy.registration", "sw.deed_tax", "zjj.registration"]
    assert set(Onward.objects.values_list("state", flat=True)) == {"DONE"}
    over = sale.open(f"/my/cases/{case.number}/ruling/", sale.wang)
    sale.look(over, "11-done")
    over.locator(f"a[href='/my/licences/{new.token}/']").click()
    over.wait_for_load_state()
    sale.look(over, "12-certificate")


def test_where_the_seller_applied_the_certificate_is_in_the_buyers_wallet(
    visit: Callable[..., Page], logged_in: Callable[..., str]
) -> None:
    sale = Sale(PHONE, visit, logged_in)
    make.pay_deed_tax(HOME)
    fill_in(sale, sale.zhou)
    sale.work()
    agree(sale, sale.wang)
    sale.work()
    case = Case.objects.get()
    case.accept(by=sale.staff["clerk"], at=case.submitted_at)
    for step, who in (*STEPS, ("register", "handler")):
        Task.objects.get(case=case, key=step).complete(opinion="AGREE", by=sale.staff[who], at=case.submitted_at)

    grant(sale, case)
    sale.work()

    wallet = sale.open("/my/licences/", sale.wang)
    expect(wallet.locator("main")).to_contain_text("不动产权证书")
    expect(sale.open("/my/licences/", sale.zhou).locator("main")).not_to_contain_text("不动产权证书")
    sale.look(sale.open(f"/my/cases/{case.number}/ruling/", sale.zhou), "13-seller-done")


def test_with_a_source_down_the_official_is_told_what_is_unknown_and_draws_again(
    visit: Callable[..., Page], logged_in: Callable[..., str]
) -> None:
    sale = Sale(View("standard", 1280), visit, logged_in)
    case = make.apply(sale.version, by=sale.wang)
    make.break_down("sw")
    sale.work()
    case.accept(by=sale.staff["clerk"], at=case.submitted_at)

    desk = at_the_desk(sale, case, "tax", "14-source-down")
    expect(desk.locator("#advice")).to_contain_text("待核对")
    make.heal("sw")
    desk.locator("form[action$='/ruling/renewal/'] button").click()
    desk.wait_for_load_state()

    expect(desk.locator("#advice")).to_contain_text("契税已缴：否")
    sale.look(desk, "15-healed")
    assert Ruling.objects.filter(case=case).count() == 2


def test_a_leader_who_grants_too_early_is_told_why(visit: Callable[..., Page], logged_in: Callable[..., str]) -> None:
    sale = Sale(View("standard", 1280), visit, logged_in)
    case = make.apply(sale.version, by=sale.wang)
    sale.work()
    case.accept(by=sale.staff["clerk"], at=case.submitted_at)
    for step, who in (*STEPS, ("register", "handler")):
        Task.objects.get(case=case, key=step).complete(opinion="AGREE", by=sale.staff[who], at=case.submitted_at)

    page = grant(sale, case)

    expect(page.locator("main [role=alert]")).to_contain_text("「契税已缴」不符合（《中华人民共和国契税法》第十一条）")
    sale.look(page, "16-too-early")
    case.refresh_from_db()
    assert (case.state, Licence.objects.count()) == ("IN_REVIEW", 0)
