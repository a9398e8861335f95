"""The rules that the city publishes: every named scenario, its outcome and reason, and words that hurt nobody."""

import re
from pathlib import Path
from typing import Any

import pytest

from civic.catalogue import rules as law
from civic.catalogue.deciding import decide
from civic.catalogue.pack.city import read_pack
from civic.catalogue.rules.decision import facts_of
from civic.catalogue.rules.decision_shape import rules_errors

CITY = Path(__file__).parents[2] / "cities" / "luan"
SERVICES = {code: one.content for code, one in read_pack(CITY).services.items() if one.content["rules"]}
RULES = {code: content["rules"] for code, content in SERVICES.items()}
NEWBORN = RULES["LA-GA-001"]
HURTFUL = (
    "私生",
    "弃婴",
    "黑户",
    "非法生育",
    "超生",
    "野",
    "残废",
    "不合格",
    "骗",
    "拒绝受理",
    "违法生育",
    "社会抚养费",
)

EVERYTHING = ("certificate_found", "certificate_valid", "certificate_unused", "hospital_known", "born_already",
              "within_a_month", "applicant_is_parent", "mother_matches", "father_matches", "mother_alive",
              "father_known",
              "father_alive", "marriage_checked", "consent", "mother_in_city", "household_member", "family_household",
              "not_registered", "twins_fit", "no_duplicate", "surname")  # fmt: skip

every_example = pytest.mark.parametrize(
    ("code", "example"),
    [
        pytest.param(code, one, id=f"{code} {one['name_en']}")
        for code, rules in RULES.items()
        for one in rules["examples"]
    ],
)  # fmt: skip


def reasons(**facts: Any) -> tuple[str, list[str]]:
    """Return what becomes of the usual newborn with some facts changed."""
    ruled = decide(NEWBORN, {**NEWBORN["usual"], **facts})
    return ruled.outcome, [rule.key for rule in ruled.reasons] if ruled.outcome != "GRANT" else []


@every_example
def test_the_scenario_comes_out_as_published(code: str, example: dict[str, Any]) -> None:
    ruled = decide(RULES[code], facts_of(RULES[code], example))

    assert ruled.outcome == example["outcome"]
    if ruled.outcome != "GRANT":
        assert {rule.key for rule in ruled.reasons} == set(example.get("fired") or EVERYTHING)


def test_four_services_have_rules_and_only_the_transfer_of_a_home_keeps_them_as_advice() -> None:
    assert {code: rules["auto"] for code, rules in RULES.items()} == {
        "LA-GA-001": True, "LA-MZ-002": True, "LA-SC-001": True, "LA-ZR-001": False,
    }  # fmt: skip
    assert all(rules_errors(rules) == [] for rules in RULES.values())


def test_the_newborn_has_its_scenarios() -> None:
    counts = {code: len(rules["examples"]) for code, rules in RULES.items()}
    outcomes = [one["outcome"] for one in NEWBORN["examples"]]

    assert counts == {"LA-GA-001": 63, "LA-MZ-002": 14, "LA-SC-001": 16, "LA-ZR-001": 18}
    assert [outcomes.count(name) for name in ("GRANT", "PERSON", "DECLINE")] == [13, 40, 10]


@pytest.mark.parametrize("code", RULES)
def test_every_rule_decides_in_some_example(code: str) -> None:
    decided = {key for one in RULES[code]["examples"] if one["outcome"] != "GRANT" for key in one.get("fired", ())}

    assert [row["key"] for table in RULES[code]["tables"] for row in table["rows"] if row["key"] not in decided] == []


@pytest.mark.parametrize("code", RULES)
def test_the_words_are_plain_and_hurt_nobody(code: str) -> None:
    rows = [row for table in RULES[code]["tables"] for row in table["rows"]]
    texts = [row[name] for row in rows for name in ("words", "remedy")] + [
        one["name"] for one in RULES[code]["examples"]
    ]

    assert [text for text in texts for word in HURTFUL if word in text] == []
    assert [text for text in texts if len(text) > 60] == []
    assert [row["key"] for row in rows if not (row["words_en"] and row["remedy"] and row["remedy_en"])] == []


