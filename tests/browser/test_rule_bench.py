"""The rule bench in a real browser: tried with and without a script, accessible, nothing sticks out."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from civic.catalogue.models import Version
from civic.catalogue.pack.city import read_pack
from tests.browser.conftest import ROOT, View, axe, no_sideways_scroll
from tests.factories import accounts
from tests.factories import catalogue as factory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OFFICE = "/office/catalogue/LA-GA-001"
CITY: Path = ROOT / "cities" / "luan"


@pytest.fixture
def session(db: Any) -> str:
    """Return the session of a clerk who has begun a draft of the newborn's service."""
    content = read_pack(CITY).services["LA-GA-001"].content
    accounts.department("gaj", "六安市公安局")
    factory.published_service(code="LA-GA-001", **{**content, "places": []})
    clerk = accounts.official("李强", department=accounts.department("gaj"), roles=("catalogue_clerk",))
    client = Client()
    client.force_login(clerk)
    client.post(f"{OFFICE}/draft/")
    key: str = client.session.session_key
    return key


@pytest.mark.parametrize("script", [True, False])
def test_a_clerk_tries_facts(visit: Any, session: str, script: bool) -> None:
    page = visit(f"{OFFICE}/versions/2/rules/", View(width=1280, script=script), session=session)
    assert "马上办结" in page.locator("#ruling").inner_text()

    page.select_option("#f-household_of", label="父亲")
    page.select_option("#f-certificate_valid", "false")
    page.get_by_role("button", name="试算").click()

    page.locator("#ruling", has_text="请到签发医院换发或补发证明").wait_for()
    assert ("f-certificate_valid=false" in page.url) is not script


@pytest.mark.parametrize("mode", ["standard", "contrast", "english"])
@pytest.mark.parametrize("path", ["versions/2/rules/?example=14", "draft/conditions/", "draft/rules/"])
def test_the_pages_of_rules_pass_axe_and_fit_a_narrow_window(visit: Any, session: str, mode: str, path: str) -> None:
    page = visit(f"{OFFICE}/{path}", View(mode, 360), session=session)

    axe(page)
    no_sideways_scroll(page)


def test_a_folded_rule_is_saved_as_it_was(visit: Any, session: str) -> None:
    before = Version.objects.drafts().get().rules
    page = visit(f"{OFFICE}/draft/conditions/", View(width=1280), session=session)

    page.get_by_role("button", name="保存").last.click()

    page.wait_for_url(f"**{OFFICE}/")
    assert Version.objects.drafts().get().rules == before


def test_the_service_page_with_its_checks_passes_axe(visit: Any, session: str) -> None:
    page = visit("/services/LA-GA-001/", View("elder", 360))
    page.locator("details summary", has_text="看逐条核对的内容").click()

    axe(page)
    no_sideways_scroll(page)
