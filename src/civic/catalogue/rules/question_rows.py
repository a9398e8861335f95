"""A form as rows that a clerk edits, and back: each row is one question."""

from collections.abc import Mapping, Sequence
from typing import Any

KINDS = {
    "text": "一行文字",
    "textarea": "多行文字",
    "money": "金额（元）",
    "date": "日期",
    "integer": "整数",
    "number": "数字",
    "yesno": "是或否",
    "one": "单选",
    "many": "多选",
}
MONEY = r"^\d{1,10}(\.\d{1,2})?$"
BASES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "textarea": {"type": "string", "x-widget": "textarea"},
    "money": {"type": "string", "x-widget": "money", "pattern": MONEY},
    "date": {"type": "string", "format": "date"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "yesno": {"type": "boolean"},
    "one": {"type": "string"},
    "many": {"type": "array", "uniqueItems": True},
}
Row = dict[str, Any]


def rows_of(form: Mapping[str, Any]) -> list[Row]:
    """Return the questions of `form` in the order of its pages."""
    properties, required = form.get("properties", {}), form.get("required", ())
    return [
        _row(name, properties[name], page, name in required)
        for page in form.get("x-pages", ())
        for name in page["fields"]
        if name in properties
    ]


def _row(name: str, prop: Mapping[str, Any], page: Mapping[str, Any], required: bool) -> Row:
    rule = prop.get("x-show-when") or {}
    return {
        "key": name,
        "title": prop.get("title", ""),
        "title_en": prop.get("title_en", ""),
        "kind": kind_of(prop),
        "required": required,
        "options": _options(prop),
        "hint": prop.get("description", ""),
        "hint_en": prop.get("description_en", ""),
        "max_length": prop.get("maxLength"),
        "personal": prop.get("x-personal", ""),
        "show_field": rule.get("field", ""),
        "show_value": _said(rule.get("equals", "")),
        "page": page.get("title", ""),
        "page_en": page.get("title_en", ""),
    }


def kind_of(prop: Mapping[str, Any]) -> str:
    """Return which of KINDS a property is."""
    if prop.get("type") == "array":
        return "many"
    if prop.get("type") == "boolean":
        return "yesno"
    if "enum" in prop:
        return "one"
    if prop.get("type") in ("integer", "number"):
        return str(prop["type"])
    if prop.get("format") == "date":
        return "date"
    return str(prop["x-widget"]) if prop.get("x-widget") in ("textarea", "money") else "text"


def _options(prop: Mapping[str, Any]) -> list[str]:
    """Return one line an option: code=label=English."""
    of = prop.get("items", {}) if prop.get("type") == "array" else prop
    codes = of.get("enum", [])
    labels, english = of.get("x-labels", codes), of.get("x-labels-en", [""] * len(codes))
    lines = zip(codes, labels, english, strict=False)
    return ["=".join(str(part) for part in line).rstrip("=") for line in lines]


def _said(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def form_of(rows: Sequence[Row], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form that `rows` describe; what rows cannot say (patterns, limits, rules) is kept from `before`."""
    if not rows:
        return {}
    old = before.get("properties", {})
    kinds = {row["key"]: row["kind"] for row in rows}
    form = {**before, "type": "object", "properties": {row["key"]: _property(row, old, kinds) for row in rows}}
    form["required"] = [row["key"] for row in rows if row["required"]]
    form["x-pages"] = _pages(rows, before.get("x-pages", ()))
    return form


def _property(row: Row, old: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    kept = old.get(row["key"], {})
    prop = dict(kept) if kept and kind_of(kept) == row["kind"] else {}
    prop = {**BASES[row["kind"]], **prop}
    said = {
        "title": row["title"],
        "title_en": row["title_en"],
        "description": row["hint"],
        "description_en": row["hint_en"],
        "maxLength": row["max_length"],
        "x-personal": row["personal"],
        "x-show-when": _condition(row, kinds),
    }
    prop = {**prop, **said}
    if row["kind"] == "one":
        prop |= _enum(row["options"])
    if row["kind"] == "many":
        prop["items"] = {"type": "string", **_enum(row["options"])}
    return {name: value for name, value in prop.items() if value not in ("", None)}


def _condition(row: Row, kinds: Mapping[str, str]) -> dict[str, Any] | None:
    if not row["show_field"]:
        return None
    value: Any = row["show_value"]
    if kinds.get(row["show_field"]) == "yesno":
        value = value.lower() in ("true", "是", "yes", "1")
    return {"field": row["show_field"], "equals": value}


def _enum(lines: Sequence[str]) -> dict[str, Any]:
    parts = [[*map(str.strip, line.split("=")), "", ""][:3] for line in lines if line.strip()]
    found: dict[str, Any] = {"enum": [p[0] for p in parts], "x-labels": [p[1] or p[0] for p in parts]}
    if any(p[2] for p in parts):
        found["x-labels-en"] = [p[2] or p[1] or p[0] for p in parts]
    return found


def _pages(rows: Sequence[Row], before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Group the questions by the title of their page, in the order in which pages first occur."""
    keys = {page["title"]: page["key"] for page in before}
    pages: dict[str, dict[str, Any]] = {}
    for row in rows:
        title = row["page"] or "申请内容"
        fresh = {"key": keys.get(title, f"page{len(pages) + 1}"), "title": title, "fields": []}
        page = pages.setdefault(title, fresh)
        if row["page_en"]:
            page.setdefault("title_en", row["page_en"])
        page["fields"].append(row["key"])
    return list(pages.values())
