"""From an idea to the delivered lift in a real browser: mended, merged, frozen, voted on paper, counted, built.

The pages are looked at in every mode; the doors' clock is moved on from phase to phase.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.budgeting.models import Mark, PaperForm, Proposal, Round, Urn
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture, submit
from tests.factories import accounts as people
from tests.factories import participation as shared
from tests.factories import rounds as make
from tests.factories.accounts import MONDAY
from tests.factories.budgeting import he_li, neighbour
from tests.factories.documents import picture as photo_bytes
from tests.factories.rounds import COUNTING, DAY, DELIVERY, FREEZING, SCREENING, SEED, VOTE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STORY = [View("standard", 360), View("standard", 1280, script=False)]
LOOKS = [View("standard", 1280), View("elder", 360), View("contrast", 360), View("english", 360)]
PAPERS = [("1",)] * 5 + [("1", "3")] * 2 + [("3",)]
DOORS = ("portal.rounds", "portal.proposals", "portal.polls", "office.rounds", "office.proposals", "office.polls",
         "office.paper")  # fmt: skip


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the clock of the doors."""

    def at(moment: datetime) -> None:
        for door in DOORS:
            monkeypatch.setattr(f"civic.budgeting.{door}.now", lambda: moment)

    return at


def look(page: Page, name: str, view: View) -> None:
    expect(page.locator("h1")).to_be_visible()
    size = page.viewport_size
    if view.script:
        axe(page)
        if view.mode == "english":
            no_chinese_left(page)
        no_sideways_scroll(page)
        page.set_viewport_size(size)  # type: ignore[arg-type]
    picture(page, f"rounds/{view}/{name}")


def unfold(page: Page, words: str) -> None:
    """Open what is folded up under these words, where it is not open yet."""
    fold = page.locator("details", has_text=words).first
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()


def vote_on_paper(found: Round, view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str]) -> None:
    """Eight neighbours take a form at the desk, 王芳 before our eyes, the others as she did."""
    poll = found.poll
    assert poll is not None
    page = visit(f"/office/polls/{poll.public_id}/", view, session=logged_in(shared.chen_jing()))
    page.fill("#size", "10")
    submit(page, page.locator("form[action$='/pads/'] button"))
    page = visit(f"/office/polls/{poll.public_id}/register/", view, session=logged_in(he_li()))
    page.fill("#name", "王芳")
    page.fill("#id_number", people.WANG_FANG["id_number"])
    page.check("#lives")
    submit(page, page.locator("main form button"))
    look(page, "12b-paper-handed-out", view)
    for nth in range(1, len(PAPERS)):
        someone, facts = people.resident(neighbour(nth), id_number=""), make.facts(make.wang_fang())
        Mark.objects.hand_out(poll, person=someone.person, facts=facts, by=he_li(), at=VOTE + DAY)


def open_the_urn(
    found: Round, view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str], scan: Path
) -> None:
    """Two clerks read every form, the first before our eyes; the scan is kept; the leader opens the box."""
    poll = found.poll
    assert poll is not None
    second = people.official("吴敏", department=shared.bureau(), roles=("unit_handler",))
    forms = list(PaperForm.objects.filter(pad__poll=poll).order_by("code"))
    page = visit(f"/office/polls/{poll.public_id}/", view, session=logged_in(shared.chen_jing()))
    for name, typed in (("number", "1"), ("place", "皖西路社区"), ("papers", str(len(PAPERS)))):
        page.fill(f"#{name}", typed)
    submit(page, page.locator("form[action$='/urns/'] button"))
    urn, address = Urn.objects.get(), page.url.split("/office/")[1]
    for reader in (shared.chen_jing(), second):
        page = visit(f"/office/{address}", view, session=logged_in(reader))
        page.fill("#code", str(forms[0].code))
        page.check(f"#choice-{PAPERS[0][0]}")
        submit(page, page.locator("form[action$='/readings/'] button"))
        for form, projects in zip(forms[1:], PAPERS[1:], strict=False):
            urn.read(code=form.code, projects=list(projects), by=reader, at=COUNTING)
    page.set_input_files("#scan", scan)
    submit(page, page.locator("form[action$='/scan/'] button"))
    submit(page, page.locator("form[action$='/close/'] button"))
    look(page, "12c-paper-in-the-box", view)
    page = visit(f"/office/polls/{poll.public_id}/", view, session=logged_in(shared.zhao_min()))
    submit(page, page.locator("form[action$='/opening/'] button"))
    look(page, "12d-opened", view)


