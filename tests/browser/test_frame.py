"""The frame, the components and the pages of the front door, seen in a real browser."""

import pytest

from tests.browser.conftest import SCRIPTED_VIEWS, axe, no_sideways_scroll, picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = {
    "front": "/", "components": "/demo/components/", "search": "/search/?q=社保卡丢了", "nothing": "/search/?q=qqqqqq",
    "help": "/help/", "stuck": "/help/stuck/", "mistake": "/help/mistake/", "accessibility": "/accessibility/",
    "privacy": "/privacy/", "missing": "/no-such-page/",
}  # fmt: skip


@pytest.mark.parametrize("view", SCRIPTED_VIEWS, ids=str)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_passes_axe_and_stays_in_its_width(visit, name, view):
    page = visit(PAGES[name], view)

    axe(page)
    picture(page, f"{name}-{view}")
    no_sideways_scroll(page)
