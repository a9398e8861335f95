"""What the city's model suggests, what the rule has dispatched, and an answer judged while it is written."""

from types import SimpleNamespace

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.hotline.models import Ticket
from civic.hotline.services.automatic import dispatch_by_rule
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture
from tests.factories import hotline
from tests.factories.accounts import MONDAY
from tests.factories.hotline import ANSWER, DAY, HOUR
from tests.hotline import brain

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKED_AT = [View("standard", 1280), View("standard", 360), View("english", 1280), View(script=False)]
LIST = "/office/hotline/"


@pytest.fixture
def clock(monkeypatch):
    """The doors' clock; the city accepts one wrong dispatch of twenty and has a model."""
    hotline.city()
    brain.put(brain.measured(brain.model(), confidence=0.9))
    brain.decide()
    for named in (Department, Area):
        named.objects.filter(name_en="").update(name_en=Concat(Value("Office "), "code"))
    found = SimpleNamespace(after=HOUR)
    for door in ("seat", "worklist", "ticket"):
        monkeypatch.setattr(f"civic.hotline.office.{door}.now", lambda: MONDAY + found.after)
    return found


def look(page, name, view):
    page.set_viewport_size({"width": view.width, "height": 800})
    axe(page) if view.script else None
    picture(page, f"hotline-{name}-{view}")
    no_sideways_scroll(page)
    if view.mode == "english":
        no_chinese_left(page)


@pytest.mark.parametrize("view", first_and_last(LOOKED_AT), ids=str)
def test_the_centre_sees_why_how_sure_and_how_often_the_rule_was_wrong(visit, logged_in, clock, view):
    waiting = hotline.ticket(**brain.GAS, urgency="URGENT")
    sent = hotline.ticket(**brain.GAS)
    assert dispatch_by_rule(ticket=Ticket.objects.for_detail().get(pk=sent.pk), at=MONDAY + HOUR)
    session = logged_in(hotline.gao_fei())

    page = visit(LIST, view, session)
    assert page.locator("#rule").is_visible()
    look(page, "rule-list", view)
    look(visit(f"{LIST}tickets/{waiting.number}/", view, session), "rule-proposed", view)
    page = visit(f"{LIST}tickets/{sent.number}/", view, session)
    look(page, "rule-sent", view)


@pytest.mark.parametrize("view", first_and_last(LOOKED_AT), ids=str)
def test_a_writer_fills_a_template_in_and_is_told_what_is_missing(visit, logged_in, clock, view):
    first = hotline.replied(title="淠河路路面有坑", detail="淠河路邮局门口的路面有三个大坑，骑车的人摔倒了。")
    ticket = hotline.handled()
    clock.after = DAY
    page = visit(f"{LIST}tickets/{ticket.number}/", view, logged_in(hotline.of_unit()))

    page.locator("#reply-template").select_option("found-and-done")
    page.locator("button[value=template]").click()
    page.get_by_text("地点和事情、几月几日、查明的情况").first.wait_for()
    assert page.locator("#reply-words").input_value().startswith("您反映的【填：地点和事情】")
    look(page, "template", view)

    page.locator("#reply-words").fill(ANSWER)
    if not view.script:
        page.locator("button[value=judge]").click()
    page.locator("#judged").get_by_role("link", name=first.number).wait_for()
    assert page.locator("#reply-words").input_value() == ANSWER
    look(page, "copied", view)
    assert ticket.replies.count() == 0
