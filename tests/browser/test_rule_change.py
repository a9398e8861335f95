"""A clerk changes a limit, sees what no longer comes out, mends it, looks at the past; another publishes."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from civic.accounts.models import Department
from civic.catalogue.models import Version
from civic.catalogue.pack.city import read_pack
from tests.browser.conftest import ROOT, View, axe, no_chinese_left, no_sideways_scroll, picture
from tests.factories import accounts
from tests.factories import catalogue as factory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "LA-MZ-002"
OFFICE = f"/office/catalogue/{CODE}"
PARTS = ["rules", "facts", "conditions", "examples", "consent", "onward", "offer", "before"]


def usual() -> dict[str, Any]:
    return dict(read_pack(ROOT / "cities" / "luan").services[CODE].content["rules"]["usual"])


def past(code: str) -> list[tuple[str, dict[str, Any], str]]:
    return [("LA20260001", usual(), "GRANT"), ("LA20260002", {**usual(), "age_years": 90}, "GRANT")]


def session(name: str, department: str, role: str) -> str:
    client = Client()
    client.force_login(accounts.official(name, department=accounts.department(department), roles=(role,)))
    return str(client.session.session_key)


@pytest.fixture
def clerk(db: Any, settings: Any) -> str:
    settings.RULE_REPLAY_SOURCE = "tests.browser.test_rule_change.past"
    content = read_pack(ROOT / "cities" / "luan").services[CODE].content
    for code in sorted({"mzj", *(step["department"] for step in content["steps"])}):
        english = {"name_en": f"Department {code}", "area": None, "phone": ""}
        Department.objects.describe(code=code, name=f"六安市{code}局", by="test", at=factory.MONDAY, **english)
    factory.published_service(code=CODE, **{**content, "places": []})
    return session("李强", "mzj", "catalogue_clerk")


@pytest.mark.parametrize(("width", "script"), [(360, False), (1280, True)])
def test_a_changed_limit_goes_from_the_table_to_the_citizens(visit: Any, clerk: str, width: int, script: bool) -> None:
    page = visit(f"{OFFICE}/", View(width=width, script=script), session=clerk)
    name = f"rules-{width}"
    page.get_by_role("button", name="起草新版本").click()

    page.get_by_role("link", name="规则表").click()
    page.locator("#row-0 summary").click()
    page.fill("[name='0-when']", "age_years: >= 85")
    page.fill("[name='0-words']", "年满85周岁")
    picture(page, f"{name}-1-table")
    page.get_by_role("button", name="保存").last.click()
    page.get_by_text("发布前还要改正").wait_for()
    picture(page, f"{name}-2-desk")

    page.get_by_role("link", name="规则试算台").first.click()
    page.get_by_text("个例子没有通过，现在不能发布").wait_for()
    picture(page, f"{name}-3-bench")
    page.get_by_role("link", name="修改 刚满80岁").click()
    page.locator("[name='1-facts']").wait_for()  # its box is open

    page.fill("[name='1-name']", "刚满85岁")
    page.fill("[name='1-facts']", "age_years = 85")
    page.get_by_role("button", name="保存").last.click()
    page.get_by_text("已存入草稿").wait_for()  # another example still fails, and is marked
    picture(page, f"{name}-4-examples")
    for box in page.locator(".govuk-form-group--error").all():
        assert "没有通过" in box.inner_text()
    for row in range(14):
        facts = page.locator(f"[name='{row}-facts']")
        if "age_years" not in facts.input_value():
            if not facts.is_visible():
                page.locator(f"#row-{row} summary").click()
            facts.fill("age_years = 86\n" + facts.input_value())
    page.get_by_role("button", name="保存").last.click()
    page.get_by_text("草稿没有错误，可以发布").wait_for()

    page.get_by_role("link", name="规则试算台").first.click()
    page.get_by_role("link", name="看过去的办件按这一版会怎样").click()
    page.get_by_text("重演了 2 件，其中 1 件结果不同").wait_for()
    page.get_by_text("LA20260001").wait_for()
    picture(page, f"{name}-5-replay")

    other = visit(f"{OFFICE}/", View(width=width, script=script), session=session("张敏", "sjj", "catalogue_publisher"))
    other.get_by_role("link", name="与现行版本比较").click()
    expect(other.locator("main")).to_contain_text("规则 age")
    picture(other, f"{name}-6-compare")
    other.go_back()
    other.get_by_role("button", name="发布第 2 版").click()
    other.get_by_text("已发布第 2 版").wait_for()
    picture(other, f"{name}-7-published")
    assert Version.objects.get(service__code=CODE, state="PUBLISHED").rules["tables"][0]["rows"][0]["when"] == {
        "age_years": ">= 85"
    }


@pytest.mark.parametrize("mode", ["standard", "english"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_rules_passes_axe_and_fits(visit: Any, clerk: str, part: str, mode: str) -> None:
    page = visit(f"{OFFICE}/", View(mode, 360), session=clerk)
    page.locator("form[action$='/draft/'] button").click()
    page.locator("a[href*='/draft/']").first.wait_for()  # the draft is there
    page.goto(page.url + f"draft/{part}/")

    axe(page)
    no_sideways_scroll(page)
    if mode == "english":
        page.evaluate(
            "document.querySelectorAll('textarea').forEach(area => area.lang = 'zh')"
        )  # the clerk's own words
        no_chinese_left(page)
    page.set_viewport_size({"width": 360, "height": 800})
    picture(page, f"part-{part}-{mode}-360")
    page.set_viewport_size({"width": 1280, "height": 800})
    picture(page, f"part-{part}-{mode}-1280")
