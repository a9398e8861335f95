"""The whole story in a real Chromium without JavaScript: the same walk, every page a plain page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import View, first_and_last
from tests.browser.story import Story, walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [View(mode, width, script=False) for mode in ("standard", "elder", "english") for width in (360, 1280)]
GRADES = dict(zip(VIEWS, (1, 2, 3, 4, 5, 1), strict=True))


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_the_story_of_a_home_transferred_without_javascript(
    view: View, visit: Callable[..., Page], logged_in: Callable[..., str]
) -> None:
    walk(Story(view, visit, logged_in), GRADES[view])
