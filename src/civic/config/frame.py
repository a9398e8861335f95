"""What the frame and the components of a page ask for: errors as lines, the way back, the officials' navigation."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages import get_messages
from django.forms import BoundField, CheckboxInput, PasswordInput, Textarea
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

PLACES = {
    "civic.cases": 0,
    "civic.exchange": 2,
    "civic.insight": 2,
}  # what everybody works with stands first, what watches it last
NavEntry = tuple[str, str, Any, Sequence[str]]


def error_lines(errors: object) -> list[dict[str, str]]:
    """Return `{href, text}` lines from field errors, from a mapping name -> message(s), or from such lines."""
    if not errors:
        return []
    if isinstance(errors, Mapping):
        pairs = [(name, words) for name, said in errors.items() for words in ([said] if _is_text(said) else said)]
        return [_line(str(name), str(words)) for name, words in pairs]
    return [
        dict(error) if isinstance(error, Mapping) else _line(error.pointer, error.message)
        for error in errors  # type: ignore[attr-defined]
    ]


def messages_for(request: HttpRequest) -> list[Any]:
    """Return what a door wanted to say after a redirect, once."""
    return list(get_messages(request)) if hasattr(request, "_messages") else []


def way_back(request: HttpRequest, status: int) -> str:
    """Return the address to go back to: the same page when the system failed, else the page before, else the front."""
    if status >= 500 and request.method == "GET":
        return request.get_full_path()
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}):
        return "/"
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def office_nav(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return (key, address, words) of the officials' navigation, as far as this account's roles reach."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return [
        (key, href, words) for key, href, words, roles in _office_entries() if not roles or user.has_any_role(*roles)
    ]


@cache
def _office_entries() -> list[NavEntry]:
    """Every room's `office_nav` in its urls.py: (key, address, words, roles); people arrive at their first one."""
    found: list[NavEntry] = []
    for room in sorted(settings.CIVIC_APPS, key=_place):
        if find_spec(f"{room}.urls") is not None:
            found += getattr(import_module(f"{room}.urls"), "office_nav", [])
    return found


def _place(room: str) -> tuple[int, int]:
    return PLACES.get(room, 1), -settings.CIVIC_APPS.index(room)


def bound_schema(bound: BoundField) -> dict[str, Any]:
    """Return the JSON Schema property that a Django form's field amounts to."""
    widget, field = bound.field.widget, bound.field
    schema: dict[str, Any] = {"type": "string", "title": bound.label, "description": bound.help_text}
    if isinstance(widget, CheckboxInput):
        schema["type"] = "boolean"
    if isinstance(widget, Textarea):
        schema["x-widget"] = "textarea"
    if isinstance(widget, PasswordInput):
        schema["x-widget"] = "password"
    if getattr(widget, "input_type", "") in ("tel", "select", "file"):
        schema["x-widget"] = widget.input_type
    if getattr(widget, "input_type", "") in ("date", "email"):
        schema["format"] = widget.input_type
    if getattr(widget, "allow_multiple_selected", False):
        schema["type"] = "array"
    if limit := getattr(field, "max_length", None):
        schema["maxLength"] = limit
    return schema


def bound_options(bound: BoundField) -> list[tuple[Any, str]] | None:
    """Return the choices of a Django form's field without the empty one; None for a field without choices."""
    choices = getattr(bound.field, "choices", None)
    return None if choices is None else [(code, str(words)) for code, words in choices if code not in ("", None)]


def bound_value(bound: BoundField) -> Any:
    """Return what was typed; a password is not given back."""
    return "" if isinstance(bound.field.widget, PasswordInput) else bound.value()


def _is_text(value: object) -> bool:
    return isinstance(value, str) or not isinstance(value, Sequence)


def _line(pointer: str, words: str) -> dict[str, str]:
    name = pointer.rsplit("/", 1)[-1]
    return {"text": words, "href": f"#{name}"} if name and name != "__all__" else {"text": words}


GLOBALS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (error_lines, messages_for, way_back, office_nav, bound_schema, bound_options, bound_value)
}
