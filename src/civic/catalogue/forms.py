"""The editor of a draft: what each part shows, and how what was typed becomes content."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from civic.catalogue import rules
from civic.catalogue.parts import Box, Part
from civic.catalogue.rules import question_rows, rule_rows
from civic.core.errors import FieldError
from civic.core.keepable import NotKeepable, read_json

MOST_ROWS = 100


@dataclass
class Typed:
    """What a part shows now: texts by input name, the number of rows, and what is wrong with what was typed."""

    values: dict[str, Any]
    count: int = 0
    errors: list[FieldError] = field(default_factory=list)


def shown(part: Part, content: rules.Content) -> Typed:
    """Return the part as the draft has it."""
    if part.key == "all":
        return Typed({"json": json.dumps(content, ensure_ascii=False, indent=2)})
    if part.rows:
        rows = _rows(part, content)
        values = {
            f"{i}-{box.name}": _text(box, row.get(box.name)) for i, row in enumerate(rows) for box in part.columns
        }
        return Typed(values, len(rows))
    shown_content = rule_rows.opened(content) if part.key in rule_rows.SINGLE else content
    return Typed({box.name: _text(box, _dig(shown_content, box.name)) for box in part.boxes})


def _rows(part: Part, content: rules.Content) -> list[dict[str, Any]]:
    if part.key in rule_rows.PARTS:
        return rule_rows.rows_of(part.key, content["rules"])
    if part.rows == "form":
        return question_rows.rows_of(content["form"])
    return [row for row in content[part.rows] if isinstance(row, dict)]


def _dig(content: Mapping[str, Any], path: str) -> Any:
    value: Any = content
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _text(box: Box, value: Any) -> Any:
    """Return what stands in the input for `value`."""
    if box.kind == "many":
        return value or []
    if box.kind == "lines":
        return "\n".join(str(line) for line in value or [])
    if box.kind == "json":
        return "" if value is None else json.dumps(value, ensure_ascii=False)
    if box.kind == "yes":
        return bool(value)
    return "" if value is None else str(value)


def typed(part: Part, post: QueryDict) -> Typed:
    """Return the part as it was typed, with the row added, removed or moved that was asked for."""
    if not part.rows:
        return Typed({box.name: _posted(box, post, box.name) for box in part.boxes})
    told = str(post.get("count", ""))
    count = min(int(told) if re.fullmatch(r"[0-9]{1,3}", told) else 0, MOST_ROWS)
    rows = [{box.name: _posted(box, post, f"{i}-{box.name}") for box in part.columns} for i in range(count)]
    rows = _rearranged(part, rows, str(post.get("do", "")))
    values = {f"{i}-{name}": value for i, row in enumerate(rows) for name, value in row.items()}
    return Typed(values, len(rows))


def _posted(box: Box, post: QueryDict, name: str) -> Any:
    if box.kind == "many":
        return [str(value) for value in post.getlist(name)]
    return name in post if box.kind == "yes" else str(post.get(name, "")).strip()


def _rearranged(part: Part, rows: list[dict[str, Any]], wish: str) -> list[dict[str, Any]]:
    action, _dash, place = wish.partition("-")
    at = int(place) if re.fullmatch(r"\d{1,3}", place) else -1
    if action == "add" and len(rows) < MOST_ROWS:
        blank: dict[str, Any] = {box.name: _blank(box) for box in part.columns}
        return [*rows, blank]
    if action == "remove" and 0 <= at < len(rows):
        return rows[:at] + rows[at + 1 :]
    if action == "up" and 0 < at < len(rows):
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    return rows


def _blank(box: Box) -> Any:
    """Return what a new row begins with: the first choice, and required unless said otherwise."""
    if box.kind == "yes":
        return box.name == "required"
    return str(box.choices[0][0]) if box.kind == "one" and box.choices else ""


def applied(part: Part, given: Typed, content: rules.Content) -> rules.Content:
    """Return `content` with the part as typed; what cannot be read is added to `given.errors` and names its input."""
    if part.key == "all":
        return _whole(given, content)
    if part.key in rule_rows.PARTS:
        rows = [_row(part, given, i) for i in range(given.count)]
        changed = {**content, "rules": rule_rows.rules_of(part.key, rows, content["rules"])}
    elif part.rows:
        rows = [_row(part, given, i) for i in range(given.count)]
        value: Any = (
            question_rows.form_of(rows, content["form"]) if part.rows == "form" else _merged(part, rows, content)
        )
        changed = {**content, part.rows: value}
    else:
        changed = _with_boxes(part, given, content)
        changed = rule_rows.closed(part.key, changed) if part.key in rule_rows.SINGLE else changed
    changed = rules.normalise(changed)
    given.errors += rules.shape_errors(changed) if not given.errors else []
    return changed


def _whole(given: Typed, content: rules.Content) -> rules.Content:
    try:
        raw = read_json(given.values["json"])
    except (ValueError, NotKeepable) as error:
        given.errors.append(FieldError("/json", "syntax", gettext("不是有效的 JSON：%(error)s") % {"error": error}))
        return content
    if not isinstance(raw, dict):
        given.errors.append(FieldError("/json", "shape", gettext('内容要写成 {"栏目": 值}。')))
        return content
    strange = sorted(set(raw) - set(rules.FIELDS))
    given.errors += [
        FieldError(f"/{name}", "unknown", gettext("有不认识的栏目「%(name)s」。") % {"name": name}) for name in strange
    ]
    changed = rules.normalise({**raw, "department": content["department"]})
    given.errors += rules.shape_errors(changed)
    return changed


def _row(part: Part, given: Typed, i: int) -> dict[str, Any]:
    return {box.name: _value(box, given, f"{i}-{box.name}") for box in part.columns}


def _merged(part: Part, rows: list[dict[str, Any]], content: rules.Content) -> list[dict[str, Any]]:
    """Return the rows; what a row holds beyond the columns (accepted file types, …) is kept by its key."""
    columns = {box.name for box in part.columns}
    old = {row.get("key"): row for row in content[part.rows] if isinstance(row, dict) and row.get("key")}
    kept = [{k: v for k, v in old.get(row.get("key"), {}).items() if k not in columns} for row in rows]
    return [
        {**more, **{k: v for k, v in row.items() if v not in ("", None)}} for more, row in zip(kept, rows, strict=True)
    ]


def _with_boxes(part: Part, given: Typed, content: rules.Content) -> rules.Content:
    changed: Mapping[str, Any] = content
    for box in part.boxes:
        changed = _with(changed, box.name, _value(box, given, box.name))
    return dict(changed)


def _with(node: Any, path: str, value: Any) -> dict[str, Any]:
    """Return `node` with `value` at `path`, a name or names joined by dots."""
    head, _dot, tail = path.partition(".")
    node = dict(node) if isinstance(node, Mapping) else {}
    return {**node, head: _with(node.get(head), tail, value) if tail else value}


def _value(box: Box, given: Typed, name: str) -> Any:
    """Return the typed value of one input."""
    text = given.values.get(name, "")
    if box.kind == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if box.kind == "whole":
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) < 6:
            return int(text)
        given.errors.append(
            FieldError(f"/{name}", "type", gettext("「%(label)s」要填整数，例如 5，或留空。") % {"label": box.label})
        )
        return None
    if box.kind == "json" and text:
        try:
            return read_json(text)
        except (ValueError, NotKeepable):
            return text
    return text
