"""One voice from end to end: 王芳's lamp, the objection, the bad grade, the red card, the public register."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils.translation import gettext, override
from playwright.sync_api import Page, expect

from civic.accounts.models import Account, Department
from civic.areas.models import Area
from civic.deadlines.services import fire_due_rungs
from civic.hotline.models import Category, Ticket
from civic.hotline.states import TicketState
from civic.supervision.models import Card, Order
from civic.supervision.states import CardState
from tests.browser.conftest import View, first_and_last
from tests.browser.walk import Walk
from tests.factories import documents, hotline, supervision
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import ANSWER, DAY, HOUR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [
    View("standard", 360),
    View("standard", 360, script=False),
    View("elder", 360),
    View("contrast", 1280),
    View("english", 1280),
]
DOORS = (
    "hotline.portal.report", "hotline.portal.mine", "hotline.portal.register", "hotline.office.seat",
    "hotline.office.worklist", "hotline.office.ticket", "hotline.tasks", "supervision.office.cards",
    "supervision.office.shared", "supervision.tasks",
)  # fmt: skip
S = TicketState


class Lamp(Walk):
    """The lamp in 梅山路, walked in one view; `after` is how long after Monday nine o'clock it is at every door."""

    FOLDER = "ticket"
    WORK = frozenset({"civic.hotline.tasks.card", "civic.supervision.tasks.follow_card"})
    after = timedelta(0)

    def __init__(self, view: View, visit: Callable[..., Page], logged_in: Callable[[Account], str]) -> None:
        hotline.city()
        self.wang = resident("王芳", phone="13800005678", id_number="341502199001010025")
        self.seat, self.dispatcher, self.checker = hotline.lin_xia(), hotline.gao_fei(), hotline.xu_hui()
        self.city_unit, self.jinan_unit = hotline.of_unit(), hotline.of_unit("钱伟", "jaq")
        self.leader, self.reviewer = supervision.wu_gang(), supervision.ding_yi()
        everybody = (
            self.wang, self.seat, self.dispatcher, self.checker, self.city_unit, self.jinan_unit, self.leader,
            self.reviewer,
        )  # fmt: skip
        for named in (Department, Area):
            named.objects.filter(name_en="").update(name_en=Concat(Value("Office "), "code"))
        Category.objects.update(name_en="Street lamps")
        super().__init__(view, visit, logged_in, everybody)

    @property
    def now(self) -> datetime:
        return MONDAY + self.after

    @property
    def ticket(self) -> Ticket:
        return Ticket.objects.get()

    @property
    def card(self) -> Card:
        found: Card = Card.objects.get(colour="RED")
        return found

    def say(self, chinese: str) -> str:
        with override("en" if self.view.mode == "english" else "zh-hans"):
            return gettext(chinese)

    def click(self, page: Page, chinese: str) -> None:
        page.locator("main").get_by_role("button", name=self.say(chinese), exact=True).first.click()
        page.wait_for_load_state()

    def at_desk(self, who: Account, after: timedelta) -> Page:
        self.after = after
        return self.open(f"/office/hotline/tickets/{self.ticket.number}/", who)

    def unfold(self, page: Page, chinese: str) -> None:
        part = page.locator("details", has=page.locator("summary", has_text=self.say(chinese))).first
        if part.get_attribute("open") is None:
            part.locator("summary").click()

    def press_and_see(self, page: Page, chinese: str, state: str) -> None:
        self.click(page, chinese)
        expect(page.locator(".c-banner--success")).to_be_visible()
        assert self.ticket.state == state

    def timer(self, after: timedelta) -> None:
        """Let the timer fire what has come, and the worker do what that brings."""
        self.after = after
        fire_due_rungs(at=self.now)
        self.work()


@pytest.fixture(params=first_and_last(VIEWS), ids=str)
def lamp(
    request: Any, visit: Callable[..., Page], logged_in: Callable[[Account], str], monkeypatch: pytest.MonkeyPatch
) -> Lamp:
    walk = Lamp(request.param, visit, logged_in)
    for door in DOORS:
        monkeypatch.setattr(f"civic.{door}.now", lambda: walk.now)
    return walk


