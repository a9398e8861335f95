"""What rules need besides tables: who gathers the facts, who is asked, what a grant brings and who is told.

`consent`: whom the platform asks; with a `basis` nobody grants without that yes, or the `paper` in its place.
`binding`: rules that bind officials too: where one is known to be false, nobody grants.

`offer`: to whom the service is offered before they ask, with the answers that are then given for them.
`before`: what it took before, from a source that is named; what it takes now is measured, never written here.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from string import Template
from typing import Any

from civic.core.errors import FieldError
from civic.core.words import gettext as _

AFTER = ("facts_by", "consent", "binding", "licence", "onward", "offer", "before")
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
NOTICE = re.compile(r"[a-z]{2,10}\.[a-z][a-z0-9_]{0,39}")
CONSENT, STEP = {"fact", "words", "words_en", "basis", "paper"}, {"notice", "name", "name_en", "after"}
OFFER = {"age_from", "answers", "words", "words_en"}
BEFORE, COUNTS = {"days", "visits", "papers", "fields", "source", "source_en"}, ("visits", "papers", "fields")
DAYS = re.compile(r"\d{1,3}(-\d{1,3})?")
MOST, OLDEST, LONGEST = 999, 120, 300
Node = Mapping[str, Any]


@dataclass(frozen=True)
class Vocabulary:
    """What the rooms above know by name: code -> words. `asked`: gatherer -> what its question to a person may name."""

    facts_by: Mapping[str, str]
    licences: Mapping[str, str]
    offered: Collection[str] = ()
    asked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def after_errors(rules: Node) -> list[FieldError]:
    """Return what is wrong with these parts; each may be left out, but a decision needs who gathers its facts."""
    errors = [
        _error(f"/{name}", "invalid", _("「%(name)s」要填一个代码（小写字母、数字和下划线）。") % {"name": name})
        for name in ("facts_by", "licence")
        if rules.get(name) is not None and not (isinstance(rules[name], str) and CODE.fullmatch(rules[name]))
    ]
    if not rules.get("facts_by") and any(rules.get(name) for name in ("consent", "licence", "onward")):
        told = _("要征求同意、颁发证照或通知别的部门，请先选「事实由谁收集」。")
        errors.append(_error("/facts_by", "required", told))
    errors += _consent_errors(rules) + _binding_errors(rules) + _onward_errors(rules.get("onward"))
    return errors + _offer_errors(rules) + _before_errors(rules.get("before"))


def _consent_errors(rules: Node) -> list[FieldError]:
    consent = rules.get("consent")
    if consent is None:
        return []
    if not isinstance(consent, Mapping) or not set(consent) <= CONSENT:
        return [_error("/consent", "shape", _("「征求同意」只写事实（fact）和对方读到的话（words、words_en）。"))]
    yes_or_no = [fact.get("key") for fact in rules["facts"] if fact.get("type") == "boolean"]
    checks = [
        ("fact", consent.get("fact") not in yes_or_no, _("请选对方的回答是哪个事实：类型要是「是或否」。")),
        ("words", not _is_text(consent.get("words")), _("请写对方读到的话，不超过300字。")),
        ("words_en", not _is_text(consent.get("words_en", "-")), _("英文的话不能为空，不超过300字。")),
        ("basis", not _is_text(consent.get("basis", "-")), _("依据不能为空，不超过300字。")),
        ("paper", not _is_text(consent.get("paper", "-")), _("代替的材料要写材料的代码。")),
    ]
    return [_error(f"/consent/{name}", "invalid", text) for name, wrong, text in checks if wrong]


def _binding_errors(rules: Node) -> list[FieldError]:
    binding = rules.get("binding", [])
    known = {str(row.get("key")) for table in rules.get("tables", []) for row in table.get("rows", [])}
    if not isinstance(binding, list) or not set(map(str, binding)) <= known:
        return [_error("/binding", "unknown", "「binding」要列出规则的代码，每一个都在规则表里。")]
    return []


def _onward_errors(onward: Any) -> list[FieldError]:
    if onward is None:
        return []
    if not isinstance(onward, list) or not all(isinstance(step, Mapping) and set(step) <= STEP for step in onward):
        return [_error("/onward", "type", _("「联办事项」要列成清单，每一项只写 notice、name、name_en 和 after。"))]
    errors, before = list[FieldError](), list[str]()
    for i, step in enumerate(onward):
        errors += _step_errors(i, step, before)
        before.append(str(step.get("notice")))
    return errors


def _step_errors(i: int, step: Node, before: Collection[str]) -> list[FieldError]:
    notice, waits = step.get("notice"), step.get("after") or []
    called = {"n": i + 1, "name": str(step.get("name") or "")}
    told = _("联办事项%(n)s「%(name)s」要选部门，并填通知的代码（小写字母、数字和下划线）。") % called
    again = _("联办事项%(n)s「%(name)s」的通知已经列过，请删去一项。") % called
    nameless = _("联办事项%(n)s没有名称。") % called
    late = _("联办事项%(n)s「%(name)s」要等的事项没有排在它前面。") % called
    checks = [
        ("notice", not isinstance(notice, str) or not NOTICE.fullmatch(notice), told),
        ("notice", notice in before, again),
        ("name", not _is_text(step.get("name")), nameless),
        ("after", not isinstance(waits, list) or any(wanted not in before for wanted in waits), late),
    ]
    return [_error(f"/onward/{i}/{name}", "invalid", text) for name, wrong, text in checks if wrong]


def _offer_errors(rules: Node) -> list[FieldError]:
    offer = rules.get("offer")
    if offer is None:
        return []
    if not isinstance(offer, Mapping) or not set(offer) <= OFFER:
        told = _("「免申即享」只写起始年龄（age_from）、答案（answers）和说明（words、words_en）。")
        return [_error("/offer", "shape", told)]
    checks = [
        ("age_from", not _is_count(offer.get("age_from"), OLDEST), _("起始年龄要填 0 到 120 的整数。")),
        ("answers", not _are_answers(offer.get("answers")), _("答案一行一个，写成 栏目 = 值，值不能为空。")),
        ("words", not _is_text(offer.get("words")), _("请写明提供的是什么，不超过300字。")),
        ("words_en", not _is_text(offer.get("words_en", "-")), _("英文说明不能为空，不超过300字。")),
    ]
    errors = [_error(f"/offer/{name}", "invalid", text) for name, wrong, text in checks if wrong]
    if not rules.get("auto") or not rules.get("facts_by"):
        told = _("只有自动办结的事项才能免申即享：请先勾选「由规则自动办结」，并选「事实由谁收集」。")
        errors.append(_error("/offer", "needs-rules", told))
    return errors


def _before_errors(before: Any) -> list[FieldError]:
    if before is None:
        return []
    if not isinstance(before, Mapping) or not set(before) <= BEFORE:
        told = _("「以前怎样办」只写工作日（days）、次数（visits）、材料（papers）、填写项（fields）和出处（source）。")
        return [_error("/before", "shape", told)]
    days = before.get("days")
    errors = [
        _error(f"/before/{name}", "range", _("要填 0 到 999 的整数，或留空。"))
        for name in COUNTS
        if name in before and not _is_count(before[name], MOST)
    ]
    if days is not None and not (isinstance(days, str) and DAYS.fullmatch(days)):
        errors.append(_error("/before/days", "pattern", _("工作日写成 5 或 3-5。")))
    if not _is_text(before.get("source")):
        errors.append(_error("/before/source", "required", _("请写明出处：以前的数字从哪里来。")))
    return errors


def reference_errors(
    rules: Node, form: Node, *, departments: Collection[str], known: Vocabulary | None
) -> list[FieldError]:
    """Return what well-shaped rules name that does not exist. `known` None: what the rooms above have is not known."""
    errors = [
        _error(f"/onward/{i}/notice", "unknown", _("部门「%(code)s」不存在，请从部门表中选择。") % {"code": code})
        for i, step in enumerate(rules.get("onward") or ())
        if (code := step["notice"].partition(".")[0]) not in departments
    ]
    errors += _answer_errors((rules.get("offer") or {}).get("answers") or {}, form)
    return errors + (_vocabulary_errors(rules, known) if known is not None else [])


def _answer_errors(answers: Mapping[str, str], form: Node) -> list[FieldError]:
    asked = form.get("properties", {})
    errors = []
    for name, value in answers.items():
        if name not in asked:
            told = _("申请表单里没有「%(name)s」这一栏。") % {"name": name}
            errors.append(_error("/offer/answers", "unknown", told))
        elif "enum" in asked[name] and value not in asked[name]["enum"]:
            told = _("「%(name)s」没有「%(value)s」这个选项。") % {"name": name, "value": value}
            errors.append(_error("/offer/answers", "choice", told))
    return errors


def _vocabulary_errors(rules: Node, known: Vocabulary) -> list[FieldError]:
    facts_by, licence = str(rules.get("facts_by") or ""), rules.get("licence")
    errors = list[FieldError]()
    if facts_by and facts_by not in known.facts_by:
        told = _("没有「%(code)s」这种收集办法，请从列表中选择。") % {"code": facts_by}
        errors.append(_error("/facts_by", "unknown", told))
    if licence and licence not in known.licences:
        told = _("没有「%(code)s」这种电子证照，请从列表中选择。") % {"code": licence}
        errors.append(_error("/licence", "unknown", told))
    if rules.get("offer") and facts_by in known.facts_by and facts_by not in known.offered:
        told = _("「%(name)s」这种收集办法要等人申请以后才能用，不能免申即享。") % {"name": known.facts_by[facts_by]}
        errors.append(_error("/offer", "not-offered", told))
    return errors + _question_errors(rules.get("consent"), known.asked.get(facts_by, {}))


def _question_errors(consent: Node | None, names: Collection[str]) -> list[FieldError]:
    """A question may name only what the gatherer fills in: the other person would read "$child" otherwise."""
    if not consent:
        return []
    if not names:
        return [_error("/consent", "not-asked", _("所选的收集办法不知道要问谁，不能征求同意。"))]
    listed = "、".join(f"${{{name}}}" for name in names)
    return [
        _error(f"/consent/{name}", "unknown", _("这里只能用 %(names)s。") % {"names": listed})
        for name in ("words", "words_en")
        if not set(_named(str(consent.get(name) or ""))) <= set(names)
    ]


def _named(text: str) -> list[str]:
    """Return what a template names; a lone "$" is shown as an unknown name."""
    template = Template(text)
    return template.get_identifiers() if template.is_valid() else [*template.get_identifiers(), "$"]


def _is_count(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST


def _are_answers(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(v, str) and v for pair in value.items() for v in pair)


def _error(pointer: str, code: str, message: str) -> FieldError:
    return FieldError(f"/rules{pointer}", code, message)
