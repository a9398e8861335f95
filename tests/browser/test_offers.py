"""What is offered, and before and after: in every view, without JavaScript, in English."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from civic.accounts.models import Account
from civic.adapters.departments.fake import in_process
from civic.cases.models import Case
from civic.instant import advising
from civic.instant.facts import gather
from civic.instant.models import Offer
from tests.browser.conftest import View, axe, no_chinese_left, no_sideways_scroll, picture, submit
from tests.factories import accounts as people
from tests.factories import cases
from tests.factories import instant as make
from tests.instant import test_effect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [View("standard", 360), View("standard", 1280), View("elder", 360), View("standard", 360, script=False)]
Visit = Callable[..., Page]


@pytest.fixture
def old(settings: LazySettings) -> Account:
    settings.DEPARTMENTS_AT, settings.DEPARTMENTS_ON = "fake", ""
    in_process.start_anew()
    version, account = make.city_service(make.ALLOWANCE), make.he_xiulan(hints=True)
    assert account.person is not None
    reason = "age,living,household,not_paid_yet,card_in_use"
    at = now()
    Offer.objects.make(
        person=account.person, service=version.service, reason=reason, until=at + timedelta(days=30), at=at
    )
    return account


def test_an_offer_is_read_and_taken_in_every_view(
    visit: Visit, logged_in: Callable[[Account], str], old: Account
) -> None:
    for view in VIEWS:
        page = visit("/my/offers/", view, session=logged_in(old))
        picture(page, f"offers-{view}")
        no_sideways_scroll(page)
        if view.script:
            axe(page)
    page = visit("/my/offers/", View("standard", 360, script=False), session=logged_in(old))
    submit(page, page.get_by_role("button", name="领取"))

    expect(page).to_have_url(re.compile(f"/my/cases/{Case.objects.get().number}/ruling/$"))
    assert Offer.objects.get().state == "TAKEN"


def test_the_offer_is_in_english_too(visit: Visit, logged_in: Callable[[Account], str], old: Account) -> None:
    page = visit("/preferences/language/en/?next=/my/offers/", session=logged_in(old))

    picture(page, "offers-english")
    no_chinese_left(page)


def test_the_comparison_stands_in_every_view(visit: Visit) -> None:
    version = cases.transfer_of_home(rules={**test_effect.RULES, "before": test_effect.BEFORE})
    for days in (0, 0, 0, 1, 1):
        case = test_effect.decided_after(version, 0, at=now() - timedelta(days=3), typed="4", drawn="8")
        Case.objects.filter(pk=case.pk).update(ended_at=case.submitted_at + timedelta(days=days))

    for view in VIEWS:
        page = visit("/services/LA-ZR-001/effect/", view)
        picture(page, f"effect-{view}")
        no_sideways_scroll(page)
        if view.script:
            axe(page)


def test_the_advice_is_read_at_the_office(visit: Visit, logged_in: Callable[[Account], str], old: Account) -> None:
    case = make.apply(make.city_service(make.HOME), by=people.resident(**people.WANG_FANG), at=now())
    found = Case.objects.for_detail().get(pk=case.pk)
    ruling = advising.begin_advice(case=found, at=now())
    assert ruling is not None
    advising.advise(ruling=ruling, sheet=gather(found, at=now()), at=now())

    for width in (360, 1280):
        page = visit(
            f"/office/cases/{case.number}/ruling/",
            View("standard", width),
            session=logged_in(
                cases.officials()["clerk"]
                if width == 360
                else people.official("张明", department=case.department, roles=("unit_leader",))
            ),
        )
        picture(page, f"advice-{width}")
        no_sideways_scroll(page)
