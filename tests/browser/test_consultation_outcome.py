"""A consultation in a real browser, from opinions to answered and adopted: votes, map, themes, answers, report."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from civic.accounts.models import Department
from civic.consultation import tasks
from civic.consultation.models import Consultation, Report, Theme
from civic.consultation.services.drawing import draw_map
from civic.consultation.states import ConsultationState
from civic.participation.models import Phase
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture, submit
from tests.consultation.test_map_edition import QUICK, put
from tests.consultation.voters import two_camps
from tests.factories import accounts as people
from tests.factories import areas
from tests.factories import outcome as made
from tests.factories.outcome import DAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [
    View("standard", 1280),
    View("standard", 360),
    View("elder", 360),
    View("english", 1280),
    View("standard", 360, script=False),
]
OPINIONS = (
    "投放时间太短，上班族赶不上，建议晚上延长到九点", "定时投放的时间晚上应该延长", "投放时间晚上能不能再延长",
    "罚款太高，首次应当以教育为主", "对个人的罚款应该先警告再罚款",
)  # fmt: skip


def look(page: Page, name: str, view: View) -> None:
    expect(page.locator("h1")).to_be_visible()
    size = page.viewport_size
    if view.script:
        axe(page)
        if view.mode == "english":
            no_chinese_left(page)
        no_sideways_scroll(page)
        page.set_viewport_size(size)  # type: ignore[arg-type]
    picture(page, f"consultation-outcome/{view}/{name}")


def begun() -> Consultation:
    """People have spoken for ten days."""
    asked = made.asked(opens_at=now() - 10 * DAY)
    Department.objects.filter(name_en="").update(name_en="Urban Management Bureau")
    for area in (areas.city(), areas.county(), areas.county("341503", "裕安区")):
        area.name_en = area.name_en or "A county"
        area.save()
    said = [made.opinion(asked, words) for words in OPINIONS]
    made.support(said[0])
    return asked


def over(asked: Consultation) -> None:
    """Let its time be over: no verb leads into the past."""
    Phase.objects.filter(subject=asked.ledger_id()).update(opens_at=now() - 40 * DAY, closes_at=now() - DAY)


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_from_opinions_to_answered_and_adopted(
    view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str]
) -> None:
    asked, home = begun(), f"/consultations/{Consultation.objects.get().pk}"
    office = f"/office{home}"
    resident, clerk, leader = logged_in(people.resident()), logged_in(made.zhou_lan()), logged_in(made.he_jun())
    put(asked, two_camps())

    # a resident votes one after another, changes a vote and proposes a sentence
    page = visit(f"{home}/statements/", view, session=resident)
    look(page, "01-statement", view)
    page.select_option("#area", "341502")
    submit(page, page.locator("button[name=choice][value='1']"))
    submit(page, page.locator("button[name=choice][value='-1']"))
    look(page, "02-next-statement", view)
    page.goto(page.url + "mine/")
    look(page, "03-own-votes", view)
    submit(page, page.locator("button[name=choice][value='0']").first)
    page.goto(page.url.replace("mine/", "new/"))
    page.fill("#words", "好")
    page.locator("main form button").last.click()
    expect(page.locator("main")).to_contain_text("140")
    look(page, "04-too-short", view)
    page.fill("#words", "投放点应当装洗手池和照明灯。")
    page.locator("main form button").last.click()
    look(page, "05-proposed", view)

    # the office shows it, and the map is drawn
    page = visit(f"{office}/statements/", view, session=clerk)
    look(page, "06-to-moderate", view)
    page.locator("form[action$='/show/'] button").click()
    page.locator("form[action$='/map/'] button").click()
    look(page, "07-statements", view)
    draw_map(asked, at=now(), rule=QUICK)
    page = visit(f"{home}/map/", view)
    expect(page.locator("svg.c-map")).to_be_visible()
    look(page, "08-map", view)

    # the machine proposes themes; people check them
    page = visit(f"{office}/themes/", view, session=clerk)
    look(page, "09-loose", view)
    page.locator("form[action$='/propose/'] button").click()
    tasks.propose_themes(consultation=asked.pk)
    page.reload()
    look(page, "10-proposed", view)
    times, fines = Theme.objects.order_by("number")
    page = visit(f"/office/themes/{times.pk}/", view, session=clerk)
    page.locator("details", has=page.locator("form[action$='/rename/']")).locator("summary").click()
    page.fill("#rename-title", "晚间投放时间")
    page.locator("form[action$='/rename/'] button").click()
    look(page, "11-theme", view)

    # an answer without its clause is refused, nothing typed is lost; one writes it, another publishes it
    asked.add_version(made.REVISED, note="延长投放时间，首次违反先劝导。", by=made.zhou_lan(), at=now())
    page.reload()
    page.check("input[name=verdict][value=ADOPTED]")
    page.fill("#reason", "上班族确实赶不上，晚间投放延长一小时。")
    page.locator("form[action$='/draft/'] button").click()
    expect(page.locator("#reason")).to_have_value("上班族确实赶不上，晚间投放延长一小时。")
    look(page, "12-where-is-the-change", view)
    page.select_option("#anchor", "2:art3")
    page.locator("form[action$='/draft/'] button").click()
    look(page, "13-drafted", view)
    made.answered(fines, "NOT")
    page = visit(f"/office/themes/{times.pk}/", view, session=leader)
    page.locator("form[action$='/answer/'] button").click()
    look(page, "14-answered", view)

    # the end: how many could have taken part, all answered, issued
    over(asked)
    asked.refresh_from_db()
    asked.conclude(by=made.he_jun(), at=now())
    page = visit(f"{office}/outcome/", view, session=leader)
    look(page, "15-missing", view)
    page.fill("#eligible_people", "4393699")
    page.fill("#eligible_source", "第七次全国人口普查" if view.mode != "english" else "Census 2020")
    page.fill("#eligible_on", "2020-11-01")
    page.locator("form[action$='/count_eligible/'] button").click()
    page.locator("form[action$='/settle/'] button").click()
    look(page, "16-settled", view)
    page.fill("#issued_as", "六安市生活垃圾分类管理条例")
    page.fill("#effective_on", "2027-05-01")
    page.locator("form[action$='/adopt/'] button").click()
    look(page, "17-adopted", view)
    asked.refresh_from_db()
    assert asked.state == ConsultationState.ADOPTED

    # everybody reads what became of it
    tasks.set_report(report=Report.objects.get().pk)
    page = visit(f"{home}/outcome/", view)
    look(page, "18-outcome", view)
    page = visit(f"{home}/report/", view)
    look(page, "19-report", view)
