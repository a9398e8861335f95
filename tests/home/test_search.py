"""What people type, and what they must find."""

import csv
from pathlib import Path

import pytest
from django.conf import settings

from civic.core.plain_yaml import load_yaml
from civic.home.rules.search import Entry, Index
from civic.home.rules.words import Meanings, plain

QUERIES = Path(__file__).with_name("queries.csv")
OTHERS_QUERIES = QUERIES.parents[1] / "catalogue" / "queries.csv"  # labelled apart, by the city pack's author
REPLACE = Entry("A-1", "社保卡补办", ("社保卡丢了",), "Replace a social security card", "社会保障", "市人社局")
APPLY = Entry("A-2", "社保卡申领", ("办社保卡",), "Apply for a social security card", "社会保障", "市人社局")
FUND = Entry(
    "B-1", "住房公积金提取", ("取公积金",), "Withdraw from the housing provident fund", "住房保障", "市公积金中心"
)
BANK = Entry("C-1", "银行开户证明", (), "", "其他", "市金融局")
SMALL = Index([REPLACE, APPLY, FUND, BANK])


def groups_of_the_city() -> list[list[str]]:
    path = settings.CITY_PACK / "search.yaml"
    return load_yaml(path.read_text(encoding="utf-8"))["synonyms"]


def entries_of_the_city() -> list[Entry]:
    """Every service of the city pack, read from its files."""
    found = {}
    table = settings.CITY_PACK / "services.csv"
    if table.exists():
        with table.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                found[row["code"]] = Entry(
                    row["code"], row["name"], tuple(filter(None, (row.get("aliases") or "").split("|"))),
                    row.get("name_en") or "", row["theme"], row["department"],
                )  # fmt: skip
    for path in (settings.CITY_PACK / "services").glob("*.yaml"):
        said = load_yaml(path.read_text(encoding="utf-8"))
        aliases = tuple(said.get("aliases", ()))
        found[said["code"]] = Entry(
            said["code"], said["name"], aliases, said.get("name_en", ""), said["theme"], said["department"]
        )
    return list(found.values())


@pytest.mark.parametrize(("labels", "column", "least"), [(QUERIES, "answers", 60), (OTHERS_QUERIES, "code", 150)])
def test_nine_of_ten_colloquial_questions_have_their_service_among_the_first_three(labels, column, least):
    entries = entries_of_the_city()
    names, index = {entry.code: entry.name for entry in entries}, Index(entries, Meanings(groups_of_the_city()))
    with labels.open(encoding="utf-8") as lines:
        asked = [(row["query"], row[column].split("|")) for row in csv.DictReader(lines)]

    missed = [
        query
        for query, answers in asked
        if not any(a in names[hit.code] or a == hit.code for hit in index.find(query, 3) for a in answers)
    ]

    assert len(asked) >= least
    assert len(missed) <= len(asked) // 10, missed


def test_every_labelled_answer_is_a_service_of_the_city():
    names = [entry.name for entry in entries_of_the_city()]
    with QUERIES.open(encoding="utf-8") as lines:
        answers = {answer for row in csv.DictReader(lines) for answer in row["answers"].split("|")}

    assert [answer for answer in answers if not any(answer in name for name in names)] == []


@pytest.mark.parametrize(
    ("query", "code", "way"),
    [
        ("社保卡补办", "A-1", "words"),
        ("社会保障卡丢失", "A-1", "meaning"),
        ("shebaokabuban", "A-1", "pinyin"),
        ("shebaokabubna", "A-1", "pinyin"),
        ("sbkbb", "A-1", "initials"),
        ("射宝咔不办", "A-1", "sound"),
        ("公积金", "B-1", "words"),
        ("yinhang", "C-1", "pinyin"),
        ("withdraw fund", "B-1", "words"),
        ("SOCIAL Security card lost", "A-1", "meaning"),
    ],
)
def test_a_service_is_found_and_it_is_known_how(query, code, way):
    hit = SMALL.find(query)[0]

    assert (hit.code, hit.way) == (code, way)


@pytest.mark.parametrize("query", ["", "   ", "!!!", "qqqqqq", "今天天气", "🙂"])
def test_nothing_is_found_where_nothing_fits(query):
    assert SMALL.find(query) == []


def test_a_service_is_named_once_and_the_best_comes_first():
    hits = SMALL.find("社保卡")

    assert sorted(hit.code for hit in hits) == ["A-1", "A-2"]
    assert hits[0].score >= hits[1].score


def test_a_service_from_another_list_stands_after_the_citys_own():
    index = Index([Entry("Z", "社保卡补办", own=False), Entry("Z9", "社保卡补办")])

    assert [hit.code for hit in index.find("社保卡补办")] == ["Z9", "Z"]


def test_a_very_long_question_is_cut_and_still_answered():
    assert SMALL.find("社保卡补办" + "啊" * 5000)[0].code == "A-1"


def test_marks_width_and_case_do_not_matter():
    assert plain(" Ａ-1 社保 卡，丢了！ ") == "a 1社保卡丢了"


def test_a_question_is_read_as_said_first_and_then_as_meant():
    readings = Meanings().readings("社保卡丢了")

    assert readings[0] == ("社保卡丢了", 1.0)
    assert ("社保卡补办", 0.97) in readings


def test_a_reading_that_drops_most_of_the_question_is_worth_less():
    worth = dict(Meanings([["销户", "注销"]]).readings("公司银行账户销户"))

    assert worth["公司银行账户注销"] == 0.97
    assert worth["注销"] == pytest.approx(0.97 * (0.5 + 0.5 * 2 / 8))
