"""What the database can keep: text without a NUL or half a character, numbers that are finite."""

import json
import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from civic.core.errors import FieldError, Invalid

UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL's text holds neither NUL nor a lone surrogate

# Without one of these a JSON text says nothing unkeepable, and nobody has to look at every value.
SUSPECT = re.compile(rb"\\u0000|\\u[dD][89a-fA-F]|[\0\xed]|Infinity|NaN|[eE][+-]?\d{3}|\d{300}")


class NotKeepable(Invalid):
    """What was sent holds a character or a number that cannot be stored."""

    code = "not-keepable"


def is_keepable(value: object) -> bool:
    """Whether a text, a number, or all that a mapping or a list holds can be stored."""
    if isinstance(value, str):
        return UNKEEPABLE.search(value) is None
    if isinstance(value, Mapping):
        return all(is_keepable(key) and is_keepable(inner) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return all(map(is_keepable, value))
    return not isinstance(value, float) or isfinite(value)


def read_json(text: str | bytes) -> Any:
    """Return what a JSON text says. Raises: NotKeepable; ValueError, if it is not JSON."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if SUSPECT.search(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")):
        refuse_unkeepable(value if isinstance(value, Mapping) else {"": value})
    return value


def refuse_unkeepable(values: Mapping[Any, object]) -> None:
    """Refuse `values` (name -> what was sent) if any cannot be stored. Raises: NotKeepable, which names where."""
    message = _("这里含有无法保存的字符（如空字符 NUL）或数值，请删去后重新填写。")
    found = [
        FieldError("/" + UNKEEPABLE.sub("", str(name)), "not-keepable", message)
        for name, value in values.items()
        if not (is_keepable(name) and is_keepable(value))
    ]
    if found:
        raise NotKeepable(
            _("请求中含有无法保存的字符（如空字符 NUL）或数值，没有做任何改动。请删去后重新提交，或核对地址。"),
            errors=found,
        )
