"""The whole story in a real Chromium with JavaScript, 标准, 长辈版 and English, narrow and wide; axe everywhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import View
from tests.browser.story import Story, walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VIEWS = [View(mode, width) for mode in ("standard", "elder", "english") for width in (360, 1280)]


@pytest.mark.parametrize(("view", "grade"), list(zip(VIEWS, (5, 4, 3, 2, 1, 5), strict=True)), ids=str)
def test_the_story_of_a_home_transferred(
    view: View, grade: int, visit: Callable[..., Page], logged_in: Callable[..., str]
) -> None:
    walk(Story(view, visit, logged_in), grade)
