"""What three departments know of a home is filled in for its buyer and its seller, and for nobody else."""

from typing import Any

import pytest

from civic.accounts.models import Account
from civic.cases import prefill
from civic.cases.models import Draft
from civic.cases.services import begin_draft
from civic.catalogue.models import Version
from civic.catalogue.rules.schema import schema_errors
from tests.factories import accounts as people
from tests.factories import instant as make

pytestmark = pytest.mark.django_db
WANG_NUMBER, ZHOU_NUMBER = people.WANG_FANG["id_number"], make.ZHOU_JIANGUO["id_number"]
OF_THE_SALE = {
    "certificate_no": "皖(2018)六安市不动产权第9023001号",
    "home_address": "六安市金安区梅山路001号",
    "floor_area": "89.60",
    "mortgage": "none",
    "contract_no": "HT2023001",
    "price": "620000.00",
    "assessed_value": "620000.00",
    "sold_on": "2026-02-10",
}


@pytest.fixture
def version(db: None) -> Version:
    return make.city_service(make.HOME)


def drawn(version: Version, account: Account, home: str = "LA2023001", **answers: Any) -> Draft:
    draft = begin_draft(version=version, owner=account, at=make.MONDAY)
    draft.keep({"property_id": home, **answers}, at=make.MONDAY)
    prefill.draw_answers(draft, at=make.MONDAY)
    return draft


def filled(draft: Draft) -> dict[str, Any]:
    return {name: value for name, value in draft.answers.items() if name not in (prefill.DRAWN, "property_id")}


def test_the_buyer_types_the_number_of_the_home_and_nothing_that_is_known(version: Version) -> None:
    draft = drawn(version, people.resident(**people.WANG_FANG))

    assert filled(draft) == {
        **OF_THE_SALE, "role": "buyer", "other_name": "周建国", "other_id_number": ZHOU_NUMBER, "homes_owned": "0",
    }  # fmt: skip


def test_the_seller_is_told_neither_the_buyers_name_nor_how_many_homes_they_own(version: Version) -> None:
    draft = drawn(version, people.resident(**make.ZHOU_JIANGUO))

    assert filled(draft) == {**OF_THE_SALE, "role": "seller", "other_id_number": WANG_NUMBER}
    assert "other_name" not in prefill.origins(draft.answers)


@pytest.mark.parametrize("answers", [{}, {"other_id_number": ZHOU_NUMBER}])
def test_a_stranger_gets_nothing_even_who_knows_the_sellers_number(version: Version, answers: dict[str, str]) -> None:
    draft = drawn(version, people.resident(**people.SUN_HAO), **answers)

    assert filled(draft) == answers
    notes = draft.answers[prefill.DRAWN].values()
    assert {note["value"] for note in notes} == {""}
    assert "周建国" not in str(draft.answers) and "梅山路" not in str(draft.answers)


def test_another_home_replaces_what_was_drawn_and_keeps_what_was_typed(version: Version) -> None:
    wang = people.resident(**people.WANG_FANG)
    draft = drawn(version, wang)
    draft.keep({"floor_area": "90.00", "property_id": "LA2023006"}, at=make.MONDAY)

    prefill.draw_answers(draft, at=make.MONDAY)

    assert (draft.answers["price"], draft.answers["contract_no"]) == ("1180000.00", "HT2023006")
    assert draft.answers["floor_area"] == "90.00"


def test_with_one_source_down_the_others_fill_in_and_it_says_which_is_missing(version: Version) -> None:
    make.break_down("sw")

    draft = drawn(version, people.resident(**people.WANG_FANG))

    assert "assessed_value" not in filled(draft)
    assert draft.answers["price"] == "620000.00"
    assert "没有从国家税务总局六安市税务局取到" in prefill.origins(draft.answers)["assessed_value"].words


def test_what_was_given_again_and_what_was_put_right_is_counted(version: Version) -> None:
    make.break_down("sw")
    draft = drawn(version, people.resident(**people.WANG_FANG))
    answers = {**filled(draft), "assessed_value": "600000.00", "floor_area": "90.00", "payment": "cash"}

    counted = prefill.counts(version.form, answers, draft.answers[prefill.DRAWN])

    assert counted == {"drawn": "10", "typed": "3", "again": "2", "changed": "1"}


@pytest.mark.parametrize("hint", [{"whose": "owner"}, {"words": ["kept"]}, {"party": 1}, {"secret": "x"}])
def test_a_hint_that_cannot_be_right_is_named(version: Version, hint: dict[str, Any]) -> None:
    form = {**version.form, "properties": dict(version.form["properties"])}
    price = form["properties"]["price"]
    form["properties"]["price"] = {**price, "x-source": {**price["x-source"], **hint}}

    assert [error.pointer for error in schema_errors(form)] == ["/form/properties/price/x-source"]
