"""Rating as people see it: giving, what became of it, the public figures, and the remedy's steps."""

import pytest

from tests.browser.conftest import SCRIPTED_VIEWS, View, axe, first_and_last, no_sideways_scroll, picture
from tests.factories.accounts import MONDAY, resident
from tests.factories.ratings import WORDS, rating, remedy, right, supervisor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _on_monday(monkeypatch):
    for door in ("portal", "office", "api"):
        monkeypatch.setattr(f"civic.ratings.{door}.now", lambda: MONDAY)


def look(page, name, view):
    axe(page)
    picture(page, f"{name}-{view}")
    no_sideways_scroll(page)


@pytest.mark.parametrize("view", first_and_last(SCRIPTED_VIEWS), ids=str)
def test_the_pages_of_a_rater(visit, logged_in, view):
    wang_fang = resident()
    held = right(holder=wang_fang)
    bad = right("cases.case:8", holder=wang_fang)
    rating(2, of=bad, comment=WORDS, reasons=("PLATFORM",))
    for n, grade in enumerate([5, 5, 5, 4, 3, 1, 5, 5, 4, 5]):
        rating(grade, of=right(f"cases.case:1{n}"), address="")
    session = logged_in(wang_fang)

    look(visit(f"/ratings/give/{held.token}/", view), "rating-give", view)
    look(visit(f"/my/ratings/{bad.pk}/", view, session), "rating-given", view)
    look(visit("/my/ratings/", view, session), "rating-mine", view)
    look(visit("/ratings/", view), "rating-figures", view)


@pytest.mark.parametrize("view", [v for v in SCRIPTED_VIEWS if v.mode in ("standard", "english")], ids=str)
def test_the_pages_of_a_supervisor(visit, logged_in, view):
    zhao_lei = supervisor()
    remedy(of=right(holder=resident()))
    found = remedy(of=right("cases.case:8", holder=resident()))
    found.attempt(note="无人接听。", by=zhao_lei, at=MONDAY)
    found.contact(note="已电话听取情况。", by=zhao_lei, at=MONDAY)
    session = logged_in(zhao_lei)

    look(visit("/office/remedies/", view, session), "remedies", view)
    look(visit(f"/office/remedies/{found.pk}/", view, session), "remedy", view)


@pytest.mark.parametrize("view", [View("elder", 360), View("elder", 360, script=False)], ids=str)
def test_an_elder_rates_with_four_presses(visit, view):
    held = right()
    page = visit(f"/ratings/give/{held.token}/", view)

    box = page.get_by_label("不满意", exact=True)
    assert box.bounding_box()["height"] >= 44
    box.check()
    page.get_by_label("平台操作性").check()
    page.get_by_role("button", name="提交评价").click()

    page.get_by_text("谢谢您的评价，已经收到。").wait_for()
    assert held.__class__.objects.get(pk=held.pk).rating.grade == 2


def test_a_form_without_a_grade_says_so_and_passes_axe(visit):
    page = visit(f"/ratings/give/{right().token}/", View(width=360))

    page.get_by_role("button", name="提交评价").click()

    page.get_by_text("有内容需要修改").wait_for()
    axe(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_step_that_was_refused_says_where(visit, logged_in, width):
    found, zhao_lei = remedy(), supervisor()
    page = visit(f"/office/remedies/{found.pk}/", View(width=width), logged_in(zhao_lei))

    page.get_by_role("button", name="登记已联系").click()

    page.get_by_text("有内容需要修改").wait_for()
    axe(page)
    picture(page, f"remedy-refused-{width}")
