"""A real Chromium against the real server: modes, widths, with and without JavaScript, axe, pictures."""

import gzip
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from civic.adapters.departments.fake import in_process

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = settings.VAR / "screenshots"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
COOKIES = {
    "standard": {},
    "elder": {"elder": "1"},
    "contrast": {"contrast": "1"},
    "english": {"django_language": "en"},
}
MODES = list(COOKIES)
WIDTHS = [360, 1280]


@dataclass(frozen=True)
class View:
    """How a visitor looks at the site."""

    mode: str = "standard"
    width: int = 1280
    script: bool = True

    def __str__(self) -> str:
        return f"{self.mode}-{self.width}{'' if self.script else '-noscript'}"


EVERY_VIEW = [View(mode, width, script) for mode in MODES for width in WIDTHS for script in (True, False)]
SCRIPTED_VIEWS = [view for view in EVERY_VIEW if view.script]


def first_and_last(views: Sequence[Any]) -> list[Any]:
    """Return what a story is walked in: in the first and the last view always, in those between by `make test-slow`."""
    return [views[0], *(pytest.param(view, marks=pytest.mark.slow) for view in views[1:-1]), views[-1]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of one file: Playwright's event loop must not run on under those of another."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the loop runs in this thread
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open a page: `visit("/", View("elder", 360))`; `session=` is a session key, to be logged in.

    Who comes again in the same view has the browser of the first time: its cookies, its cache.
    """
    visitors: dict[tuple[View, str], BrowserContext] = {}

    def open_page(path: str = "/", view: View | None = None, session: str = "") -> Page:
        view = view or View()
        if (view, session) not in visitors:
            visitors[view, session] = _visitor(browser, view, session, live_server.url)
        page = visitors[view, session].new_page()
        page.set_default_timeout(15_000)
        answer = page.goto(live_server.url + path)
        assert answer is None or answer.status < 500, f"{path}: {answer.status}"  # an error page passes axe too
        return page

    yield open_page
    for context in visitors.values():
        context.close()


def _visitor(browser: Browser, view: View, session: str, url: str) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": view.width, "height": 800}, java_script_enabled=view.script,
        bypass_csp=False, locale="zh-CN", timezone_id="Asia/Shanghai",
    )  # fmt: skip
    kept = dict(COOKIES[view.mode], **({settings.SESSION_COOKIE_NAME: session} if session else {}))
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in kept.items()])
    return context


@pytest.fixture
def logged_in(db: Any) -> Callable[[Any], str]:
    """Return a session key of an account, for `visit(..., session=…)`."""
    from django.test import Client

    def session(account: Any) -> str:
        client = Client()
        client.force_login(account)
        return client.session.session_key

    return session


def submit(page: Page, button: Locator) -> None:
    """Press a button that leads to a page, and wait until that page is there, however long the server takes.

    A click alone waits for nothing but the click: on a slow machine what it does to the database is not done yet.
    """
    with page.expect_response(lambda one: one.request.is_navigation_request() and not 300 <= one.status < 400):
        button.click()
    page.wait_for_load_state()


def axe(page: Page) -> None:
    """Assert that axe finds nothing on the page (the page must have JavaScript)."""
    page.wait_for_load_state()  # a click may have led here a moment ago
    page.evaluate(AXE.read_text(encoding="utf-8") + "\n;null")
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    found = [
        f"{rule['id']}: {node['html'][:160]} — {node['failureSummary']}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
    assert not found, f"{page.url}\n" + "\n".join(found)


def no_sideways_scroll(page: Page, width: int = 320) -> None:
    """Assert that nothing sticks out at this width; says what does."""
    page.wait_for_load_state()
    page.set_viewport_size({"width": width, "height": 800})
    over = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
        && !e.closest('.c-scroll')).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert not over, f"{page.url} at {width}px:\n" + "\n".join(over[:8])


def picture(page: Page, name: str) -> None:
    """Save a picture of the whole page under var/screenshots, for people to look at: only where CIVIC_PICTURES=1."""
    page.wait_for_load_state()
    if os.environ.get("CIVIC_PICTURES") == "1":
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)


def no_chinese_left(page: Page) -> None:
    """Assert that an English page shows Chinese only where it is marked as Chinese."""
    page.wait_for_load_state()
    left = page.evaluate(
        """() => { const found = [];
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) { const node = walk.currentNode;
          if (/[\\u3400-\\u9fff\\uff01-\\uff5e]/.test(node.data)
            && !node.parentElement.closest('[lang^=zh], [aria-hidden=true], script, style'))
            found.push(node.data.trim()); }
        for (const e of document.querySelectorAll('[aria-label], [placeholder], [alt], [title]'))
          for (const name of ['aria-label', 'placeholder', 'alt', 'title'])
            if (/[\\u3400-\\u9fff]/.test(e.getAttribute(name) || '')) found.push(name + ': ' + e.getAttribute(name));
        return found; }"""
    )
    assert not left, f"{page.url}\n" + "\n".join(left[:20])


def compressed_bytes(page: Page, url: str) -> dict[str, int]:
    """Return address -> bytes, each compressed, of everything a first visit to `url` loads."""
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.update({answer.url: len(gzip.compress(answer.body(), 9))}))
    page.goto(url, wait_until="networkidle")
    return sizes


@pytest.fixture
def departments(settings: Any) -> Iterator[None]:
    """The departments' systems, played in this process, as they are on a fresh day."""
    settings.DEPARTMENTS_AT, settings.DEPARTMENTS_ON = "fake", ""
    in_process.start_anew()
    yield
    in_process.start_anew()