@pytest.mark.parametrize("view", STORY, ids=str)
def test_a_lift_from_the_idea_to_the_acceptance(
    view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str], clock: Callable[[datetime], None],
    tmp_path: Path,
) -> None:  # fmt: skip
    found = make.opened()
    wang, clerk, leader = logged_in(make.wang_fang()), logged_in(shared.chen_jing()), logged_in(shared.zhao_min())
    stairs = tmp_path / "stairs.jpg"
    stairs.write_bytes(photo_bytes())

    clock(MONDAY)
    look(visit("/budget/", view), "01-rounds", view)
    page = visit(f"/budget/rounds/{found.pk}/", view, session=wang)
    look(page, "02-round-open", view)
    page.get_by_role("button", name="我要提案").or_(page.get_by_role("link", name="我要提案")).first.click()
    page.get_by_role("button", name="提交提案").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    look(page, "03-propose-errors", view)
    for name, words in zip(("title", "problem", "cost", "place"), make.LIFT, strict=True):
        page.fill(f"#{name}", words)
    page.get_by_label("适老改造").check()
    page.select_option("#lives_in", make.HOME)
    page.get_by_role("button", name="提交提案").click()
    expect(page.locator("main")).to_contain_text("编号是1")
    look(page, "04-proposed", view)
    lift = Proposal.objects.get()
    unfold(page, "加照片")
    page.set_input_files("#photo", stairs)
    page.fill("#words", "3号楼又窄又陡的楼梯")
    page.get_by_role("button", name="公开照片").click()
    expect(page.get_by_role("img", name="3号楼又窄又陡的楼梯")).to_be_visible()
    page = visit(f"/budget/proposals/{lift.pk}/join/{lift.invitation}/", view, session=logged_in(make.sun_hao()))
    look(page, "05-join", view)
    page.get_by_role("button", name="接受，一起提案").click()
    page = visit(f"/budget/proposals/{lift.pk}/", view, session=logged_in(make.liu_guiying()))
    page.get_by_role("button", name="附议").click()
    expect(page.locator("main")).to_contain_text("您已附议")
    again = make.proposal(found, ("三号楼装电梯", *make.LIFT[1:]), by=make.liu_guiying())
    page = visit(f"/office/rounds/{found.pk}/", view, session=clerk)
    submit(page, page.get_by_role("link", name="录入纸质提案"))
    for name, words in zip(("title", "problem", "cost", "place"), make.CANTEEN, strict=True):
        page.fill(f"#{name}", words)
    page.select_option("#section", label="公共空间")
    for name, words in (("number", "A-7"), ("collected_at", "老年活动中心"), ("lines", "4"), ("line", "1")):
        page.fill(f"#{name}", words)
    submit(page, page.locator("main form button"))
    expect(page.locator(".govuk-error-summary")).to_contain_text("请填写收集日期")
    look(page, "05b-paper-errors", view)
    page.fill("#collected_on", f"{MONDAY:%Y-%m-%d}")
    submit(page, page.locator("main form button"))
    expect(page.locator("main")).to_contain_text("编号是3")
    look(page, "05c-paper-next-line", view)
    look(visit(f"/budget/proposals/{found.proposals.get(number=3).pk}/", view), "05d-from-paper", view)

    clock(SCREENING)
    page = visit("/office/screening/", view, session=clerk)
    look(page, "06-screening", view)
    page.get_by_role("link", name="1 · 3号楼加装电梯").click()
    for name, choice in (("c1", "yes"), ("c2", "no"), ("c3", "yes")):
        page.check(f"input[name=met_{name}][value={choice}]")
    page.fill("#reason_c2", "没有业主同意的证明。")
    page.fill("#remedy_c2", "请附三分之二业主的签名。")
    look(page, "07-judging", view)
    page.get_by_role("button", name="提交筛选意见").click()
    expect(page.locator("main")).to_contain_text("等待补正")
    page = visit(f"/office/proposals/{again.pk}/", view, session=clerk)
    unfold(page, "合并到另一个提案")
    page.fill("#merge-into", "1")
    page.fill("#merge-reason", "同一栋楼的同一部电梯。")
    page.get_by_role("button", name="合并", exact=True).click()
    expect(page.locator("main")).to_contain_text("等待补正")  # the other is not judged yet: refused, and said why
    page = visit(f"/budget/proposals/{lift.pk}/", view, session=wang)
    look(page, "08-to-mend", view)
    unfold(page, "补正并提交第二次筛选")
    page.fill("#repair-cost", "330000")
    page.fill("#repair-reason", "补了业主签名，费用按厂家报价。")
    page.get_by_role("button", name="提交补正").click()
    expect(page.locator("main")).to_contain_text("补正已提交")
    again.refresh_from_db()
    lift.refresh_from_db()
    again.merge(lift, reason="同一栋楼的同一部电梯。", by=shared.chen_jing(), at=SCREENING)
    for one in Proposal.objects.filter(state="PROPOSED"):
        one.screen(make.findings(found), by=shared.zhao_min(), at=SCREENING + DAY)
    look(visit(f"/budget/proposals/{lift.pk}/", view), "09-admitted", view)

    clock(FREEZING)
    page = visit(f"/office/rounds/{found.pk}/freeze/", view, session=leader)
    page.fill("#seed", SEED)
    page.get_by_role("button", name="看要冻结的内容").click()
    page.fill("#register", "12000")
    look(page, "10-freeze", view)
    page.get_by_role("button", name="冻结并公布").click()
    look(page, "11-frozen", view)

    clock(VOTE + DAY)
    look(visit(f"/budget/rounds/{found.pk}/", view), "12-voting", view)
    found.refresh_from_db()
    vote_on_paper(found, view, visit, logged_in)
    clock(COUNTING)
    open_the_urn(found, view, visit, logged_in, stairs)
    page = visit(f"/office/rounds/{found.pk}/", view, session=leader)
    page.get_by_role("button", name="计票并公布").click()
    expect(page.locator("main")).to_contain_text("已计票")
    look(page, "13-counted", view)
    page = visit(f"/budget/rounds/{found.pk}/results/", view)
    expect(page.locator("main")).to_contain_text("换一种规则会怎样")
    look(page, "14-results", view)

    clock(DELIVERY)
    page = visit(f"/office/proposals/{lift.pk}/", view, session=clerk)
    unfold(page, "加一个节点")
    page.fill("#milestone-title", "基础施工和安装")
    page.fill("#milestone-planned_on", "2026-06-30")
    page.fill("#milestone-planned", "330000")
    page.get_by_role("button", name="公布节点").click()
    page.get_by_role("button", name="开工").click()
    unfold(page, "登记完成一个节点")
    page.select_option("#finish-milestone", label="基础施工和安装")
    page.fill("#finish-done_on", "2026-05-01")
    page.fill("#finish-spent", "328600.50")
    page.get_by_role("button", name="公布进展").click()
    expect(page.locator("main")).to_contain_text("328,600.50元")
    look(page, "15-building", view)
    make.seated(found, at=DELIVERY)
    page = visit(f"/office/rounds/{found.pk}/", view, session=clerk)
    look(page, "16-panel", view)
    page = visit(f"/office/proposals/{lift.pk}/", view, session=clerk)
    page.get_by_role("button", name="提请监督小组验收").click()
    make.agreed(lift, at=DELIVERY)
    page = visit(f"/office/proposals/{lift.pk}/", view, session=clerk)
    page.get_by_role("button", name="结束表决").click()
    expect(page.locator("main")).to_contain_text("通过")
    page.get_by_role("button", name="完成验收").click()
    expect(page.locator("main")).to_contain_text("已完成验收")
    look(page, "17-delivered", view)

    page = visit(f"/budget/proposals/{lift.pk}/", view, session=wang)
    expect(page.locator("main")).to_contain_text("王**、刘**、孙**")
    look(page, "18-proposal-delivered", view)
    page = visit(f"/budget/rounds/{found.pk}/", view, session=wang)
    page.get_by_label("非常满意").check()
    page.select_option("#lives_in", make.HOME)
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("main")).to_contain_text("您已经评价过")
    look(page, "19-answered", view)
    look(visit("/my/proposals/", view, session=wang), "20-mine", view)


