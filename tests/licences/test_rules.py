"""Numbers, last days and states at any instant."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.core.ids import check_character
from civic.licences import rules
from civic.licences.rules import Moved, Widths

TYPE, AUTHORITY = "11100000DEM0000018002", "11341500DEM000GAJ6"
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)


def number(serial: int = 1, version: int = 1) -> str:
    return rules.licence_number(
        type_code=TYPE, authority_code=AUTHORITY, serial=serial, version=version, widths=Widths()
    )


def test_an_identifier_has_its_parts_and_a_check_character():
    assert number() == f"1.2.156.3005.2.{TYPE}.{AUTHORITY}.000000001.001.{number()[-1]}"
    assert number()[-1] == check_character(f"{TYPE}{AUTHORITY}000000001001")
    assert rules.has_valid_check(number())


@pytest.mark.parametrize(
    "published",
    [
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
    ],
)
def test_identifiers_that_others_give_as_examples_have_a_valid_check(published):
    assert rules.has_valid_check(published)
    assert not rules.has_valid_check(published.replace(".001.", ".002."))


@given(st.integers(0, 999_999_999), st.integers(15, 80), st.sampled_from("0123456789ABCXYZ"))
def test_one_wrong_character_is_found(serial, place, character):
    right = number(serial)
    if place >= len(right) or right[place] in (".", character):
        return

    assert not rules.has_valid_check(right[:place] + character + right[place + 1 :])


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="9 digits"):
        number(serial=10**9)
    with pytest.raises(ValueError, match="21 digits"):
        rules.licence_number(type_code="A", authority_code=AUTHORITY, serial=1, version=1, widths=Widths())


def test_a_city_sets_its_own_widths():
    assert Widths.read("3,2,4,1") == Widths(3, 2, 4, 1)
    made = rules.licence_number(
        type_code="ABC", authority_code="GA", serial=7, version=1, widths=Widths.read("3,2,4,1")
    )
    assert made.startswith("1.2.156.3005.2.ABC.GA.0007.1.")


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 3, 2), 12, date(2027, 3, 1)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 1), 1, date(2026, 3, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 3, 2), None, None),
    ],
)
def test_the_last_day(first, months, last):
    assert rules.last_day(first, months) == last


def test_a_day_ends_at_midnight_in_the_city():
    assert rules.end_of(date(2026, 3, 2)) == datetime(2026, 3, 2, 16, tzinfo=UTC)


def test_codes_are_read_as_people_type_them():
    code = rules.new_code()

    assert len(code) == 16
    assert rules.typed_code(rules.shown_code(code).lower() + " ") == code
    assert rules.shown_code("ABCDEFGH23456789") == "ABCD-EFGH-2345-6789"


def test_a_later_record_that_counts_from_earlier_prevails():
    day = timedelta(days=1)
    moves = [Moved("VALID", MONDAY), Moved("SUSPENDED", MONDAY + 2 * day), Moved("REVOKED", MONDAY + day)]

    found = [rules.state_as_of(moves, instant=MONDAY + shift * day) for shift in (-1, 0, 1, 2, 3)]

    assert found == [None, "VALID", "REVOKED", "REVOKED", "REVOKED"]
