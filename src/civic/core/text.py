"""Words in the reader's language: data that carries both, and whether a text is Chinese."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

CHINESE = re.compile(r"[\u3400-\u9fff]")


def is_english() -> bool:
    """Whether the reader asked for English."""
    return (get_language() or "").startswith("en")


def language() -> str:
    """Return the language of error texts: "en" or "zh"."""
    return "en" if is_english() else "zh"


def has_chinese(text: object) -> bool:
    return bool(CHINESE.search(str(text)))


def local(thing: Any, key: str) -> str:
    """Return `key` of a mapping or an object in the reader's language; Chinese where there is no English."""
    if is_english():
        english = _of(thing, f"{key}_en")
        if english:
            return str(english)
    return str(_of(thing, key) or "")


def local_labels(schema: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """Return (code, label) of a JSON Schema property's enum, or of its items' enum."""
    holder = schema.get("items", {}) if schema.get("type") == "array" else schema
    codes = holder.get("enum", [])
    chinese = holder.get("x-labels") or schema.get("x-labels") or codes
    english = holder.get("x-labels-en") or schema.get("x-labels-en") or chinese
    return [(code, str(label)) for code, label in zip(codes, english if is_english() else chinese, strict=True)]


def _of(thing: Any, key: str) -> Any:
    return thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key, "")