def test_a_lamp_from_the_report_to_the_register(lamp: Lamp) -> None:
    she_reports_it_on_her_page(lamp)
    she_calls_and_the_seat_knows_her_ticket(lamp)
    it_goes_to_one_unit_that_objects_and_to_the_other(lamp)
    the_answer_is_checked_and_nobody_picks_up_the_phone(lamp)
    she_grades_it_badly_and_it_is_handled_again(lamp)
    nobody_acts_and_the_unit_gets_a_red_card(lamp)
    the_unit_appeals_and_somebody_independent_upholds(lamp)
    it_is_mended_and_everybody_can_read_it(lamp)


def she_reports_it_on_her_page(lamp: Lamp) -> None:
    page = lamp.open("/hotline/write/report/what/", lamp.wang)
    page.locator("input[name=kind][value=HELP]").check()
    page.locator("#title").fill("梅山路路灯不亮")
    page.locator("#detail").fill(hotline.LAMP + "我是王芳，电话13800005678。")
    lamp.look(page, "01-what")
    lamp.click(page, "继续")
    page.locator("#county").select_option("341502")
    page.locator("#place").fill("梅山路与皖西大道交口")
    lamp.click(page, "继续")
    photo = {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": documents.picture()}
    page.set_input_files("#photos", files=[photo])
    lamp.click(page, "上传并留在本页")
    expect(page.get_by_role("link", name="lamp.jpg")).to_be_visible()
    lamp.click(page, "继续")
    page.locator("input[name=public][value=yes]").check()
    lamp.click(page, "继续")
    page.locator("input[name=secrecy][value=NAMED]").check()
    lamp.click(page, "继续")
    lamp.look(page, "02-check")
    lamp.click(page, "确认并提交")
    expect(page.locator(".c-receipt__number")).to_have_text(lamp.ticket.number)
    lamp.look(page, "03-receipt")
    assert lamp.ticket.state == S.RECEIVED


def she_calls_and_the_seat_knows_her_ticket(lamp: Lamp) -> None:
    lamp.after = HOUR / 2
    page = lamp.open("/office/hotline/seat/", lamp.seat)
    page.locator("#phone").fill("13800005678")
    page.locator(".govuk-button[value=look]").click()
    link = page.get_by_role("link", name=lamp.ticket.number).first
    link.wait_for()
    lamp.look(page, "04-seat")
    page.goto(page.url.partition("/office/")[0] + str(link.get_attribute("href")))
    lamp.press_and_see(page, "替来电人催办", S.RECEIVED)


def it_goes_to_one_unit_that_objects_and_to_the_other(lamp: Lamp) -> None:
    page = lamp.at_desk(lamp.dispatcher, HOUR)
    lamp.look(page, "05-dispatch")
    lamp.press_and_see(page, "分派", S.DISPATCHED)

    page = lamp.at_desk(lamp.jinan_unit, 2 * HOUR)
    lamp.unfold(page, "退单：不归本单位办理")
    page.locator("#objection-words").fill("这段路由市城市管理局养护。")
    page.locator("#objection-basis").fill("2024年养护移交清单")
    page.locator("#objection-suggests").select_option("cgj")
    lamp.press_and_see(page, "退单", S.OBJECTED)

    page = lamp.at_desk(lamp.dispatcher, 3 * HOUR)
    page.locator("#verdict-words").fill("同意退单，改派市城市管理局。")
    lamp.look(page, "06-objection")
    lamp.press_and_see(page, "同意退单，改派", S.DISPATCHED)
    assert lamp.ticket.unit == lamp.city_unit.official.department


def _takes_it_on(lamp: Lamp, after: timedelta) -> None:
    """The unit takes it and speaks to 王芳."""
    lamp.press_and_see(lamp.at_desk(lamp.city_unit, after), "签收", S.HANDLING)
    page = lamp.at_desk(lamp.city_unit, after + HOUR)
    lamp.unfold(page, "记录联系来电人")
    page.locator("input[name=reached][value=yes]").check()
    page.locator("#contact-words").fill("约定明天维修。")
    lamp.press_and_see(page, "记录联系", S.HANDLING)


def _answers(lamp: Lamp, words: str, after: timedelta) -> None:
    """The unit answers; the centre finds that it answers."""
    page = lamp.at_desk(lamp.city_unit, after)
    lamp.unfold(page, "答复")
    page.locator("#reply-words").fill(words)
    page.locator("#reply-outcome").select_option("SOLVED")
    lamp.look(page, f"07-reply-{lamp.ticket.round}")
    lamp.press_and_see(page, "提交审核", S.REPLIED)
    lamp.press_and_see(lamp.at_desk(lamp.checker, after + HOUR), "审核通过，答复来电人", S.REVISIT)


def the_answer_is_checked_and_nobody_picks_up_the_phone(lamp: Lamp) -> None:
    _takes_it_on(lamp, 4 * HOUR)
    _answers(lamp, ANSWER, 6 * HOUR)
    page = lamp.at_desk(lamp.checker, DAY)
    lamp.look(page, "08-call-back")
    lamp.press_and_see(page, "没有接通", S.REVISIT)


def she_grades_it_badly_and_it_is_handled_again(lamp: Lamp) -> None:
    lamp.after = DAY + HOUR
    page = lamp.open(f"/my/requests/{lamp.ticket.number}/", lamp.wang)
    page.locator("input[name=solved][value=no]").check()
    page.locator("input[name=stars][value='1']").check()
    page.locator("#words").fill("当晚又不亮了。")
    lamp.look(page, "09-bad-grade")
    lamp.click(page, "提交")
    expect(page.locator(".c-banner--success")).to_be_visible()
    lamp.look(page, "10-again")
    assert (lamp.ticket.state, lamp.ticket.round) == (S.DISPATCHED, 2)
    assert not Card.objects.exists()


def nobody_acts_and_the_unit_gets_a_red_card(lamp: Lamp) -> None:
    _takes_it_on(lamp, DAY + 2 * HOUR)
    due = lamp.ticket.due_at
    assert due is not None
    lamp.timer(due - MONDAY + 7 * DAY + 10 * HOUR)
    lamp.timer(lamp.after)  # a second look brings nothing new
    assert Card.objects.filter(colour="RED").count() == 1
    assert (lamp.card.state, lamp.card.unit) == (CardState.PROPOSED, lamp.city_unit.official.department)
    page = lamp.open(f"/office/cards/{lamp.card.pk}/", lamp.leader)
    lamp.look(page, "11-red-card")
    lamp.click(page, "签发")
    assert lamp.card.state == CardState.ISSUED
    lamp.work()
    assert Order.objects.get().card == lamp.card


def the_unit_appeals_and_somebody_independent_upholds(lamp: Lamp) -> None:
    page = lamp.open(f"/office/cards/{lamp.card.pk}/", lamp.city_unit)
    page.locator("form[action$='/appeal/'] textarea").fill("电缆由供电公司更换，请核实责任。")
    lamp.look(page, "12-appeal")
    lamp.click(page, "提出申诉")
    assert lamp.card.state == CardState.APPEALED

    page = lamp.open(f"/office/cards/{lamp.card.pk}/", lamp.leader)
    expect(page.locator("form[action$='/uphold/'] button")).to_be_disabled()  # he has signed it
    page = lamp.open(f"/office/cards/{lamp.card.pk}/", lamp.reviewer)
    page.locator("form[action$='/uphold/'] textarea").fill("计时记录显示工单一直在本单位，没有转出。")
    lamp.look(page, "13-review")
    lamp.click(page, "维持")
    assert lamp.card.state == CardState.UPHELD


def it_is_mended_and_everybody_can_read_it(lamp: Lamp) -> None:
    start = lamp.after
    _answers(lamp, ANSWER + "王芳13800005678可以随时找市城市管理局马军。", start + HOUR)
    page = lamp.at_desk(lamp.checker, start + DAY)
    page.locator("input[name=solved][value=yes]").check()
    page.locator("input[name=stars][value='5']").check()
    lamp.press_and_see(page, "记录回访", S.REVISIT)
    lamp.press_and_see(lamp.at_desk(lamp.checker, start + DAY), "办结", S.CLOSED)
    page = lamp.at_desk(lamp.checker, start + DAY)
    lamp.unfold(page, "公开")
    lamp.look(page, "14-publish")
    lamp.press_and_see(page, "公开", S.CLOSED)

    page = lamp.open("/hotline/register/")
    page.get_by_role("link", name="梅山路路灯不亮").click()
    lamp.look(page, "15-register")
    shown = page.locator("main").inner_text()
    for told in ("退回", "二次办理", "红牌", "维持") if lamp.view.mode != "english" else ("Red card",):
        assert told in shown
    for hidden in ("王芳", "13800005678", "林霞", "高飞", "徐慧"):
        assert hidden not in page.content()
