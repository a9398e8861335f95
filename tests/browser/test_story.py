"""The whole story in a real Chromium with JavaScript, 标准, 长辈版 and English, narrow and wide; axe everywhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import View, first_and_last
from tests.browser.story import Story, walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [View(mode, width) for mode in ("standard", "elder", "english") for width in (360, 1280)]
GRADES = dict(zip(VIEWS, (5, 4, 3, 2, 1, 5), strict=True))


@pytest.mark.parametrize("view", first_and_last(VIEWS), ids=str)
def test_the_story_of_a_home_transferred(view: View, visit: Callable[..., Page], logged_in: Callable[..., str]) -> None:
    walk(Story(view, visit, logged_in), GRADES[view])
