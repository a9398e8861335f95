"""What makes a form publishable: a real JSON Schema of flat questions, each on exactly one page."""

import json
import re
from collections.abc import Mapping
from typing import Any

import jsonschema_rs
from jsonschema_rs import ValidationError

from civic.catalogue.rules.form import validator
from civic.core import personal
from civic.core.errors import FieldError

WIDGETS = ("text", "textarea", "money", "date", "number", "radios", "checkboxes", "select")
TYPES = ("string", "integer", "number", "boolean", "array")
PERSONAL = (*personal.VALIDATORS, "address", "bank_account", "health")
SOURCE_WORDS = "resource、key、of 和 field，或者 licence 和 field"
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
SOURCE_MAY = {"unless": str, "whose": list, "not_whose": str, "party": str, "when_mine": str, "words": Mapping}
"""What a field's x-source may say besides, see cases.prefill.Source."""


def schema_errors(form: Any) -> list[FieldError]:
    """Return what is wrong with a form; pointers begin with /form."""
    if not isinstance(form, Mapping) or form.get("type") != "object" or not isinstance(form.get("properties"), Mapping):
        return [FieldError("/form", "shape", "申请表单要是 type: object，并在 properties 里列出各栏。")]
    if "$ref" in json.dumps(form, default=str):
        return [FieldError("/form", "ref", "申请表单不能引用（$ref）别处，请把内容直接写出来。")]
    try:
        jsonschema_rs.meta.validate({**form, "$schema": "https://json-schema.org/draft/2020-12/schema"})
        validator(json.dumps(form, sort_keys=True, ensure_ascii=False))
    except ValidationError as error:
        pointer = "/form" + "".join(f"/{part}" for part in error.instance_path)
        return [FieldError(pointer, "schema", f"申请表单不是有效的 JSON Schema:{pointer} {error.message}")]
    except (ValueError, TypeError) as error:
        return [FieldError("/form", "schema", f"申请表单不是有效的 JSON Schema:{error}")]
    return _page_errors(form) + _property_errors(form) + _required_errors(form)


def _property_errors(form: Mapping[str, Any]) -> list[FieldError]:
    errors, before = [], set[str]()
    for name in _paged(form):
        errors += _one_property(name, form["properties"][name], before)
        before.add(name)
    if not before:
        errors.append(FieldError("/form/properties", "empty", "申请表单至少要有一栏。"))
    return errors


def _paged(form: Mapping[str, Any]) -> list[str]:
    """Return the fields in the order of the pages, as far as these have a shape; the rest after them."""
    pages = form.get("x-pages")
    lists = [page.get("fields") for page in pages if isinstance(page, Mapping)] if isinstance(pages, list) else []
    listed = [name for names in lists if isinstance(names, list) for name in names if name in form["properties"]]
    return list(dict.fromkeys([*listed, *form["properties"]]))


def _one_property(name: str, prop: Any, before: set[str]) -> list[FieldError]:
    where, called = f"/form/properties/{name}", f"表单栏目「{name}」"
    if not isinstance(prop, Mapping):
        return [FieldError(where, "shape", f"{called}要写成一组属性。")]
    of = prop.get("items", {}) if prop.get("type") == "array" else prop
    condition = prop.get("x-show-when")
    checks = [
        ("", not NAME.fullmatch(name), "的代码只能用小写字母、数字和下划线，并以字母开头。"),
        ("title", not isinstance(prop.get("title"), str) or not prop["title"], "没有标题（title），请写上问题。"),
        ("type", prop.get("type") not in TYPES, f"的类型（type）要选 {'、'.join(TYPES)} 之一。"),
        ("items", prop.get("type") == "array" and not of.get("enum"), "是多选，请在 items.enum 里列出选项。"),
        ("x-labels", _has_wrong_labels(of), "的 x-labels（或 x-labels-en）要和 enum 一样多。"),
        ("x-widget", prop.get("x-widget", "text") not in WIDGETS, f"的 x-widget 要选 {'、'.join(WIDGETS)} 之一。"),
        ("x-personal", prop.get("x-personal", "name") not in PERSONAL, f"的 x-personal 要选 {' '.join(PERSONAL)}。"),
        ("x-source", not _is_source(prop.get("x-source"), before), f"的 x-source 要写明 {SOURCE_WORDS}。"),
        ("x-show-when", not _is_condition(condition, before), "的 x-show-when 要写成 {field: 前面的栏, equals: 值}。"),
    ]  # fmt: skip
    return [FieldError(f"{where}/{at}".rstrip("/"), "invalid", called + text) for at, wrong, text in checks if wrong]


def _has_wrong_labels(of: Mapping[str, Any]) -> bool:
    count = len(of.get("enum", ()))
    return any(name in of and len(of[name]) != count for name in ("x-labels", "x-labels-en"))


def _is_condition(condition: Any, before: set[str]) -> bool:
    if condition is None:
        return True
    if not isinstance(condition, Mapping) or condition.get("field") not in before:
        return False
    return set(condition) == {"field", "equals"}


def _is_source(source: Any, before: set[str]) -> bool:
    """Whether a field says which resource of the exchange knows it by whose number, or which licence in which field."""
    if source is None:
        return True
    if isinstance(source, Mapping) and "licence" in source:
        return set(source) == {"licence", "field"} and all(isinstance(word, str) for word in source.values())
    if not isinstance(source, Mapping) or set(source) - set(SOURCE_MAY) != {"resource", "key", "of", "field"}:
        return False
    if any(not isinstance(source[name], kind) for name, kind in SOURCE_MAY.items() if name in source):
        return False
    return source["of"] == "me" or source["of"] in before


def _page_errors(form: Mapping[str, Any]) -> list[FieldError]:
    pages = form.get("x-pages")
    if not isinstance(pages, list) or not pages:
        return [FieldError("/form/x-pages", "required", "请在 x-pages 里把各栏分到页上，一页一个主题。")]
    errors, placed = [], list[str]()
    for i, page in enumerate(pages):
        fields = page.get("fields") if isinstance(page, Mapping) else None
        if not isinstance(fields, list) or not fields or not page.get("key") or not page.get("title"):
            errors.append(FieldError(f"/form/x-pages/{i}", "shape", f"第{i + 1}页要有 key、title 和 fields。"))
            continue
        placed += [str(name) for name in fields]
    names = set(form["properties"])
    for name in sorted(set(placed) - names):
        errors.append(FieldError("/form/x-pages", "unknown", f"页上列了「{name}」，但 properties 里没有这一栏。"))
    for name in sorted(names - set(placed)):
        errors.append(FieldError("/form/x-pages", "uncovered", f"栏目「{name}」没有放在任何一页上。"))
    for name in sorted({name for name in placed if placed.count(name) > 1}):
        errors.append(FieldError("/form/x-pages", "twice", f"栏目「{name}」放在了不止一页上，请只留一处。"))
    return errors


def _required_errors(form: Mapping[str, Any]) -> list[FieldError]:
    missing = [name for name in form.get("required", ()) if name not in form["properties"]]
    return [
        FieldError("/form/required", "unknown", f"必填栏目「{name}」不在 properties 里，请改正或删去。")
        for name in missing
    ]