def test_no_rule_refuses_a_child_for_its_family() -> None:
    """Marriage, one parent, consent, likeness, lateness and a rare character lead to a person, never to a refusal."""
    refusing = {row["key"] for table in NEWBORN["tables"] for row in table["rows"] if row["if_false"] == "DECLINE"}

    assert refusing == {
        "certificate_found", "certificate_valid", "certificate_unused", "mother_in_city", "father_in_city",
        "not_registered", "name_in_characters",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        ("wjw", "PERSON"), ("gaj.population", "PERSON"), ("mzj", "PERSON"), ("gaj.household", "PERSON"),
        ("gaj.birth_registration", "PERSON"), ("check", "PERSON"), ("consent", "PERSON"),
    ],
)  # fmt: skip
def test_a_source_that_is_down_sends_the_newborn_to_a_person(lost: str, expected: str) -> None:
    facts = {fact["key"]: None for fact in NEWBORN["facts"] if fact["source"].startswith(lost)}

    outcome, keys = reasons(**facts)

    assert outcome == expected
    assert keys != []


def test_the_facts_of_the_newborn_name_their_sources() -> None:
    sources = {fact["source"].partition(".")[0] for fact in NEWBORN["facts"]}

    assert sources == {"form", "check", "wjw", "gaj", "mzj", "consent"}
    assert all(re.fullmatch(r"[a-z]+(\.[a-z_]+)+", fact["source"]) for fact in NEWBORN["facts"])


def test_every_fact_from_the_form_is_a_field_of_the_form() -> None:
    for code, content in SERVICES.items():
        fields = content["form"]["properties"]
        asked = [fact["source"] for fact in RULES[code]["facts"] if fact["source"].startswith("form.")]
        assert [source for source in asked if source.removeprefix("form.") not in fields] == [], code


def test_the_mother_of_a_newborn_hands_in_nothing() -> None:
    sources = {material["source"] for material in SERVICES["LA-GA-001"]["materials"]}

    assert sources == {"LICENCE", "EXCHANGE", "COMMITMENT"}


def test_a_single_mother_is_granted_like_anyone() -> None:
    assert reasons(other_parent="no", parents_married=False, father_known=None, father_matches=None, consented=None,
                   father_alive=None, father_hukou_city=None) == ("GRANT", [])  # fmt: skip


def test_refused_consent_goes_to_a_person_and_refuses_no_child() -> None:
    assert reasons(consented=False) == ("PERSON", ["consent"])


MOTHER = {
    "birth_path": "hospital", "certificate_no": "T340000001", "child_name": "王𫖯", "child_surname_of": "mother",
    "ethnic_group": "mother", "applicant_role": "mother", "other_parent": "yes", "other_parent_name": "孙浩",
    "other_parent_document": "id_card", "other_parent_id_number": "341503198812120019", "household_of": "mother",
    "together": "all",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"certificate_no": "T34000000"}, ["/certificate_no"]),
        ({"certificate_no": ""}, ["/certificate_no"]),
        ({"birth_path": "unknown", "certificate_no": ""}, []),
        ({"birth_path": "home", "birth_note": "在家里出生，有接生员。"}, []),
        ({"other_parent": "no"}, []),
        ({"other_parent_document": "passport", "other_parent_passport": "E12345678"}, []),
        ({"other_parent_document": "passport"}, ["/other_parent_passport"]),
        ({"other_parent_id_number": "341503198812120018"}, ["/other_parent_id_number"]),
        ({"child_surname_of": "other"}, ["/surname_reason"]),
        ({"child_surname_of": "other", "surname_reason": "跟奶奶姓"}, []),
    ],
)
def test_the_form_of_the_newborn_asks_each_family_only_what_it_can_answer(
    changes: dict[str, str], wrong: list[str]
) -> None:
    form = SERVICES["LA-GA-001"]["form"]

    errors = law.form_errors(form, law.clean(form, {**MOTHER, **changes}))

    assert [error.pointer for error in errors] == wrong
