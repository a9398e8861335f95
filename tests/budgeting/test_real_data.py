"""On the published elections of real cities: ballots are counted as published, and every other result is explained."""

import csv
import json
import os
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings

from civic.budgeting import pabulib
from civic.budgeting.rules import RULES, count
from civic.config.cli import main
from tests.budgeting import published

HAS_DATA = (
    published.SHARED is not None or os.environ.get("CI", "").lower() == "true"
)  # in CI a missing set is a failure
DOCUMENT = settings.ROOT / "docs" / "budget-tally.md"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not HAS_DATA, reason="the shared real data are not here: set CIVIC_SHARED_DATA"),
]


def files() -> list[Path]:
    found = sorted(published.folder().glob("*.pb"))
    assert len(found) == 46
    return found


def test_every_file_is_written_back_byte_for_byte() -> None:
    different = [
        path.name for path in files() if pabulib.write(pabulib.read(path.read_bytes()).tables) != path.read_bytes()
    ]

    assert different == []


def test_votes_and_scores_are_those_published_and_the_one_ballot_beyond_a_limit_is_named() -> None:
    found = {path.stem: [str(one) for one in pabulib.read(path.read_bytes()).findings] for path in files()}

    assert {name: said for name, said in found.items() if said} == {
        "Poland_Warszawa_2018_Nowolipki__Powazki": [
            "第847行：选民“60587”所选项目共需 835975，多于 max_sum_cost 805637。"
        ]
    }


def test_the_files_are_those_of_the_index() -> None:
    with (published.folder().parent / "index.csv").open(encoding="utf-8-sig") as lines:
        index = {row["file"]: row for row in csv.DictReader(lines)}

    for path in files():
        reading = pabulib.read(path.read_bytes())
        row = index[path.name]
        assert len(reading.election.projects) == int(row["projects"])
        assert reading.election.voters == int(row["votes"])
        assert reading.election.budget / reading.election.unit == float(row["budget"])


def test_the_document_says_what_comes_out_today() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    generated = text.split(published.BEGIN)[1].split(published.END)[0]

    assert generated == published.table()


def test_published_winners_come_out_wherever_the_published_rule_is_one_of_ours() -> None:
    compared = [published.compare(path) for path in files()]

    named = [
        one
        for one in compared
        if one.reading.rule in ("greedy", "greedy-no-skip", "greedy-threshold", "equalshares/add1")
    ]
    assert (len(named), [one.name for one in named if not one.is_equal]) == (30, [])
    assert [one.name.split("_")[0] for one in compared if not one.is_equal] == ["Hungary"] * 4


# equal shares: half a minute for the file in forints, one forint a voter and step
SLOW = {"equal-shares": [pytest.mark.slow]}


@pytest.mark.parametrize("rule", [pytest.param(rule, marks=SLOW.get(rule, [])) for rule in RULES])
def test_no_rule_exceeds_a_real_budget_and_each_answers_with_json(
    rule: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in files():
        status = main(["budget", "tally", str(path), "--rule", rule, "--json"])
        said = json.loads(capsys.readouterr().out, parse_float=Fraction)
        election = pabulib.read(path.read_bytes()).election
        costs = {project.id: Fraction(project.cost, election.unit) for project in election.projects}
        total = sum((costs[name] for name in said["winners"]), Fraction(0))

        assert (status, said["rule"]) == (0, rule)
        assert set(said["winners"]) == {one["id"] for one in said["projects"] if one["selected"]}
        assert Fraction(said["total_cost"]) == total <= Fraction(election.budget, election.unit)


def test_swiecie_was_decided_by_equal_shares_and_comes_out_to_the_last_project() -> None:
    reading = pabulib.read((published.folder() / "Poland_Swiecie_2023.pb").read_bytes())

    found = count(reading.election, "equal-shares")

    assert set(found.winners) == reading.published_winners
    assert (len(found.winners), {award.why for award in found.awards}) == (17, {"shares"})
