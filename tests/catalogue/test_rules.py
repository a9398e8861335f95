"""The law and arithmetic of services: plain, table-driven, no database."""

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.catalogue import rules
from civic.catalogue.rules import words
from civic.catalogue.rules.question_rows import form_of, rows_of
from tests.factories.catalogue import FULL, PARALLEL_STEPS, content

KNOWN = rules.Known({"rsj", "zrzy", "sw", "zjj"}, {"hall"}, list(words.THEMES), list(words.LIFE_EVENTS))
FORM = FULL["form"]


@pytest.mark.parametrize(("days", "unit", "zh", "en"), [
    (5, "WORKDAY", "5个工作日", "5 working days"),
    (1, "WORKDAY", "1个工作日", "1 working day"),
    (20, "NATURAL_DAY", "20个自然日", "20 days"),
    (0, "WORKDAY", "即时办结", "at once"),
    (None, "WORKDAY", "以受理通知为准", "stated on acceptance"),
])  # fmt: skip
def test_limits_are_said_in_words(days: int | None, unit: str, zh: str, en: str) -> None:
    assert rules.process_time(days, unit) == zh
    assert rules.process_time(days, unit, "en") == en


def test_three_departments_work_in_parallel_and_one_registers() -> None:
    assert rules.layers(PARALLEL_STEPS) == [["land", "tax", "house"], ["register"]]
    assert rules.days_needed(PARALLEL_STEPS) == 3
    assert rules.ready(PARALLEL_STEPS, done=set()) == ["land", "tax", "house"]
    assert rules.ready(PARALLEL_STEPS, done={"land", "tax"}) == ["house"]
    assert rules.ready(PARALLEL_STEPS, done={"land", "tax", "house"}) == ["register"]


@pytest.mark.parametrize(("steps", "pointer", "code"), [
    ([("a", ["b"]), ("b", ["a"])], "/steps", "cycle"),
    ([("a", ["a"])], "/steps", "cycle"),
    ([("a", ["x"])], "/steps/0/after", "unknown"),
    ([("a", []), ("a", [])], "/steps/0/key", "unique"),
])  # fmt: skip
def test_steps_that_cannot_be_walked_are_named(steps: list[tuple[str, list[str]]], pointer: str, code: str) -> None:
    graph = [{"key": key, "name": key, "department": "rsj", "after": after, "days": 1} for key, after in steps]

    errors = rules.step_errors(graph, {"rsj"})

    assert (errors[0].pointer, errors[0].code) == (pointer, code)


def test_a_step_of_an_unknown_department_is_named() -> None:
    errors = rules.step_errors([{"key": "a", "name": "审核", "department": "nowhere", "after": [], "days": 1}], {"rsj"})

    assert [error.pointer for error in errors] == ["/steps/0/department"]


