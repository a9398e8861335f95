"""A small set of rules for tests, and an evaluator of cells in plain Python that knows nothing of the engine."""

import re
from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any

from civic.catalogue.rules.decision_shape import normalise_rules

LOAN: dict[str, Any] = {
    "auto": True,
    "recheck_rate": 0.05,
    "facts": [
        {"key": "age", "name": "年龄", "name_en": "Age", "type": "integer", "source": "check.age"},
        {"key": "insured", "name": "已参保", "name_en": "Insured", "type": "boolean", "source": "rsj.insurance"},
        {"key": "kind", "name": "申请类型", "name_en": "Kind", "type": "string", "source": "form.kind"},
        {"key": "income", "name": "月收入", "name_en": "Income", "type": "number", "source": "form.income"},
        {"key": "limit", "name": "收入上限", "name_en": "Limit", "type": "number", "source": "check.limit"},
        {"key": "since", "name": "参保日期", "name_en": "Since", "type": "date", "source": "rsj.insurance.since"},
    ],
    "usual": {"age": 30, "insured": True, "kind": "first", "income": "1500.50", "limit": 2000, "since": "2020-01-31"},
    "tables": [
        {
            "key": "person", "name": "申请人", "name_en": "The applicant",
            "rows": [
                {"key": "adult", "words": "年满16周岁", "words_en": "Aged 16 or over", "when": {"age": ">= 16"},
                 "if_false": "DECLINE", "basis": "《社会保险法》第十条",
                 "remedy": "请监护人代办。", "remedy_en": "Ask a guardian."},
                {"key": "covered", "words": "已经参保", "words_en": "Insured", "when": {"insured": "true"},
                 "if_false": "PERSON", "basis": "《社会保险法》第五十八条",
                 "remedy": "工作人员会联系您。", "remedy_en": "We call you."},
            ],
        },
        {
            "key": "money", "name": "条件", "name_en": "Conditions",
            "rows": [
                {"key": "modest", "words": "收入不超过上限", "words_en": "Income within the limit",
                 "when": {"income": "<= limit"}, "only_if": {"kind": '"first", "again"'},
                 "if_false": "PERSON", "basis": "办法第三条", "remedy": "", "remedy_en": ""},
                {"key": "long_enough", "words": "2026年以前参保", "words_en": "Insured before 2026",
                 "when": {"since": '< "2026-01-01"', "insured": "true"},
                 "only_if": {"kind": '"first"', "insured": "true"},
                 "if_false": "DECLINE", "basis": "办法第四条",
                 "remedy": "满一年后再申请。", "remedy_en": "Apply after a year."},
            ],
        },
    ],
    "examples": [
        {"name": "通常的申请", "name_en": "Usual", "facts": {}, "outcome": "GRANT", "fired": ["adult"]},
        {"name": "十五岁", "name_en": "Fifteen", "facts": {"age": 15}, "outcome": "DECLINE", "fired": ["adult"]},
        {"name": "查不到参保", "name_en": "Source down", "facts": {"insured": None}, "outcome": "PERSON"},
    ],
}  # fmt: skip


def loan(**changes: Any) -> dict[str, Any]:
    """Return the set, normalised, with some parts replaced."""
    return normalise_rules({**deepcopy(LOAN), **changes})


def plain(rules: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[str, dict[str, str], set[str]]:
    """Decide in plain Python: the outcome, the verdict of each rule that applies, the facts not known."""
    known = {key: value for key, value in facts.items() if value is not None}
    verdicts: dict[str, str] = {}
    missing: set[str] = set()
    for row in (row for table in rules["tables"] for row in table["rows"]):
        gate = {fact: _cell(known, fact, cell) for fact, cell in row.get("only_if", {}).items()}
        if False in gate.values():
            continue
        cells = {fact: _cell(known, fact, cell) for fact, cell in row["when"].items()}
        if None not in cells.values() and all(cells.values()):
            verdicts[row["key"]] = "HOLDS"
        elif None not in cells.values() and None not in gate.values():
            verdicts[row["key"]] = row["if_false"]
        else:
            verdicts[row["key"]] = "UNKNOWN"
            lacking = cells if None in cells.values() else gate
            texts = row["when"] if lacking is cells else row["only_if"]
            missing |= {name for fact in texts for name in _named(rules, fact, texts[fact]) if name not in known}
    said = set(verdicts.values())
    outcome = "DECLINE" if "DECLINE" in said else "PERSON" if said & {"PERSON", "UNKNOWN"} or not said else "GRANT"
    return outcome, verdicts, missing


def _named(rules: Mapping[str, Any], fact: str, cell: str) -> list[str]:
    keys = {one["key"] for one in rules["facts"]}
    return [fact, *(word for word in re.findall(r"[a-z_]+", re.sub(r'"[^"]*"', "", cell)) if word in keys)]


def _cell(known: Mapping[str, Any], fact: str, cell: str) -> bool | None:
    sign, rest = re.fullmatch(r"(>=|<=|==|!=|>|<|not )?\s*(.*)", cell).groups()  # type: ignore[union-attr]
    if fact not in known:
        return None
    mine, parts = _value(known[fact]), [part.strip() for part in rest.split(",")]
    if span := re.fullmatch(r"([\[(])(.*)\.\.(.*)([\])])", rest):
        low, high = Decimal(span[2]), Decimal(span[3])
        return (mine >= low if span[1] == "[" else mine > low) and (mine <= high if span[4] == "]" else mine < high)
    if any(part not in known for part in parts if re.fullmatch("[a-z_]+", part) and part not in ("true", "false")):
        return None
    theirs = [_value(known[part]) if part in known else _written(part) for part in parts]
    match sign:
        case ">=":
            return bool(mine >= theirs[0])
        case "<=":
            return bool(mine <= theirs[0])
        case ">":
            return bool(mine > theirs[0])
        case "<":
            return bool(mine < theirs[0])
        case "!=" | "not ":
            return mine not in theirs
    return mine in theirs


def _value(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return Decimal(str(value)) if isinstance(value, int | Decimal) or re.fullmatch(r"-?\d+\.\d+", value) else value


def _written(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return text[1:-1] if text.startswith('"') else Decimal(text)
