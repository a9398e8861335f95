"""What people read is Chinese first and English second, and neither is half done."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.architecture.sources import CIVIC

CHINESE = re.compile(r"[\u4e00-\u9fff]")
METHODS = [("**.py", "python"), ("**/jinja2/**.html", "jinja2.ext:babel_extract")]
CATALOGUES = sorted(CIVIC.glob("*/locale/en/LC_MESSAGES/django.po"))
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip


@cache
def _translated() -> set[str]:
    found: set[str] = set()
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                key = message.id[0] if isinstance(message.id, tuple) else message.id
                if all(message.string if isinstance(message.string, tuple) else (message.string,)):
                    found.add(key)
    return found


@pytest.mark.parametrize("path", CATALOGUES or [None], ids=lambda path: path.parts[-5] if path else "none")
def test_every_catalogue_is_complete(path: Path | None) -> None:
    if path is None:
        pytest.skip("no catalogue yet")
    with path.open("rb") as file:
        messages = [message for message in read_po(file, locale="en") if message.id]

    assert [str(message.id) for message in messages if message.fuzzy or not message.string] == []


def test_every_text_that_is_shown_has_its_english() -> None:
    missing = {
        f"{file}:{line} {text}"
        for file, line, message, *_ in extract_from_dir(str(CIVIC), METHODS, keywords=KEYWORDS)
        for text in [message[0] if isinstance(message, tuple) else message]
        if CHINESE.search(text) and text not in _translated()
    }

    assert sorted(missing) == []