@given(st.lists(st.integers(0, 7), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_walking_ready_steps_in_any_order_does_every_step_once(sizes: list[int], dice: random.Random) -> None:
    steps = [
        {
            "key": str(i),
            "name": "x",
            "department": "rsj",
            "after": [str(j) for j in range(i) if (size >> j) & 1],
            "days": 1,
        }
        for i, size in enumerate(sizes)
    ]
    done: list[str] = []
    while open_now := rules.ready(steps, done=set(done)):
        done.append(dice.choice(open_now))

    assert sorted(done) == sorted(step["key"] for step in steps)
    assert sum(len(wave) for wave in rules.layers(steps)) == len(steps)


RULES = [
    {"key": "age", "question": "年龄？", "fact": "age", "op": ">=", "value": 60, "type": "integer",
     "rule": "年满60周岁", "basis": "《老年人权益保障法》第二条", "remedy": "未满60周岁可办理其他优待。"},
    {"key": "home", "question": "本市户籍？", "fact": "local", "op": "==", "value": True, "type": "boolean",
     "rule": "本市户籍", "basis": "办法第三条", "remedy": "请到户籍地办理。"},
]  # fmt: skip


@pytest.mark.parametrize(("answers", "eligible", "rule", "unanswered"), [
    ({"age": 60, "local": True}, True, None, ()),
    ({"age": 59, "local": True}, False, "age", ()),
    ({"age": 60, "local": False}, False, "home", ()),
    ({"age": 59, "local": False}, False, "age", ()),
    ({"age": 60}, False, None, ("local",)),
    ({}, False, None, ("age", "local")),
])  # fmt: skip
def test_eligibility_names_the_rule(
    answers: dict[str, Any], eligible: bool, rule: str | None, unanswered: tuple[str, ...]
) -> None:
    outcome = rules.eligibility(RULES, answers)

    assert outcome.eligible is eligible
    assert (outcome.rule["key"] if outcome.rule else None) == rule
    assert outcome.unanswered == unanswered


@pytest.mark.parametrize(("raw", "wrong"), [
    ({"age": "60", "local": "yes"}, []),
    ({"age": "sixty", "local": "yes"}, [("/age", "「年龄？」请填整数，例如 60。")]),
    ({"age": "", "local": "maybe"}, [("/age", "请回答「年龄？」。"), ("/local", "「本市户籍？」请选择是或否。")]),
])  # fmt: skip
def test_answers_are_read_or_named(raw: dict[str, str], wrong: list[tuple[str, str]]) -> None:
    _, errors = rules.parse_answers(RULES, raw)

    assert [(error.pointer, error.message) for error in errors] == wrong


def test_a_date_rule_compares_days() -> None:
    rule = {**RULES[0], "fact": "born", "type": "date", "op": "<=", "value": "1966-03-02"}
    answers, errors = rules.parse_answers([rule], {"born": "1966-03-02"})

    assert errors == []
    assert answers == {"born": date(1966, 3, 2)}
    assert rules.eligibility([rule], answers).eligible


def test_what_the_city_holds_is_not_asked_for() -> None:
    materials = content()["materials"]

    known = rules.shown_materials(materials, {"id_card"})
    unknown = rules.shown_materials(materials, set())

    assert [m["key"] for m in known.asked] == ["photo"]
    assert [m["key"] for m in known.supplied] == ["id_card"]
    assert [m["key"] for m in unknown.asked] == ["id_card", "photo"]
    assert [m["key"] for m in known.commitments] == ["residence"]


GOOD = {"bank": "icbc", "reason": "first", "phone": "13800005678"}


@pytest.mark.parametrize(("change", "errors"), [
    ({}, []),
    ({"bank": ""}, [("/bank", "「开户银行」还没有选择，请选择一项。")]),
    ({"bank": "boc"}, [("/bank", "「开户银行」请从给出的选项中选择。")]),
    ({"phone": ""}, [("/phone", "「手机号」还没有填写，请填写。")]),
    ({"since": "2026-02-30"}, [("/since", "「参保日期」要写成 年-月-日，并且是真实的日期，例如 2026-03-02。")]),
    ({"reason": "other", "note": "字" * 21}, [("/note", "「其他原因」太长，请写在 20 个字以内。")]),
    ({"reason": "first", "note": "字" * 21}, []),
    ({"colour": "red"}, [("/colour", "表单里没有「colour」这一栏，请删去。")]),
    ({"bank": 3}, [("/bank", "「开户银行」要填文字。")]),
])  # fmt: skip
def test_form_errors_name_the_field_and_say_what_to_do(change: dict[str, Any], errors: list[tuple[str, str]]) -> None:
    found = rules.form_errors(FORM, {**GOOD, **change})

    assert [(error.pointer, error.message) for error in found] == errors


def test_personal_fields_are_checked_by_their_kind_and_the_value_is_not_repeated() -> None:
    (error,) = rules.form_errors(FORM, {**GOOD, "phone": "1380000"})

    assert (error.pointer, error.code) == ("/phone", "personal")
    assert "1380000" not in error.message


def test_form_errors_speak_english() -> None:
    (error,) = rules.form_errors(FORM, {**GOOD, "since": "soon"}, "en")

    assert error.message == "“Insured since” must be a real date, written year-month-day, such as 2026-03-02."


def test_a_field_required_by_a_rule_between_fields_is_named() -> None:
    form = {**FORM, "allOf": [{"if": {"properties": {"reason": {"const": "other"}}}, "then": {"required": ["note"]}}]}

    assert [error.pointer for error in rules.form_errors(form, {**GOOD, "reason": "other"})] == ["/note"]


def test_texts_of_a_page_become_typed_values_and_hidden_fields_are_dropped() -> None:
    form = {
        "type": "object",
        "x-pages": [{"key": "p", "title": "p", "fields": ["n", "b", "m", "h"]}],
        "properties": {
            "n": {"type": "integer", "title": "n"},
            "b": {"type": "boolean", "title": "b"},
            "m": {"type": "array", "title": "m", "items": {"enum": ["x", "y"]}},
            "h": {"type": "string", "title": "h", "x-show-when": {"field": "b", "equals": True}},
        },
    }

    assert rules.clean(form, {"n": " 3 ", "b": "false", "m": "x", "h": "hidden", "zz": 1}) == {
        "n": 3,
        "b": False,
        "m": ["x"],
    }
    assert rules.clean(form, {"n": "three", "b": "true", "h": "seen"}) == {"n": "three", "b": True, "h": "seen"}


def test_a_pattern_made_to_hang_does_not() -> None:
    form = {"type": "object", "properties": {"a": {"type": "string", "title": "a", "pattern": "^(a+)+$"}}}

    assert len(rules.form_errors(form, {"a": "a" * 5000 + "b"})) == 1


TEXTS = st.text(alphabet="a1 -月\u0000😀", max_size=30)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), TEXTS, st.lists(TEXTS, max_size=3))


