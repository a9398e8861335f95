"""What people read is Chinese first and English second, and neither is half done."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.architecture.sources import CIVIC

CHINESE = re.compile(r"[\u4e00-\u9fff]")
METHODS = [("**.py", "python"), ("**/jinja2/**.html", "jinja2.ext:babel_extract")]
# a template that cannot be read fails: by default it would be passed over in silence
OPTIONS = {"**/jinja2/**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "silent": "false"}}
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
        for file, line, message, *_ in extract_from_dir(str(CIVIC), METHODS, OPTIONS, KEYWORDS)
        for text in [message[0] if isinstance(message, tuple) else message]
        if CHINESE.search(text) and text not in _translated()
    }

    assert sorted(missing) == []


ANSWERS = {"problem", "FieldError", "require"}  # calls that, like `raise`, say something to whoever asked
AT_THE_MACHINE = (  # read by the operator who runs a command or starts the program, not through a door
    "management/", "catalogue/pack/", "areas/services.py", "deadlines/due_table.py", "masking/keys.py",
    "config/commands/budget.py", "config/commands/consultation.py", "config/commands/participation.py",
    "config/commands/hotline.py", "hotline/text/tables.py", "hotline/text/training.py", "hotline/text/model.py",
    "consultation/opinions/polis.py", "consultation/opinions/matrix.py",
)  # fmt: skip
PURE = re.compile(r"/rules(/|\.py)|^core/personal")  # know no framework: their doors choose the language


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def _untranslated(node: ast.AST) -> Iterator[str]:
    """Yield the Chinese literals below `node` that no gettext takes."""
    if isinstance(node, ast.Call) and _called(node) in KEYWORDS:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
        yield f"{node.lineno} {node.value}"
    for part in ast.iter_child_nodes(node):
        yield from _untranslated(part)


def refusals_without_gettext(source: str) -> set[str]:
    """Return the Chinese literals that are raised or answered as they stand, with their lines."""
    speaking = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _called(node) in ANSWERS)
    ]
    return {text for node in speaking for text in _untranslated(node)}


def test_every_refusal_can_be_said_in_english() -> None:
    bare = {
        f"{name}:{text}"
        for path in CIVIC.rglob("*.py")
        for name in [path.relative_to(CIVIC).as_posix()]
        if not PURE.search(name) and not any(place in name for place in AT_THE_MACHINE)
        for text in refusals_without_gettext(path.read_text(encoding="utf-8"))
    }

    assert sorted(bare) == []


def test_a_refusal_without_gettext_is_found() -> None:
    source = """
raise Conflict("不能。")
raise Conflict(f"{a}不能。") from error
problem(request, 404, "not-found", "没有找到。")
FieldError("/x", "enum", "请选择。")
raise Conflict(_("可以。") % {"a": 1})
"""

    assert refusals_without_gettext(source) == {"2 不能。", "3 不能。", "4 没有找到。", "5 请选择。"}
