"""A vote in a real browser: a ballot that nobody can tell is 王芳's; the office counts paper and opens the box."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.budgeting.models import Ballot, Envelope, Mark, Opening, Pad, PaperForm, Poll, Stub
from tests.browser.conftest import View, axe, first_and_last, no_chinese_left, no_sideways_scroll, picture, submit
from tests.factories import accounts as people
from tests.factories import budgeting as make
from tests.factories import participation as shared
from tests.factories.documents import picture as scan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [View("standard", 1280), View("standard", 360), View("elder", 360), View("contrast", 360), View("english", 360)]
OFFICE = [View("standard", 1280), View("english", 360)]


def look(page: Page, name: str, view: View) -> None:
    expect(page.locator("h1")).to_be_visible()
    size = page.viewport_size
    if view.script:
        axe(page)
        if view.mode == "english":
            no_chinese_left(page)
        no_sideways_scroll(page)
        page.set_viewport_size(size)  # type: ignore[arg-type]
    picture(page, f"ballot/{view}/{name}")


def envelope(poll: Poll) -> tuple[str, ...]:
    return Envelope.objects.get(poll=poll).opened(poll.key)[1].projects


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_wang_fang_votes_and_keeps_a_receipt_that_says_nothing(
    view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str]
) -> None:
    poll = make.running(form="knapsack")
    Area.objects.filter(name_en="").update(name_en="Jin'an District")
    wang = people.resident(**people.WANG_FANG)
    anonymous: list[dict[str, str]] = []
    page = visit(f"/polls/{poll.public_id}/", view)
    look(page, "1-stranger", view)

    page = visit(f"/polls/{poll.public_id}/", view, session=logged_in(wang))
    page.on("request", lambda asked: anonymous.append(asked.all_headers()) if "/ballots/" in asked.url else None)
    page.locator("#cast").click()
    expect(page.locator("#wrong")).to_be_visible()
    page.check("#lives")
    page.check("#choice-1")
    page.check("#choice-2")
    expect(page.locator("#sum")).to_have_class("c-choice__sum is-wrong")
    look(page, "2-too-dear", view)
    page.locator("#cast").click()
    expect(page.locator("#wrong")).to_be_visible()
    page.uncheck("#choice-1")
    page.check("#choice-4")
    look(page, "3-chosen", view)
    page.locator("#cast").click()
    expect(page.locator("#done")).to_be_visible()
    look(page, "4-cast", view)

    stub = Stub.objects.get()
    shown = "".join(str(page.locator("#receipt-number").text_content()).split())
    assert (shown, envelope(poll)) == (stub.receipt, ("P2", "P4"))
    assert [one for one in anonymous if {"cookie", "authorization", "referer"} & set(one)] == []
    assert len(anonymous) == 1
    assert page.evaluate("() => localStorage.length") == 0
    page.locator("#check").click()
    look(page, "5-receipt", view)
    page = visit(f"/polls/{poll.public_id}/", view, session=logged_in(wang))
    expect(page.locator("#not-here")).to_be_visible()
    look(page, "6-again", view)


def test_a_line_that_breaks_loses_no_ballot_and_makes_no_second(
    visit: Callable[..., Page], logged_in: Callable[[Any], str]
) -> None:
    poll, session = make.running(), logged_in(people.resident(**people.WANG_FANG))
    page = visit(f"/polls/{poll.public_id}/", session=session)
    page.route("**/ballots/", lambda route: route.abort())
    page.check("#lives")
    page.check("#choice-3")

    page.locator("#cast").click()
    expect(page.locator("#wrong-words")).to_contain_text("网络断了")
    assert (Mark.objects.count(), Stub.objects.count()) == (1, 0)
    page.unroute("**/ballots/")
    answered = []

    def lost(route: Any) -> None:
        answered.append(route.fetch().json())
        route.abort()

    page.route("**/ballots/", lost)
    page.locator("#cast").click()
    expect(page.locator("#wrong-words")).to_contain_text("网络断了")
    page.unroute("**/ballots/")
    page.reload()
    page.check("#choice-3")
    page.locator("#cast").click()
    expect(page.locator("#done")).to_be_visible()

    expect(page.locator("#again")).to_contain_text("以先收到的为准")
    assert answered[0]["receipt"] == Stub.objects.get().receipt
    assert (Mark.objects.count(), Envelope.objects.count(), envelope(poll)) == (1, 1, ("P3",))


def test_a_page_that_was_given_another_key_casts_nothing(
    visit: Callable[..., Page], logged_in: Callable[[Any], str]
) -> None:
    poll, session = make.running(), logged_in(people.resident(**people.WANG_FANG))
    page = visit(f"/polls/{poll.public_id}/", session=session)
    other = json.loads(poll.frozen_bytes()) | {"public_key": "00"}
    page.route("**/frozen.json", lambda route: route.fulfill(body=json.dumps(other)))
    page.check("#lives")
    page.check("#choice-1")

    page.locator("#cast").click()

    expect(page.locator("#wrong-words")).to_contain_text("不一致")
    assert not Mark.objects.exists()


@pytest.mark.parametrize("form, fields", [("cumulative", {"1": "7", "3": "3"}), ("ranked", {"3": "1", "1": "2"})])
def test_points_and_ranks_are_cast_as_they_were_written(
    form: str, fields: dict[str, str], visit: Callable[..., Page], logged_in: Callable[[Any], str]
) -> None:
    poll, session = make.running(form=form), logged_in(people.resident(**people.WANG_FANG))
    view = View("standard", 360)
    page = visit(f"/polls/{poll.public_id}/", view, session=session)
    page.check("#registered")
    page.fill("#choice-2", "x")
    page.locator("#cast").click()
    expect(page.locator("#wrong")).to_be_visible()
    page.fill("#choice-2", "")
    for nth, value in fields.items():
        page.fill(f"#choice-{nth}", value)
    look(page, f"form-{form}", view)

    page.locator("#cast").click()

    expect(page.locator("#done")).to_be_visible()
    assert envelope(poll) == {"cumulative": ("P1", "P3"), "ranked": ("P3", "P1")}[form]


def test_without_scripts_the_page_offers_the_desk_and_the_telephone(
    visit: Callable[..., Page], logged_in: Callable[[Any], str]
) -> None:
    poll, view = make.running(), View("standard", 360, script=False)

    page = visit(f"/polls/{poll.public_id}/", view, session=logged_in(people.resident(**people.WANG_FANG)))

    expect(page.locator("#ballot")).to_be_hidden()
    expect(page.get_by_text("您的浏览器没有运行脚本")).to_be_visible()
    expect(page.get_by_text("领一张纸质选票")).to_be_visible()
    look(page, "noscript", view)


@pytest.mark.parametrize("view", OFFICE, ids=str)
def test_paper_is_handed_out_read_by_two_and_opened_with_the_rest(
    view: View, visit: Callable[..., Page], logged_in: Callable[[Any], str], tmp_path: Path, settings: Any
) -> None:
    settings.DOCUMENT_STORE = f"file://{tmp_path}/store"
    running, poll = make.running(title="Votes of 2026"), make.over(voters=6, title="Votes of 2025")
    Department.objects.filter(name_en="").update(name_en="Finance Bureau")
    Area.objects.filter(name_en="").update(name_en="Jin'an District")
    chen, zhao, desk = logged_in(shared.chen_jing()), logged_in(shared.zhao_min()), logged_in(make.he_li())
    sun = logged_in(people.official("孙蕾", department=shared.bureau(), username="czj.sunlei"))
    picture_ = tmp_path / "scan.jpg"
    picture_.write_bytes(scan())

    page = visit(f"/office/polls/{running.public_id}/", view, session=chen)
    page.fill("#size", "2")
    page.locator("form[action$='/pads/'] button").click()
    look(page, "office-1-pad", view)
    page = visit(f"/office/polls/{running.public_id}/register/", view, session=desk)
    page.fill("#name", "王芳")
    page.fill("#id_number", "341502199001010025")
    page.locator("main form button").click()
    look(page, "office-2-no-home", view)
    page.check("#lives")
    page.locator("main form button").click()
    look(page, "office-3-registered", view)
    assert Mark.objects.filter(poll=running, channel="PAPER").count() == 1
    look(visit("/office/polls/", view, session=desk), "office-4-desk", view)

    code = _paper(poll)
    page = visit(f"/office/polls/{poll.public_id}/", view, session=chen)
    page.fill("#number", "1")
    page.fill("#place", "Wangcheng")
    page.fill("#papers", "1")
    submit(page, page.locator("form[action$='/urns/'] button"))
    address = page.url.split("/office/")[1]
    _read(page, code, "1")
    look(page, "office-5-read-once", view)
    page = visit(f"/office/{address}", view, session=sun)
    _read(page, code, "2")
    page.set_input_files("#scan", picture_)
    page.locator("form[action$='/scan/'] button").click()
    page = visit(f"/office/{address}", view, session=zhao)
    look(page, "office-6-disputed", view)
    _read(page, code, "2")
    page.locator("form[action$='/close/'] button").click()
    look(page, "office-7-in-the-box", view)
    page = visit(f"/office/polls/{poll.public_id}/", view, session=zhao)
    page.locator("form[action$='/opening/'] button").click()
    look(page, "office-8-opened", view)

    opening = Opening.objects.get()
    assert (opening.online, opening.paper, opening.spoiled, Ballot.objects.count()) == (6, 1, 0, 7)
    look(visit(f"/polls/{poll.public_id}/", view), "office-9-public", view)


def _paper(poll: Poll) -> str:
    """One paper was handed out while the vote ran."""
    then = poll.closes_at - make.DAY

    someone = people.resident("刘桂英")
    Mark.objects.hand_out(poll, person=someone.person, facts=make.facts(someone), by=make.he_li(), at=then)
    Pad.objects.print_forms(poll, size=2, by=shared.chen_jing(), at=then)
    return str(PaperForm.objects.filter(pad__poll=poll).order_by("code")[0].code)


def _read(page: Page, code: str, nth: str) -> None:
    page.fill("#code", code)
    page.check(f"#choice-{nth}")
    page.locator("form[action$='/readings/'] button").click()
    expect(page.locator("main")).to_contain_text(code)
