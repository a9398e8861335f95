"""The city pack of Lu'an says what it must, without a database: whole, consistent, bilingual and in plain words."""

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from civic.catalogue.pack.city import read_pack
from civic.core.plain_yaml import load_yaml

CITY = Path(__file__).parents[2] / "cities" / "luan"
QUERIES = Path(__file__).with_name("queries.csv")
FILES = ("departments.csv", "places.csv", "themes.csv", "life_events.csv", "services.csv", "terms.csv")
PATHS = sorted((CITY / "services").glob("*.yaml"))
BANNED = ("予以", "兹", "特此", "贵方", "该等", "悉知", "鉴于", "届时", "应予", "须", "上述", "之日起", "逾期不候")
LISTS = ("aliases", "audience", "life_events", "legal_basis", "materials", "results", "places")
PERSONAL = {None, "uscc", "id_number", "passport", "phone", "name", "address", "bank_account", "email", "health"}
SENTENCE_END = re.compile(r"[。？！；]")
CHINESE = re.compile(r"[一-鿿]")


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (CITY / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@cache
def full(path: Path) -> dict[str, Any]:
    service: dict[str, Any] = load_yaml(path.read_text(encoding="utf-8"))
    return service


def basic() -> list[dict[str, Any]]:
    """Return the rows of services.csv with their lists split and their numbers read."""
    numbers = ("statutory_days", "promised_days", "visits")
    return [
        {k: list(filter(None, v.split("|"))) if k in LISTS else int(v) if k in numbers else v for k, v in row.items()}
        for row in rows("services.csv")
    ]


def everything() -> list[dict[str, Any]]:
    return [*map(full, PATHS), *basic()]


def keys(name: str, column: str) -> set[str]:
    return {row[column] for row in rows(name)}


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from nodes(item)


def plain_words(service: dict[str, Any]) -> list[str]:
    """Return the texts that explain something to the applicant."""
    wanted = ("description", "note", "question", "rule", "remedy", "commitment", "title", "fee_note")
    texts = [node.get(key) for node in nodes({**service, "legal_basis": []}) for key in wanted]
    return [text for text in texts if text and isinstance(text, str)]


full_services = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def test_the_pack_holds_200_services_of_which_20_are_full() -> None:
    assert len(PATHS) >= 22
    assert len(everything()) >= 220


def test_the_loader_reads_all_of_it_and_finds_nothing_wrong() -> None:
    pack = read_pack(CITY)

    assert [str(error) for error in pack.errors] == []
    assert sorted(pack.services) == sorted(service["code"] for service in everything())
    assert pack.services["LA-GA-006"].content["materials"][0]["name_en"] == "Household register"
    assert pack.services["LA-GA-006"].content["results"][0]["name_en"] == "Temporary ID card"


def test_every_code_is_unique_and_well_formed() -> None:
    codes = [service["code"] for service in everything()]

    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"LA-[A-Z]{2}-\d{3}", code) for code in codes)
    assert [path.stem for path in PATHS] == [full(path)["code"] for path in PATHS]


def test_every_name_is_unique() -> None:
    names = [service["name"] for service in everything()]

    assert sorted(names) == sorted(set(names))


def test_basic_codes_are_twelve_digits_and_unique() -> None:
    codes = [full(path)["basic_code"] for path in PATHS]

    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"\d{12}", code) for code in codes)


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_every_column(name: str) -> None:
    assert all(None not in row and None not in row.values() for row in rows(name))


def test_thirty_departments_give_only_the_public_hotline() -> None:
    assert len(keys("departments.csv", "code")) == len(rows("departments.csv")) >= 30
    assert keys("departments.csv", "phone") | keys("places.csv", "phone") == {"0564-12345"}
    assert all("示范" in row["name"] and "示范" in row["address"] for row in rows("places.csv"))


def test_every_service_names_departments_places_themes_and_events_that_exist() -> None:
    for service in everything():
        assert service["department"] in keys("departments.csv", "code"), service["code"]
        assert set(service["places"]) <= keys("places.csv", "key"), service["code"]
        assert service["theme"] in keys("themes.csv", "name"), service["code"]
        assert set(service["life_events"]) <= keys("life_events.csv", "name"), service["code"]


