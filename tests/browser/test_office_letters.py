"""An official's letters in a real browser: from the list to the letter to the demand it is about."""

from datetime import timedelta
from typing import Any

import pytest

from civic.deadlines.models import Clock
from civic.exchange import tasks
from tests.browser.conftest import View, axe, no_sideways_scroll, picture
from tests.factories import exchange as make
from tests.factories.accounts import MONDAY, official

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [360, 1280])
def test_an_overdue_demand_is_found_from_the_letter(
    visit: Any, logged_in: Any, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    make.city()
    leader = official("刘洋", department=make.office_of("zrzy"), roles=("unit_leader",))
    demand = make.demand(by=official("李强", department=make.office_of("rsj"), roles=("unit_handler",)))
    monkeypatch.setattr("civic.exchange.tasks.now", lambda: MONDAY + timedelta(days=15))
    tasks.tell_demand(Clock.objects.of(demand.ledger_id()).get().pk, demand.ledger_id(), "red")

    page = visit("/office/letters/", View(width=width), session=logged_in(leader))
    axe(page)
    no_sideways_scroll(page, width)
    picture(page, f"letters-{width}")
    page.get_by_role("link", name="数据需求超过答复期限").click()
    axe(page)
    no_sideways_scroll(page, width)
    picture(page, f"letter-{width}")
    page.get_by_role("link", name=f"/office/exchange/demands/{demand.pk}/").click()

    page.get_by_text("LA-JY-001").first.wait_for()
