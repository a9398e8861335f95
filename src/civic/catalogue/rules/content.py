"""The content of a service, in the shape of the city pack: defaults, what is wrong with it, what has changed."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from civic.catalogue.rules import words
from civic.catalogue.rules.decision_after import Vocabulary, reference_errors
from civic.catalogue.rules.decision_shape import normalise_rules, rules_errors
from civic.catalogue.rules.eligibility import eligibility_errors
from civic.catalogue.rules.materials import material_errors, normalise_material
from civic.catalogue.rules.schema import schema_errors
from civic.catalogue.rules.steps import days_needed, step_errors
from civic.core.errors import FieldError

Content = dict[str, Any]

TEXTS = ("basic_code", "name", "name_en", "summary", "summary_en", "conditions", "conditions_en", "department", "theme",
         "consult_phone", "complain_phone", "guide_url")  # fmt: skip
LISTS = ("aliases", "audience", "life_events", "legal_basis", "results", "places", "materials", "eligibility", "steps",
         "delivery")  # fmt: skip
DAYS = ("statutory_days", "promised_days", "visits")
CHOICES: dict[str, Mapping[str, str]] = {
    "level": words.LEVELS, "kind": words.KINDS, "category": words.CATEGORIES, "day_unit": words.DAY_UNITS,
}  # fmt: skip
MANY: dict[str, Mapping[str, str]] = {"audience": words.AUDIENCES, "delivery": words.DELIVERIES}
FIELDS = (*TEXTS, *CHOICES, *LISTS, *DAYS, "online", "fee", "form", "decision", "rules")
LENGTHS = {
    "name": 200,
    "name_en": 300,
    "basic_code": 40,
    "theme": 40,
    "guide_url": 500,
    "consult_phone": 400,
    "complain_phone": 200,
}
ENTRY_LENGTHS = {"aliases": 100, "life_events": 40, "places": 60}
MOST_DAYS = 3650
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,47}")


@dataclass(frozen=True)
class Known:
    """The codes that a service may refer to."""

    departments: Collection[str]
    places: Collection[str]
    themes: Collection[str]
    life_events: Collection[str]
    rule_words: Vocabulary | None = None
    """None where the rooms above are not at hand, as when files are checked without a database."""


def normalise(raw: Mapping[str, Any]) -> Content:
    """Return `raw` with every field present: texts stripped, defaults filled in, nothing judged."""
    content: Content = {name: _text(raw.get(name)) for name in (*TEXTS, *CHOICES)}
    content["day_unit"] = content["day_unit"] or "WORKDAY"
    content |= {name: raw.get(name) if raw.get(name) is not None else [] for name in LISTS}
    content |= {name: raw.get(name) for name in DAYS}
    content["materials"] = _each(content["materials"], normalise_material)
    content["steps"] = _each(content["steps"], lambda step: {"after": [], **step})
    content["online"] = raw.get("online", False)
    content["fee"] = _fee(raw.get("fee") or {})
    content["form"] = raw.get("form") or {}
    content["decision"] = raw.get("decision") or {}
    content["rules"] = normalise_rules(raw.get("rules"))
    return content


def _each(values: Any, change: Any) -> Any:
    return [change(v) if isinstance(v, Mapping) else v for v in values] if isinstance(values, list) else values


def _text(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else "" if value is None else value


def _fee(raw: Any) -> Any:
    """Return the fee with its amount as text in yuan; None: not stated, which is not the same as free."""
    if not isinstance(raw, Mapping):
        return raw
    texts = {name: _text(raw.get(name)) for name in ("note", "note_en", "basis")}
    amount = raw.get("amount")
    return {"amount": None if amount in (None, "") else _yuan(str(amount)), **texts}


def _yuan(amount: str) -> str:
    try:
        exact = Decimal(amount)
        return f"{exact:.2f}" if exact == round(exact, 2) else amount
    except InvalidOperation:
        return amount


def digest(content: Content) -> str:
    """Return the fingerprint of a normalised content: equal content, equal fingerprint.

    A service without rules has the fingerprint that it had before there were any.
    """
    said = {name: value for name, value in content.items() if name != "rules" or value}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def changes(before: Content, after: Content) -> list[tuple[str, Any, Any]]:
    """Return (field, value before, value after) for each field that differs, in the published order."""
    return [(name, before.get(name), after.get(name)) for name in FIELDS if before.get(name) != after.get(name)]


def content_errors(content: Content, known: Known) -> list[FieldError]:
    """Return everything that keeps a normalised content from being published; each names its field."""
    shape = shape_errors(content)
    if shape:
        return shape
    errors = _limit_errors(content) + _reference_errors(content, known) + _entry_errors(content)
    errors += material_errors(content["materials"]) + eligibility_errors(content["eligibility"])
    steps = step_errors(content["steps"], known.departments)
    errors += steps + (_step_day_errors(content) if not steps else [])
    errors += schema_errors(content["form"]) if content["form"] else []
    errors += _rule_errors(content, known)
    return errors + (_online_errors(content, known) if content["online"] else [])


def _rule_errors(content: Content, known: Known) -> list[FieldError]:
    rules = content["rules"]
    errors = rules_errors(rules)
    if not rules or any(error.code != "example" for error in errors):
        return errors
    named = reference_errors(rules, content["form"], departments=known.departments, known=known.rule_words)
    return errors + named


def shape_errors(content: Content) -> list[FieldError]:
    """Return errors of type, length and choice; nothing else can be asked of a misshapen content."""
    errors = [_error(name, "type", "要填文字。") for name in (*TEXTS, *CHOICES) if not isinstance(content[name], str)]
    errors += [_error(name, "type", "要列成清单。") for name in LISTS if not isinstance(content[name], list)]
    errors += [
        _error(name, "range", f"要填 0 到 {MOST_DAYS} 之间的整数，或留空。")
        for name in DAYS
        if content[name] is not None and not (type(content[name]) is int and 0 <= content[name] <= MOST_DAYS)
    ]
    errors += [
        _error(name, "type", "要写成一组属性。")
        for name in ("fee", "form", "decision", "rules")
        if not isinstance(content[name], Mapping)
    ]
    errors += [_error("online", "type", "要填是或否。")] if not isinstance(content["online"], bool) else []
    if errors:
        return errors
    for name, choices in CHOICES.items():
        if content[name] not in choices:
            errors.append(_error(name, "choice", f"要选 {_listed(choices)} 之一，现在是「{content[name]}」。"))
    for name in ("materials", "eligibility", "steps", "legal_basis", "results"):
        if not all(isinstance(entry, Mapping) for entry in content[name]):
            errors.append(_error(name, "type", "的每一项要写成一组属性。"))
    for name in ("aliases", "audience", "life_events", "places", "delivery"):
        if not all(isinstance(entry, str) and entry for entry in content[name]):
            errors.append(_error(name, "type", "的每一项要是文字。"))
    return errors or _length_errors(content) + _amount_errors(content["fee"])


def _length_errors(content: Content) -> list[FieldError]:
    """Return what the database could not hold."""
    errors = [
        _error(n, "length", f"太长，请写在 {most} 个字以内。") for n, most in LENGTHS.items() if len(content[n]) > most
    ]
    for name, most in ENTRY_LENGTHS.items():
        if any(len(entry) > most for entry in content[name]):
            errors.append(_error(name, "length", f"的每一项请写在 {most} 个字以内。"))
    if any(len(str(content["fee"].get(name) or "")) > 400 for name in ("note", "note_en", "basis")):
        errors.append(_error("fee", "length", "的说明请写在 400 个字以内。"))
    if "\\u0000" in json.dumps(content, default=str):
        errors.append(FieldError("", "character", "内容里有不可见的控制字符，请删去后重新输入。"))
    return errors


def _limit_errors(content: Content) -> list[FieldError]:
    errors = [
        _error(n, "required", "还没有填写。") for n in ("name", "department", "theme", "audience") if not content[n]
    ]
    for name, choices in MANY.items():
        errors += [
            _error(name, "choice", f"要从 {_listed(choices)} 中选，没有「{value}」。")
            for value in content[name]
            if value not in choices
        ]
    promised, statutory = content["promised_days"], content["statutory_days"]
    if promised is not None and statutory is not None and promised > statutory:
        errors.append(_error("promised_days", "limit", f"（{promised}）不能长于法定办结时限（{statutory}），请缩短。"))
    if content["kind"] == "INSTANT" and promised is not None and promised > 1:
        errors.append(_error("promised_days", "limit", "即办件的承诺办结时限只能是 0 或 1。"))
    if content["guide_url"] and not content["guide_url"].startswith(("http://", "https://")):
        errors.append(_error("guide_url", "format", "要以 http:// 或 https:// 开头。"))
    fee = content["fee"]
    if fee["amount"] is not None and Decimal(fee["amount"]) and not fee.get("basis"):
        errors.append(FieldError("/fee/basis", "required", "收费的事项要写明收费依据。"))
    return errors


def _amount_errors(fee: Mapping[str, Any]) -> list[FieldError]:
    if fee.get("amount") is None:
        return []
    try:
        amount = Decimal(str(fee["amount"]))
    except InvalidOperation:
        return [FieldError("/fee/amount", "type", "收费金额要写成以元为单位的数，例如 20.00。")]
    if not amount.is_finite() or not 0 <= amount < Decimal(10) ** 10 or amount != round(amount, 2):
        return [FieldError("/fee/amount", "range", "收费金额要是 0 或更大、最多两位小数的数。")]
    return []


def _reference_errors(content: Content, known: Known) -> list[FieldError]:
    errors = []
    if content["department"] and content["department"] not in known.departments:
        errors.append(_error("department", "unknown", f"「{content['department']}」不存在，请从部门表中选择。"))
    if content["theme"] and content["theme"] not in known.themes:
        errors.append(
            _error("theme", "unknown", f"「{content['theme']}」不在主题表中，请选 {'、'.join(known.themes)} 之一。")
        )
    for name, codes in (("life_events", known.life_events), ("places", known.places)):
        for i, value in enumerate(content[name]):
            if value not in codes:
                errors.append(
                    FieldError(
                        f"/{name}/{i}", "unknown", f"{words.FIELD_NAMES[name]}「{value}」不存在，请先登记或改正。"
                    )
                )
    return errors


def _entry_errors(content: Content) -> list[FieldError]:
    errors = []
    for i, basis in enumerate(content["legal_basis"]):
        if not isinstance(basis.get("title"), str) or not basis["title"]:
            errors.append(FieldError(f"/legal_basis/{i}/title", "required", f"设定依据{i + 1}没有法规名称，请填写。"))
    for i, result in enumerate(content["results"]):
        if not isinstance(result.get("name"), str) or not result["name"]:
            errors.append(FieldError(f"/results/{i}/name", "required", f"办理结果{i + 1}没有名称，请填写。"))
        if result.get("kind") not in words.RESULT_KINDS:
            errors.append(
                FieldError(
                    f"/results/{i}/kind", "choice", f"办理结果{i + 1}的类型要选 {_listed(words.RESULT_KINDS)} 之一。"
                )
            )
    return errors


def _step_day_errors(content: Content) -> list[FieldError]:
    needed, promised = days_needed(content["steps"]), content["promised_days"]
    if promised is not None and needed > promised:
        return [
            FieldError(
                "/steps",
                "limit",
                f"各步骤最长一路用时 {needed} 天，超过承诺办结时限 {promised} 天，请缩短步骤或改承诺。",
            )
        ]
    return []


def _online_errors(content: Content, known: Known) -> list[FieldError]:
    errors = [
        _error(name, "required", "还没有：可以网上办理的事项必须有。")
        for name in ("form", "steps", "delivery")
        if not content[name]
    ]
    if content["promised_days"] is None:
        errors.append(_error("promised_days", "required", "还没有填写：可以网上办理的事项必须承诺时限。"))
    if content["decision"].get("department") not in known.departments:
        errors.append(FieldError("/decision/department", "unknown", "决定部门不存在，请从部门表中选择。"))
    return errors


def _error(name: str, code: str, text: str) -> FieldError:
    return FieldError(f"/{name}", code, f"{words.FIELD_NAMES[name]}{text}")


def _listed(choices: Mapping[str, str]) -> str:
    return "、".join(f"{code}({label})" for code, label in choices.items())
