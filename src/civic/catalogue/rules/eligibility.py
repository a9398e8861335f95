"""Eligibility: a table of conditions; the answer names the rule, its legal basis and what to do instead."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from civic.core.errors import FieldError

Rule = Mapping[str, Any]
TYPES = ("integer", "number", "boolean", "string", "date")
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "in": lambda answer, values: answer in values,
}
YES, NO = {"yes", "true", "1", "是", "on"}, {"no", "false", "0", "否"}
ASK = {
    "zh": {
        "required": "请回答「{q}」。",
        "integer": "「{q}」请填整数，例如 60。",
        "number": "「{q}」请填数字，例如 60 或 1500.50。",
        "boolean": "「{q}」请选择是或否。",
        "date": "「{q}」请写成 年-月-日，例如 2026-03-02。",
        "string": "「{q}」请从给出的选项中选择。",
    },
    "en": {
        "required": "Answer “{q}”.",
        "integer": "“{q}”: enter a whole number, such as 60.",
        "number": "“{q}”: enter a number, such as 60 or 1500.50.",
        "boolean": "“{q}”: choose yes or no.",
        "date": "“{q}”: write year-month-day, such as 2026-03-02.",
        "string": "“{q}”: choose one of the options.",
    },
}


@dataclass(frozen=True)
class Outcome:
    """The answer to "can I do this?": yes, or the rules that say no, in the order asked."""

    eligible: bool
    failed: tuple[Rule, ...] = ()
    unanswered: tuple[str, ...] = ()

    @property
    def rule(self) -> Rule | None:
        """The first rule that says no; it carries `rule`, `basis` and `remedy`. None where none does."""
        return self.failed[0] if self.failed else None


def eligibility(rules: Sequence[Rule], answers: Mapping[str, Any]) -> Outcome:
    """Return the outcome of the typed `answers` (fact -> value). A fact without an answer is never a yes."""
    failed = tuple(rule for rule in rules if rule["fact"] in answers and not _holds(rule, answers[rule["fact"]]))
    unanswered = tuple(dict.fromkeys(rule["fact"] for rule in rules if rule["fact"] not in answers))
    return Outcome(eligible=not failed and not unanswered, failed=failed, unanswered=unanswered)


def _holds(rule: Rule, answer: Any) -> bool:
    value = rule["value"]
    if rule["type"] == "date":
        value = [date.fromisoformat(v) for v in value] if rule["op"] == "in" else date.fromisoformat(value)
    return OPERATORS[rule["op"]](answer, value)


def questions(rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules whose question is asked: one for each fact, the first."""
    return list({rule["fact"]: rule for rule in reversed(rules)}.values())[::-1]


def parse_answers(
    rules: Sequence[Rule], raw: Mapping[str, str], lang: str = "zh"
) -> tuple[dict[str, Any], list[FieldError]]:
    """Return the typed answers, and an error for each question that is not answered properly."""
    answers, errors = {}, []
    english = lang.startswith("en")
    for rule in questions(rules):
        text = raw.get(rule["fact"], "").strip()
        try:
            answers[rule["fact"]] = _typed(rule, text)
        except ValueError:
            asked = (rule.get("question_en") if english else None) or rule["question"]
            code = rule["type"] if text else "required"
            message = ASK["en" if english else "zh"][code].format(q=asked)
            errors.append(FieldError(f"/{rule['fact']}", code, message))
    return answers, errors


def _typed(rule: Rule, text: str) -> Any:
    if not text:
        raise ValueError("empty")
    match rule["type"]:
        case "integer":
            return int(text)
        case "number":
            return _finite(text)
        case "date":
            return date.fromisoformat(text)
        case "boolean":
            if text.lower() not in YES | NO:
                raise ValueError(text)
            return text.lower() in YES
    if (choices := _choices(rule)) and text not in choices:
        raise ValueError(text)
    return text


def _finite(text: str) -> float:
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def _choices(rule: Rule) -> list[str]:
    if rule.get("choices"):
        return list(rule["choices"])
    return [str(value) for value in rule["value"]] if rule["op"] == "in" else []


def eligibility_errors(rules: Sequence[Rule]) -> list[FieldError]:
    """Return what is wrong with the table: missing words, unknown operators, values of another type."""
    keys = [rule.get("key") for rule in rules]
    types: dict[Any, Any] = {}
    return [error for i, rule in enumerate(rules) for error in _one_rule(i, rule, keys, types)]


def _one_rule(i: int, rule: Rule, keys: list[Any], types: dict[Any, Any]) -> list[FieldError]:
    where, name = f"/eligibility/{i}", f"资格条件{i + 1}「{rule.get('rule') or rule.get('key') or ''}」"
    errors = [
        FieldError(f"{where}/{field}", "required", f"{name}缺少「{field}」，请填写。")
        for field in ("key", "question", "fact", "rule", "basis", "remedy")
        if not isinstance(rule.get(field), str) or not rule[field]
    ]
    if keys.count(rule.get("key")) > 1:
        errors.append(FieldError(f"{where}/key", "unique", f"{name}的代码重复，请改成唯一的代码。"))
    if rule.get("type") not in TYPES:
        errors.append(FieldError(f"{where}/type", "unknown", f"{name}的类型要选 {'、'.join(TYPES)} 之一。"))
    elif types.setdefault(rule.get("fact"), rule["type"]) != rule["type"]:
        errors.append(FieldError(f"{where}/type", "conflict", f"{name}与前面同一事实的类型不一致。"))
    elif rule.get("op") not in OPERATORS:
        errors.append(FieldError(f"{where}/op", "unknown", f"{name}的比较要选 {' '.join(OPERATORS)} 之一。"))
    elif not _is_typed(rule):
        errors.append(FieldError(f"{where}/value", "type", f"{name}的比较值不是 {rule['type']} 类型。"))
    return errors


def _is_typed(rule: Rule) -> bool:
    value = rule.get("value")
    if rule["op"] == "in":
        return isinstance(value, list) and bool(value) and all(_has_type(rule["type"], v) for v in value)
    return _has_type(rule["type"], value)


def _has_type(name: str, value: object) -> bool:
    if name == "date":
        try:
            return isinstance(value, str) and bool(date.fromisoformat(value))
        except ValueError:
            return False
    if isinstance(value, bool):
        return name == "boolean"
    kinds: dict[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float), "string": (str,)}
    return isinstance(value, kinds.get(name, ()))