@given(st.dictionaries(st.sampled_from(["bank", "reason", "note", "phone", "since", "x"]), VALUES))
def test_any_answer_at_all_gets_an_answer(data: dict[str, Any]) -> None:
    for error in rules.form_errors(FORM, data):
        assert error.pointer.startswith("/")
        assert error.message


LONELY = {**FORM["properties"], "lonely": {"type": "string", "title": "x"}}
REFERS = {**FORM["properties"], "bank": {"$ref": "http://x/"}}
COLOUR = {**FORM["properties"], "bank": {"type": "colour"}}
BREAKS: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "/name"),
    ({"name": "长" * 201}, "/name"),
    ({"department": "nowhere"}, "/department"),
    ({"level": "MOON"}, "/level"),
    ({"kind": "INSTANT", "promised_days": 5}, "/promised_days"),
    ({"promised_days": 16}, "/promised_days"),
    ({"promised_days": "five"}, "/promised_days"),
    ({"audience": []}, "/audience"),
    ({"audience": ["MARTIAN"]}, "/audience"),
    ({"theme": "没有"}, "/theme"),
    ({"life_events": ["就业", "登月"]}, "/life_events/1"),
    ({"places": ["nowhere"]}, "/places/0"),
    ({"fee": {"amount": "5.00"}}, "/fee/basis"),
    ({"fee": {"amount": "much"}}, "/fee/amount"),
    ({"fee": {"amount": "-1"}}, "/fee/amount"),
    ({"legal_basis": [{"article": "一"}]}, "/legal_basis/0/title"),
    ({"results": [{"name": "卡", "kind": "GOLD"}]}, "/results/0/kind"),
    ({"materials": [{"key": "a", "name": "a", "source": "SKY"}]}, "/materials/0/source"),
    ({"materials": [{"key": "a", "name": "a", "source": "COMMITMENT"}]}, "/materials/0/commitment"),
    ({"eligibility": [{**RULES[0], "value": "sixty"}]}, "/eligibility/0/value"),
    ({"eligibility": [{**RULES[0], "op": "~"}]}, "/eligibility/0/op"),
    ({"eligibility": [{**RULES[0], "remedy": ""}]}, "/eligibility/0/remedy"),
    ({"steps": [{**PARALLEL_STEPS[0], "days": 9}]}, "/steps"),
    ({"decision": {"department": "nowhere"}}, "/decision/department"),
    ({"form": {}}, "/form"),
    ({"form": {"type": "array"}}, "/form"),
    ({"form": {**FORM, "properties": REFERS}}, "/form"),
    ({"form": {**FORM, "properties": COLOUR}}, "/form/properties/bank/type"),
    ({"form": {**FORM, "properties": LONELY}}, "/form/x-pages"),
    ({"form": {**FORM, "required": ["ghost"]}}, "/form/required"),
    ({"guide_url": "javascript:alert(1)"}, "/guide_url"),
    ({"summary": "a\u0000b"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("overrides", "pointer"), BREAKS)
def test_each_broken_field_is_named(overrides: dict[str, Any], pointer: str) -> None:
    errors = rules.content_errors(content(**overrides), KNOWN)

    assert pointer in [error.pointer for error in errors]
    assert all(error.message.endswith(("。", "]")) or "JSON Schema" in error.message for error in errors)


def test_a_full_service_has_no_errors() -> None:
    assert rules.content_errors(content(), KNOWN) == []


def test_a_form_survives_the_way_through_the_clerks_rows() -> None:
    assert form_of(rows_of(FORM), FORM) == FORM


def test_changes_are_named_by_field() -> None:
    assert rules.changes(content(), content(promised_days=4)) == [("promised_days", 5, 4)]


def test_a_service_without_rules_keeps_its_fingerprint_so_that_no_new_version_is_made() -> None:
    before = {name: value for name, value in content().items() if name != "rules"}

    assert content()["rules"] == {}
    assert rules.digest(content()) == rules.digest(before)
    assert rules.digest({**before, "rules": {"auto": True}}) != rules.digest(before)
