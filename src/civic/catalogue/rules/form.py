"""Application forms: JSON Schema 2020-12 with x- hints, and errors that say which field and what to do."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

from civic.catalogue.rules.form_words import message
from civic.core import personal
from civic.core.errors import FieldError

Schema = Mapping[str, Any]
YES, NO = {"true", "on", "yes", "1", "是"}, {"false", "off", "no", "0", "否"}


def form_errors(schema: Schema, data: Mapping[str, Any], lang: str = "zh") -> list[FieldError]:
    """Return what is wrong with `data`, in the order of the form; fields that are not shown do not count."""
    present = {name: value for name, value in data.items() if value not in (None, "", [])}
    shown, properties = shown_fields(schema, present), schema["properties"]
    found: dict[str, FieldError] = {}
    for error in validator(_frozen(schema)).iter_errors(present):
        for name in _names(error):
            if name in shown or name not in properties:
                found.setdefault(name, _field_error(schema, name, error, lang))
    for name in shown & set(present) - set(found):
        if trouble := _personal_error(properties[name], present[name]):
            found[name] = FieldError(f"/{name}", "personal", message("personal", lang, properties[name], trouble))
    for name in sorted(set(present) - set(properties)):
        found[name] = FieldError(f"/{name}", "unknown", message("unknown", lang, {"title": name}, None))
    order = field_order(schema)
    return sorted(found.values(), key=lambda e: order.index(e.pointer[1:]) if e.pointer[1:] in order else len(order))


@lru_cache(maxsize=512)
def validator(text: str) -> Draft202012Validator:
    """Return the compiled schema: linear-time patterns, formats checked, nothing fetched from anywhere."""
    return Draft202012Validator(
        json.loads(text), validate_formats=True, pattern_options=RegexOptions(), retriever=_fetch_nothing
    )


def _fetch_nothing(uri: str) -> Any:
    raise ValueError(f"{uri}: a form refers to nothing outside itself")


def _frozen(schema: Schema) -> str:
    return json.dumps(schema, sort_keys=True, ensure_ascii=False)


def _names(error: ValidationError) -> list[str]:
    """Return the field that `error` speaks of, if it speaks of one."""
    if error.instance_path:
        return [str(error.instance_path[0])]
    if error.kind.name == "required":
        return [str(error.kind.as_dict()["property"])]
    return []


def _field_error(schema: Schema, name: str, error: ValidationError, lang: str) -> FieldError:
    code = str(error.schema_path[-1]) if error.schema_path and error.instance_path else "required"
    prop = schema["properties"].get(name, {"title": name})
    return FieldError(f"/{name}", code, message(code, lang, prop, prop.get(code)))


def _personal_error(prop: Schema, value: object) -> str | None:
    kind = prop.get("x-personal")
    if not kind or not isinstance(value, str):
        return None
    try:
        personal.normalise(value, kind)
    except personal.Malformed as refusal:
        return refusal.message
    return None


def shown_fields(schema: Schema, data: Mapping[str, Any]) -> set[str]:
    """Return the fields that are asked, given the answers so far; what hangs on a hidden field is hidden too."""
    shown: set[str] = set()
    for name in field_order(schema):
        rule = schema["properties"][name].get("x-show-when")
        if rule is None or (rule["field"] in shown and _matches(rule, data.get(rule["field"]))):
            shown.add(name)
    return shown


def field_order(schema: Schema) -> list[str]:
    """Return the names of the fields as the pages ask them; the database does not keep the order of properties."""
    paged = [name for page in schema.get("x-pages", ()) for name in page["fields"] if name in schema["properties"]]
    return list(dict.fromkeys([*paged, *schema["properties"]]))


def _matches(rule: Mapping[str, Any], value: object) -> bool:
    return rule["equals"] in value if isinstance(value, list) else value == rule["equals"]


def clean(schema: Schema, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return `raw` (texts of a page, or JSON) as typed values without blanks, hidden fields and unknown fields.

    A text that is not of the field's type stays as it was typed, so that `form_errors` can name it.
    """
    typed = {name: _typed(prop, raw[name]) for name, prop in schema["properties"].items() if name in raw}
    typed = {name: value for name, value in typed.items() if value not in (None, "", [])}
    shown = shown_fields(schema, typed)
    return {name: value for name, value in typed.items() if name in shown}


def _typed(prop: Schema, value: Any) -> Any:
    if prop["type"] == "array":
        return [v for v in ([value] if isinstance(value, str) else value or []) if v != ""]
    if not isinstance(value, str):
        return value
    text = value.strip()
    try:
        if prop["type"] in ("integer", "number"):
            return int(text) if prop["type"] == "integer" or text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text
    if prop["type"] == "boolean" and text.lower() in YES | NO:
        return text.lower() in YES
    return text.replace("\r\n", "\n")