def test_every_service_uses_the_agreed_codes() -> None:
    for service in everything():
        assert service["level"] in {"PROVINCE", "CITY", "COUNTY", "TOWN"}, service["code"]
        assert service["kind"] in {"INSTANT", "PROMISED"}, service["code"]
        assert service["category"] in {"LICENCE", "CONFIRMATION", "PAYMENT", "PUBLIC_SERVICE", "OTHER"}, service["code"]
        assert set(service["audience"]) <= {"PERSON", "ORGANISATION"}, service["code"]
        assert service["day_unit"] in {"WORKDAY", "NATURAL_DAY"}, service["code"]
        assert 0 <= service["visits"] <= 2, service["code"]


def test_no_promise_is_longer_than_the_law_allows() -> None:
    late = [s["code"] for s in everything() if not 1 <= s["promised_days"] <= s["statutory_days"]]
    slow = [s["code"] for s in everything() if s["kind"] == "INSTANT" and s["promised_days"] != 1]

    assert (late, slow) == ([], [])


def test_every_service_has_a_legal_basis_and_one_to_eight_words_people_type() -> None:
    for service in everything():
        assert service["legal_basis"], service["code"]
        assert 1 <= len(service["aliases"]) <= 8, service["code"]
        assert len(service["aliases"]) == len(set(service["aliases"])), service["code"]
        assert service["name"] not in service["aliases"], service["code"]


def test_every_name_has_an_english_one() -> None:
    named = [*everything(), *(row for name in FILES if name != "services.csv" for row in rows(name))]

    assert [row["name"] for row in named if not row["name_en"].strip() or CHINESE.search(row["name_en"])] == []


def test_terms_hold_every_material_and_result_of_the_basic_services() -> None:
    used = {entry.partition(":")[0] for service in basic() for entry in service["materials"] + service["results"]}
    known = keys("terms.csv", "name")

    assert used - known == set()
    assert len(known) == len(rows("terms.csv"))


def test_no_bureaucratic_word_is_used() -> None:
    found = [(s["code"], word) for s in everything() for text in plain_words(s) for word in BANNED if word in text]

    assert found == []


@full_services
def test_sentences_are_short(path: Path) -> None:
    sentences = [part for text in plain_words(full(path)) for part in SENTENCE_END.split(text) if part.strip()]

    assert sum(map(len, sentences)) / len(sentences) <= 28
    assert max(map(len, sentences)) <= 45


@full_services
def test_every_chinese_label_has_an_english_one(path: Path) -> None:
    pairs = ("name", "title", "description", "note", "question", "rule", "remedy", "commitment")
    service = {**full(path), "legal_basis": []}

    labelled = [(node, key) for node in nodes(service) for key in pairs if isinstance(node.get(key), str)]

    assert [node[key] for node, key in labelled if not node.get(f"{key}_en")] == []
    assert [n for n in nodes(service) for k, v in n.items() if k.endswith("_en") and CHINESE.search(str(v))] == []


@full_services
def test_the_form_is_a_json_schema_whose_pages_hold_each_field_once(path: Path) -> None:
    form = full(path)["form"]

    on_pages = [field for page in form["x-pages"] for field in page["fields"]]

    jsonschema_rs.meta.validate(form)
    jsonschema_rs.validator_for(form)
    assert sorted(on_pages) == sorted(form["properties"])
    assert 2 <= len(form["x-pages"]) <= 5
    assert 6 <= len(on_pages) <= 25
    assert set(form["required"]) <= set(form["properties"])


@full_services
def test_every_choice_has_its_labels(path: Path) -> None:
    for name, field in full(path)["form"]["properties"].items():
        if "enum" in field:
            assert len(field["enum"]) == len(field["x-labels"]) == len(field["x-labels-en"]), name
            assert all(isinstance(word, str) for word in field["enum"] + field["x-labels"] + field["x-labels-en"]), name
        else:
            assert field["type"] in {"string", "integer"}, name
            assert "x-labels" not in field, name


