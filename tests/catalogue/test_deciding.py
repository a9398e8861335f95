"""Rules decide and explain: three outcomes, never a guess, the same in any order and any thread."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic.catalogue.deciding import Shift, compiled_rules, decide, recheck_rate, recorded_cases, replay
from civic.catalogue.pack.city import read_pack
from civic.catalogue.rules.cells import BadCell, engine_value, read_cell
from civic.catalogue.rules.decision import facts_of
from civic.catalogue.rules.decision_shape import normalise_rules, rules_errors
from civic.catalogue.rules.engine import EngineRefused, compiled
from tests.catalogue.rule_sets import loan, plain

CITY = Path(__file__).parents[2] / "cities" / "luan"
TYPES = {"age": "integer", "paid": "boolean", "kind": "string", "price": "number", "limit": "number", "born": "date"}


def usual(**facts: Any) -> dict[str, Any]:
    return {**loan()["usual"], **facts}


def cell_says(fact: str, cell: str, **facts: Any) -> bool:
    rules = {"facts": [{"key": key, "type": kind} for key, kind in TYPES.items()],
             "tables": [{"key": "t", "name": "表", "rows": [
                 {"key": "r", "words": "规则", "when": {fact: cell}, "if_false": "PERSON", "basis": "法"},
             ]}]}  # fmt: skip
    return decide(rules, facts).outcome == "GRANT"


# Outcomes


def test_all_rules_hold_and_the_case_is_granted() -> None:
    ruled = decide(loan(), usual())

    assert ruled.outcome == "GRANT"
    assert [(rule.key, rule.verdict) for rule in ruled.fired] == [
        ("adult", "HOLDS"), ("covered", "HOLDS"), ("modest", "HOLDS"), ("long_enough", "HOLDS"),
    ]  # fmt: skip
    assert ruled.missing == ()


def test_a_false_rule_refuses_with_words_basis_and_remedy() -> None:
    ruled = decide(loan(), usual(age=15))

    assert ruled.outcome == "DECLINE"
    (reason,) = ruled.reasons
    assert (reason.key, reason.verdict, reason.table) == ("adult", "DECLINE", "申请人")
    assert (reason.words, reason.basis, reason.remedy) == ("年满16周岁", "《社会保险法》第十条", "请监护人代办。")
    assert (reason.words_en, reason.remedy_en) == ("Aged 16 or over", "Ask a guardian.")


def test_a_false_rule_may_send_the_case_to_a_person() -> None:
    ruled = decide(loan(), usual(income="2000.01"))

    assert (ruled.outcome, [rule.key for rule in ruled.reasons]) == ("PERSON", ["modest"])


def test_an_unknown_fact_sends_the_case_to_a_person_and_is_named() -> None:
    ruled = decide(loan(), usual(insured=None))

    assert (ruled.outcome, ruled.missing) == ("PERSON", ("insured",))
    assert [(rule.key, rule.missing) for rule in ruled.reasons] == [
        ("covered", ("insured",)),
        ("long_enough", ("insured",)),
    ]


def test_a_fact_compared_with_an_unknown_one_is_unknown_too() -> None:
    assert decide(loan(), usual(limit=None)).missing == ("limit",)


def test_a_certain_refusal_stands_although_other_facts_are_unknown() -> None:
    ruled = decide(loan(), usual(age=15, insured=None, limit=None))

    assert (ruled.outcome, ruled.missing) == ("DECLINE", ("insured", "limit"))


def test_a_rule_that_may_not_apply_refuses_nobody() -> None:
    ruled = decide(loan(), usual(kind=None, since="2026-05-01"))

    assert (ruled.outcome, ruled.missing) == ("PERSON", ("kind",))
    assert [(rule.key, rule.verdict) for rule in ruled.reasons] == [("long_enough", "UNKNOWN")]


def test_a_rule_that_holds_does_no_harm_where_it_may_not_apply() -> None:
    assert decide(loan(), usual(kind=None)).outcome == "GRANT"


def test_a_rule_that_does_not_apply_is_not_heard() -> None:
    ruled = decide(loan(), usual(kind="other", since=None, income=None))

    assert (ruled.outcome, [rule.key for rule in ruled.fired]) == ("GRANT", ["adult", "covered"])


def test_one_false_condition_takes_a_rule_out_whatever_else_is_unknown() -> None:
    ruled = decide(loan(), usual(kind=None, insured=False))

    assert [rule.key for rule in ruled.fired] == ["adult", "covered", "modest"]


def test_where_no_rule_applies_a_person_decides() -> None:
    rules = loan()
    rules["tables"] = [{**rules["tables"][1], "rows": [rules["tables"][1]["rows"][0]]}]

    assert decide(rules, usual(kind="other")).outcome == "PERSON"


@pytest.mark.parametrize("wrong", [None, "30", 30.5, True, 10**12, [30], {"age": 30}])
def test_a_fact_of_another_type_than_declared_is_not_known(wrong: object) -> None:
    ruled = decide(loan(), usual(age=wrong))

    assert (ruled.outcome, ruled.missing) == ("PERSON", ("age",))


def test_a_fact_that_nobody_declared_says_nothing() -> None:
    assert decide(loan(), usual(score=12)) == decide(loan(), usual())


# Cells


@pytest.mark.parametrize(
    ("fact", "cell", "value", "expected"),
    [
        ("paid", "true", True, True), ("paid", "true", False, False), ("paid", "true, false", False, True),
        ("paid", "!= true", False, True),
        ("age", "18", 18, True), ("age", ">= 18", 17, False), ("age", "[1..30]", 30, True),
        ("age", "[1..30)", 30, False),
        ("age", "(1..30]", 1, False), ("age", "1, 2, 3", 2, True), ("age", "not 1, 2", 2, False),
        ("age", "< -3", -4, True),
        ("kind", '"girl"', "girl", True), ("kind", "'girl', 'boy'", "boy", True), ("kind", 'not "a", "b"', "c", True),
        ("kind", '"集体户"', "集体户", True), ("kind", '"𫖯"', "𫖯", True), ("kind", '"𫖯"', "颉", False),
        ("kind", '"${x}"', "${x}", True), ("kind", '"it\'s"', "it's", True), ("kind", '"a, b"', "a, b", True),
        ("price", "<= 0", Decimal("0.01"), False), ("price", "<= 0", "0.00", True), ("price", "0.3", 0.3, True),
        ("price", "0.3", Decimal("0.1") + Decimal("0.2"), True),
        ("price", "> 99999999999.99", Decimal("99999999999.991"), True),
        ("price", "(-1..1)", "-0.999999", True), ("price", "(-1..1)", "-1.0", False),
        ("born", '< "2026-01-01"', "2025-12-31", True), ("born", '< "2026-01-01"', date(2026, 1, 1), False),
        ("born", '["2026-02-01".."2026-02-28"]', "2026-02-28", True), ("born", '"2024-02-29"', date(2024, 2, 29), True),
    ],
)  # fmt: skip
def test_a_cell_says_what_it_says(fact: str, cell: str, value: object, expected: bool) -> None:
    assert cell_says(fact, cell, **{fact: value}) is expected


def test_a_cell_may_compare_two_facts() -> None:
    assert cell_says("price", "<= limit", price="0.1", limit=Decimal("0.10"))
    assert not cell_says("price", "!= limit", price=3, limit="3.00")


@pytest.mark.parametrize(
    ("fact", "cell", "told"),
    [
        ("paid", ">= true", "没有大小"), ("paid", "1", "不是是或否"), ("paid", '"true"', "不是是或否"),
        ("age", "true", "不是整数"), ("age", "1.5", "不是整数"), ("age", ">=", "后面要写一个值"), ("age", "", "是空的"),
        ("age", "> 5 and < 10", "后面要写一个值"), ("age", "[5..1]", "左边大于右边"), ("age", "[1,5]", "范围要写成"),
        ("age", "== price", "类型不同"), ("age", "== wages", "没有这个事实"), ("age", "年满18", "看不懂"),
        ("age", "18岁", "看不懂"), ("kind", "girl", "没有这个事实"), ("kind", "len(kind)", "几个值"),
        ("kind", '"a" "b"', "几个值"), ("kind", '["a".."b"]', "没有大小"), ("kind", '"a', "看不懂"),
        ("kind", "not", "几个值"),
        ("kind", '"a\\"', "看不懂"), ("born", '"2026-02-30"', "不是日期"), ("born", "20260101", "不是日期"),
        ("price", "1e5", "看不懂"), ("price", "1.1234567", "看不懂"), ("age", "1234567890123", "不是整数"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_asked_says_what_is_wrong(fact: str, cell: str, told: str) -> None:
    with pytest.raises(BadCell, match=told):
        read_cell(fact, cell, TYPES)


def test_an_instant_is_no_date_and_a_share_of_a_millionth_is_no_number() -> None:
    assert engine_value("date", datetime(2026, 1, 1, tzinfo=UTC)) is None
    assert engine_value("date", "20260101") is None
    assert engine_value("number", 1 / 3) is None
    assert engine_value("number", float("nan")) is None
    assert engine_value("number", Decimal("1E+3")) == 1_000_000_000


def test_what_the_engine_cannot_read_is_refused_by_name() -> None:
    with pytest.raises(EngineRefused):
        compiled("年龄 >= ")


# Properties, on the real rules of the newborn

NEWBORN = read_pack(CITY).services["LA-GA-001"].content["rules"]
VALUES: Mapping[str, Any] = {"boolean": [True, False, None], "integer": [-1, 0, 1, 30, None],
                             "date": ["2026-03-02", None]}  # fmt: skip
TEXTS = {"birth_path": ["hospital", "home", None], "household_of": ["mother", "father", None],
         "other_parent": ["yes", "no", None], "household_kind": ["family", "collective", None]}  # fmt: skip


def choices(fact: Mapping[str, Any]) -> list[Any]:
    return list(VALUES.get(fact["type"], TEXTS.get(fact["key"], ["F", None])))


newborns = st.fixed_dictionaries({fact["key"]: st.sampled_from(choices(fact)) for fact in NEWBORN["facts"]})
near_newborns = newborns.flatmap(
    lambda facts: st.sets(st.sampled_from(sorted(facts)), max_size=4).map(
        lambda keys: {**NEWBORN["usual"], **{key: facts[key] for key in keys}}
    )
)
some_newborns = st.one_of(newborns, near_newborns)


@given(facts=some_newborns)
@settings(max_examples=400, deadline=None)
def test_the_engine_agrees_with_plain_python(facts: dict[str, Any]) -> None:
    ruled = decide(NEWBORN, facts)

    outcome, verdicts, missing = plain(NEWBORN, facts)
    assert ruled.outcome == outcome
    assert {rule.key: rule.verdict for rule in ruled.fired} == verdicts
    assert set(ruled.missing) == missing


@given(facts=some_newborns, data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_fact_that_becomes_unknown_never_grants_and_never_refuses(facts: dict[str, Any], data: st.DataObject) -> None:
    before = decide(NEWBORN, facts).outcome
    lost = data.draw(st.sets(st.sampled_from(sorted(facts)), min_size=1, max_size=3))

    after = decide(NEWBORN, {key: value for key, value in facts.items() if key not in lost}).outcome

    assert (before, after) not in {
        ("PERSON", "GRANT"),
        ("DECLINE", "GRANT"),
        ("PERSON", "DECLINE"),
        ("GRANT", "DECLINE"),
    }


@given(facts=some_newborns, seed=st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_the_order_of_rules_and_tables_does_not_matter(facts: dict[str, Any], seed: int) -> None:
    mixed, chance = deepcopy(NEWBORN), Random(seed)
    chance.shuffle(mixed["tables"])
    for table in mixed["tables"]:
        chance.shuffle(table["rows"])

    one, other = decide(NEWBORN, facts), decide(mixed, facts)

    assert (one.outcome, one.missing, set(one.fired)) == (other.outcome, other.missing, set(other.fired))


def test_eight_threads_say_the_same() -> None:
    cases = [facts_of(NEWBORN, example) for example in NEWBORN["examples"]]
    expected = [decide(NEWBORN, facts) for facts in cases]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: [decide(deepcopy(NEWBORN), facts) for facts in cases], range(16)))

    assert answers == [expected] * 16


def test_the_same_content_is_compiled_once() -> None:
    assert compiled_rules(loan()) is compiled_rules(loan())
    assert compiled_rules(loan()) is not compiled_rules(loan(tables=loan()["tables"][:1]))


# What may not be published


def told(rules: Any) -> list[str]:
    return [error.message for error in rules_errors(rules)]


def with_row(**changes: Any) -> dict[str, Any]:
    rules = loan()
    rules["tables"][0]["rows"][0] = {**rules["tables"][0]["rows"][0], **changes}
    return normalise_rules(rules)


ROW = "规则表1「申请人」第1条「年满16周岁」"


def test_sound_rules_and_none_at_all_have_no_errors() -> None:
    assert told(loan()) == []
    assert told({}) == []


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (with_row(when={"age": "> old"}), ROW + "的格子「age」提到了「old」，但没有这个事实；文字要加引号。"),
        (with_row(when={"年龄": "> 1"}),
         ROW + "的格子「年龄」：没有这个事实，请先在事实表里登记，或改正代码。"),
        (with_row(when={}), ROW + "没有条件，请至少写一格。"),
        (with_row(basis=""), ROW + "没有依据，请写明法规和条款。"),
        (with_row(remedy=" "), ROW + "不满足就不予受理，请写明当事人可以怎么办。"),
        (with_row(if_false="REFUSE"), ROW + "不满足时要选 DECLINE（不予受理）或 PERSON（转人工）。"),
        (with_row(score=3), ROW + "有不认识的栏目「score」。"),
        (with_row(key="covered"), ROW + "的代码为空、重复或不是英文小写字母。"),
        (loan(facts=[{"key": "年龄", "name": "年龄", "type": "integer", "source": "x"}]),
         "事实1「年龄」的代码只能用英文小写字母、数字和下划线，例如 certificate_valid。"),
        (loan(facts=[{"key": "not", "name": "否", "type": "integer", "source": "x"}]),
         "事实1「否」的代码只能用英文小写字母、数字和下划线，例如 certificate_valid。"),
        (loan(facts=[*loan()["facts"], loan()["facts"][0]]), "事实1「年龄」的代码重复，请改成唯一的代码。"),
        (loan(facts=[{"key": "age", "name": "年龄", "type": ["integer"], "source": "x"}]),
         "事实1「年龄」的类型要选 boolean、integer、number、string、date 之一。"),
        (loan(examples=[]), "还没有例子；发布前至少要有一个例子，并且结果符合预期。"),
        (loan(examples=[{"name": "十五岁", "facts": {"age": 15}, "outcome": "GRANT"}]),
         "例子「十五岁」没有通过：应为「马上办结」，规则得出「不予受理」，没有满足：年满16周岁。"),
        (loan(examples=[{"name": "十五岁", "facts": {"age": 15}, "outcome": "DECLINE", "fired": ["covered"]}]),
         "例子「十五岁」没有通过：结果相同，但「covered」这条规则没有起作用。"),
        (loan(examples=[{"name": "查不到", "facts": {"insured": None}, "outcome": "PERSON", "fired": ["covered"]}]),
         "例子「查不到」没有通过：结果相同，但还有别的规则起了作用：long_enough。"),
        (loan(examples=[{"name": "甲", "facts": {"age": "老"}, "outcome": "GRANT"}]),
         "例子1「甲」：「age」的值不是整数。"),
        (loan(examples=[{"name": "甲", "facts": {"x": 1}, "outcome": "GRANT"}]), "例子1「甲」：没有「x」这个事实。"),
        (loan(examples=[{"name": "甲", "outcome": "GRANT", "fired": [["a"]]}]),
         "例子1「甲」提到规则「['a']」，但没有这条规则。"),
        (loan(tables=[]), "还没有一条规则；请先写规则，或清空审批规则。"),
        (loan(tables=[{"key": "t", "name": "表", "rows": "x"}]), "规则表1的规则要列成清单，每一条是一组属性。"),
        (loan(recheck_rate=1.5), "「复核比例」要填 0 到 1 之间的数，例如 0.05。"),
        (loan(recheck_rate="很少"), "「复核比例」要填 0 到 1 之间的数，例如 0.05。"),
        (loan(auto="yes"), "「自动办结」要填是或否。"),
        (loan(usual={"age": "x"}), "通常的事实：「age」的值不是整数。"),
        (loan(surprise=1), "审批规则有不认识的栏目「surprise」。"),
        (["rules"], "审批规则要写成一组属性。"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_table_row_and_cell(rules: Any, expected: str) -> None:
    assert expected in told(rules)


@pytest.mark.parametrize("junk", [None, 1, "x", [], [1], {"a": 1}, [None], [[]], [{}], {"key": []}])
@pytest.mark.parametrize("part", ["auto", "recheck_rate", "facts", "usual", "tables", "examples"])
def test_no_shape_of_rules_is_a_surprise(part: str, junk: Any) -> None:
    assert isinstance(rules_errors(normalise_rules({**loan(), part: junk})), list)


@pytest.mark.parametrize("junk", [None, 1, "x", [], [1], {"a": []}, True])
@pytest.mark.parametrize("part", ["key", "words", "when", "only_if", "if_false", "basis", "remedy"])
def test_no_shape_of_a_rule_is_a_surprise(part: str, junk: Any) -> None:
    assert isinstance(rules_errors(with_row(**{part: junk})), list)


def test_cells_that_yaml_reads_as_values_are_texts_again() -> None:
    assert with_row(when={"insured": True, "age": 18})["tables"][0]["rows"][0]["when"] == {
        "insured": "true",
        "age": "18",
    }


# Replay


def test_replay_names_the_cases_that_new_rules_decide_otherwise() -> None:
    stricter = loan()
    stricter["tables"][0]["rows"][0]["when"] = {"age": ">= 18"}
    recorded = [
        ("LA20260001", usual(), "GRANT"),
        ("LA20260002", usual(age=17), "GRANT"),
        ("LA20260003", usual(age=9), "DECLINE"),
    ]

    (change,) = replay(stricter, iter(recorded))

    assert isinstance(change, Shift)
    assert (change.name, change.before, change.after) == ("LA20260002", "GRANT", "DECLINE")
    assert [rule.key for rule in change.reasons] == ["adult"]


def recorded_somewhere(code: str) -> list[tuple[str, dict[str, Any], str]]:
    return [(f"{code}-1", usual(age=15), "GRANT")]


def test_recorded_cases_come_from_the_room_that_the_settings_name(settings: Any) -> None:
    settings.RULE_REPLAY_SOURCE = ""
    assert recorded_cases("LA-GA-001") is None

    settings.RULE_REPLAY_SOURCE = "tests.catalogue.test_deciding.recorded_somewhere"
    assert recorded_cases("LA-GA-001") == recorded_somewhere("LA-GA-001")


def test_the_published_share_of_rechecks_is_exact() -> None:
    assert recheck_rate(loan()) == Decimal("0.05")
    assert recheck_rate({}) == 0