@pytest.mark.parametrize("view", first_and_last(LOOKS), ids=str)
def test_every_page_of_a_round_can_be_read_in_every_mode(
    view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str], clock: Callable[[datetime], None]
) -> None:
    lift = make.delivered()
    found, clerk = lift.round, logged_in(shared.chen_jing())
    Department.objects.filter(name_en="").update(name_en="Finance Bureau")
    Area.objects.filter(name_en="").update(name_en="Zhongshi Street")
    other = make.opened(title="中市街道2027年参与式预算")
    proposed = make.to_repair(other)

    clock(DELIVERY + 30 * DAY)
    for name, address in (
        ("a-rounds", "/budget/"), ("b-round", f"/budget/rounds/{found.pk}/"),
        ("c-results", f"/budget/rounds/{found.pk}/results/"), ("d-proposal", f"/budget/proposals/{lift.pk}/"),
    ):  # fmt: skip
        look(visit(address, view), name, view)
    clock(SCREENING)
    look(visit(f"/budget/proposals/{proposed.pk}/", view, session=logged_in(make.wang_fang())), "e-to-mend", view)
    clock(MONDAY)
    look(visit(f"/budget/rounds/{other.pk}/propose/", view, session=logged_in(make.wang_fang())), "f-propose", view)
    for name, address in (
        ("g-office", "/office/rounds/"), ("h-office-round", f"/office/rounds/{found.pk}/"),
        ("i-office-proposal", f"/office/proposals/{lift.pk}/"), ("j-new", "/office/rounds/new/"),
        ("k-screening", "/office/screening/"),
    ):  # fmt: skip
        look(visit(address, view, session=clerk), name, view)