@full_services
def test_a_field_shown_on_a_condition_is_required_only_on_that_condition(path: Path) -> None:
    form = full(path)["form"]
    fields = form["properties"]
    order = [field for page in form["x-pages"] for field in page["fields"]]

    for name, field in fields.items():
        if when := field.get("x-show-when"):
            assert name not in form["required"], name
            assert when["equals"] in fields[when["field"]]["enum"], name
            assert order.index(when["field"]) < order.index(name), name
    for rule in form.get("allOf", []):
        ((trigger, test),) = rule["if"]["properties"].items()
        for name in rule["then"]["required"]:
            assert fields[name]["x-show-when"] == {"field": trigger, "equals": test["const"]}, name


@full_services
def test_the_form_never_asks_what_the_account_already_tells(path: Path) -> None:
    fields = full(path)["form"]["properties"]

    assert set(fields) & {"name", "id_number", "phone"} == set()
    assert [name for name in fields if name.startswith("applicant_") and name != "applicant_role"] == []
    for name, field in fields.items():
        personal = [kind for kind in ("id_number", "phone") if name.endswith(kind)]
        assert [field.get("x-personal")] == personal or not personal, name
        assert field.get("x-personal") in PERSONAL, name


@full_services
def test_materials_say_where_they_come_from(path: Path) -> None:
    materials = full(path)["materials"]

    assert len({material["key"] for material in materials}) == len(materials)
    for material in materials:
        assert material["source"] in {"LICENCE", "EXCHANGE", "APPLICANT", "COMMITMENT"}, material["key"]
        assert (material["source"] == "COMMITMENT") == ("commitment" in material), material["key"]
        assert (material["source"] == "APPLICANT") == ("accept" in material), material["key"]
        assert ("accept" in material) == ("max_files" in material), material["key"]


def test_at_least_five_services_accept_a_commitment() -> None:
    with_commitment = [path.stem for path in PATHS if "commitment" in str(full(path)["materials"])]

    assert len(with_commitment) >= 5


@full_services
def test_two_to_five_questions_name_rule_basis_and_remedy(path: Path) -> None:
    questions = full(path)["eligibility"]

    assert 2 <= len(questions) <= 5
    for question in questions:
        assert all(question[key] for key in ("key", "question", "fact", "rule", "basis", "remedy")), question
        assert (question["type"], question["op"]) in {("boolean", "=="), ("integer", ">="), ("integer", "<=")}, question
        assert isinstance(question["value"], bool) == (question["type"] == "boolean"), question


@full_services
def test_the_steps_form_a_graph_without_a_circle_within_the_promise(path: Path) -> None:
    service = full(path)
    steps = {step["key"]: step for step in service["steps"]}
    finish: dict[str, int] = {}

    for step in service["steps"]:  # listed in an order in which each can be done
        assert set(step["after"]) <= set(finish), step["key"]
        finish[step["key"]] = step["days"] + max((finish[key] for key in step["after"]), default=0)

    assert len(steps) == len(service["steps"]) >= 1
    assert max(finish.values()) <= service["promised_days"]
    assert {step["department"] for step in steps.values()} <= keys("departments.csv", "code")
    assert service["decision"]["department"] in keys("departments.csv", "code")
    assert set(service["delivery"]) <= {"ELECTRONIC", "SELF_PICK", "POST"} and service["delivery"]


def test_a_home_changes_hands_by_three_departments_at_once_in_three_days() -> None:
    service = full(CITY / "services" / "LA-ZR-001.yaml")

    first = {step["department"] for step in service["steps"] if not step["after"]}

    assert first == {"zrzy", "sw", "zjj"}
    assert service["steps"][-1]["after"] == ["land", "tax", "house"]
    assert (service["statutory_days"], service["promised_days"]) == (15, 3)


def test_search_knows_words_and_labelled_queries_of_services_that_exist() -> None:
    search = load_yaml((CITY / "search.yaml").read_text(encoding="utf-8"))
    with QUERIES.open(encoding="utf-8", newline="") as file:
        queries = list(csv.DictReader(file, strict=True))
    codes = {service["code"] for service in everything()}

    assert all(len(group) >= 2 and len(group) == len(set(group)) for group in search["synonyms"])
    assert len(queries) == len({row["query"] for row in queries}) >= 80
    assert {code for row in queries for code in row["code"].split("|")} <= codes
