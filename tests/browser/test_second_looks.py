"""The officials' pages of what rules decided: wide and on a phone, Chinese and English, axe on each."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from civic.instant.models import Recheck
from tests.browser.conftest import View, axe, no_chinese_left, no_sideways_scroll, picture
from tests.factories import accounts as people
from tests.factories import cases
from tests.factories import instant as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("view", [View("standard", 1280), View("standard", 360), View("english", 1280)], ids=str)
def test_an_official_looks_again_at_what_rules_decided(
    view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str]
) -> None:
    wang = people.resident(**people.WANG_FANG)
    ruling = make.ruled_home(by=wang)
    recheck = Recheck.objects.draw(ruling, at=make.MONDAY)
    make.refused_onward(ruling)
    session = logged_in(cases.officials()["handler"])

    for name, path in {
        "ruling": f"/office/cases/{ruling.case.number}/ruling/",
        "rechecks": "/office/rechecks/",
        "recheck": f"/office/rechecks/{recheck.pk}/",
        "onwards": "/office/onwards/",
    }.items():
        page = visit(path, view, session=session)
        expect(page.locator("h1")).to_be_visible()
        axe(page)
        picture(page, f"second-looks/{view}/{name}")
        no_sideways_scroll(page)
        if view.mode == "english":
            no_chinese_left(page)
