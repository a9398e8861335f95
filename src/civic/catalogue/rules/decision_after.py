"""What rules need besides tables: who gathers the facts, who is asked, what a grant brings and who is told.

`offer`: to whom the service is offered before they ask, with the answers that are then given for them.
`before`: what it took before, from a source that is named; what it takes now is measured, never written here.
"""

import re
from collections.abc import Mapping
from typing import Any

from civic.core.errors import FieldError

AFTER = ("facts_by", "consent", "licence", "onward", "offer", "before")
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
NOTICE = re.compile(r"[a-z]{2,10}\.[a-z][a-z0-9_]{0,39}")
OFFER, OFFER_TEXTS = {"age_from", "answers", "words", "words_en"}, ("words", "words_en")
BEFORE, COUNTS = {"days", "visits", "papers", "fields", "source", "source_en"}, ("visits", "papers", "fields")
DAYS = re.compile(r"\d{1,3}(-\d{1,3})?")
MOST, OLDEST, LONGEST = 999, 120, 300
Node = Mapping[str, Any]


def after_errors(rules: Node) -> list[FieldError]:
    """Return what is wrong with these parts; each may be left out, but a decision needs who gathers its facts."""
    errors = [
        _error(f"/{name}", "invalid", f"「{name}」要填一个代码（小写字母、数字和下划线）。")
        for name in ("facts_by", "licence")
        if rules.get(name) is not None and not (isinstance(rules[name], str) and CODE.fullmatch(rules[name]))
    ]
    errors += _consent_errors(rules) + _onward_errors(rules.get("onward"))
    return errors + _offer_errors(rules) + _before_errors(rules.get("before"))


def _consent_errors(rules: Node) -> list[FieldError]:
    consent = rules.get("consent")
    if consent is None:
        return []
    if not isinstance(consent, Mapping) or not {"fact", "words"} <= set(consent) <= {"fact", "words", "words_en"}:
        return [_error("/consent", "shape", "「consent」要写明事实（fact）和对方读到的话（words、words_en）。")]
    if consent["fact"] not in [fact.get("key") for fact in rules["facts"]]:
        return [_error("/consent/fact", "unknown", f"「consent」的事实「{consent['fact']}」没有列出。")]
    return []


def _onward_errors(onward: Any) -> list[FieldError]:
    if onward is None:
        return []
    if not isinstance(onward, list) or not all(isinstance(step, Mapping) for step in onward):
        return [_error("/onward", "type", "「onward」要列成清单，每一项是一组属性。")]
    errors, before = [], set[str]()
    for i, step in enumerate(onward):
        notice, name = step.get("notice"), step.get("name")
        if not isinstance(notice, str) or not NOTICE.fullmatch(notice) or not isinstance(name, str) or not name:
            errors.append(_error(f"/onward/{i}", "invalid", f"联办事项{i + 1}要有 notice（部门.代码）和名称。"))
        elif notice in before or not set(step.get("after", ())) <= before:
            errors.append(_error(f"/onward/{i}", "order", f"联办事项「{name}」重复了，或排在了它要等的事项前面。"))
        before.add(str(notice))
    return errors


def _offer_errors(rules: Node) -> list[FieldError]:
    offer = rules.get("offer")
    if offer is None:
        return []
    if not isinstance(offer, Mapping) or not set(offer) <= OFFER:
        return [
            _error("/offer", "shape", "「offer」只写起始年龄（age_from）、答案（answers）和说明（words、words_en）。")
        ]
    answers = offer.get("answers")
    checks = [
        ("age_from", not _is_count(offer.get("age_from"), OLDEST), "起始年龄要填 0 到 120 的整数。"),
        ("answers", not _are_answers(answers), "答案要写成一组 栏目: 值，值是文字。"),
        ("words", not _is_text(offer.get("words")), "请写明提供的是什么，不超过300字。"),
        ("words_en", not _is_text(offer.get("words_en", "-")), "英文说明不能为空，不超过300字。"),
    ]
    errors = [_error(f"/offer/{name}", "invalid", f"「offer」的{text}") for name, wrong, text in checks if wrong]
    if not rules.get("auto") or not rules.get("facts_by"):
        errors.append(_error("/offer", "needs-rules", "只有自动办结的事项才能免申即享：请先打开「自动办结」。"))
    return errors


def _before_errors(before: Any) -> list[FieldError]:
    if before is None:
        return []
    if not isinstance(before, Mapping) or not set(before) <= BEFORE:
        told = "「before」只写工作日（days）、跑动次数（visits）、材料（papers）、填写项（fields）和出处（source）。"
        return [_error("/before", "shape", told)]
    days = before.get("days")
    errors = [
        _error(f"/before/{name}", "range", f"「before」的 {name} 要填 0 到 999 的整数。")
        for name in COUNTS
        if name in before and not _is_count(before[name], MOST)
    ]
    if days is not None and not (isinstance(days, str) and DAYS.fullmatch(days)):
        errors.append(_error("/before/days", "pattern", "「before」的工作日写成 5 或 3-5，加引号。"))
    if not _is_text(before.get("source")):
        errors.append(_error("/before/source", "required", "「before」要写明出处：以前的数字从哪里来。"))
    return errors


def _is_count(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST


def _are_answers(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(v, str) for pair in value.items() for v in pair)


def _error(pointer: str, code: str, message: str) -> FieldError:
    return FieldError(f"/rules{pointer}", code, message)
