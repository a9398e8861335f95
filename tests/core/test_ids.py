"""Numbers that people read out: one can be drawn on every day, and a slip of the tongue is noticed."""

from datetime import date, timedelta

import pytest

from civic.core import ids


def number(day: date, sequence: int, prefix: str = "LA") -> str:
    return ids.case_number(prefix=prefix, day=day, sequence=sequence)


@pytest.mark.parametrize("prefix", ["LA", "LH"])
def test_there_is_no_day_on_which_no_number_can_be_drawn(prefix):
    days = (date(2015, 1, 1) + timedelta(days=n) for n in range(31 * 365))
    stuck = [day for day in days if not any(ids.is_swap_safe(number(day, n, prefix)) for n in range(1, 60))]
    assert stuck == []


def test_an_issued_number_with_two_digits_of_its_sequence_swapped_is_nobodys():
    for sequence in range(1, 3000):
        issued = number(date(2026, 11, 26), sequence)
        if not ids.is_swap_safe(issued):
            continue
        for i in range(len(issued) - ids.SEQUENCE_WIDTH - 1, len(issued) - 1):
            swapped = issued[:i] + issued[i + 1] + issued[i] + issued[i + 2 :]
            assert swapped == issued or not ids.has_valid_check(swapped)


def test_every_single_wrong_character_is_noticed():
    issued = number(date(2026, 3, 2), 17)
    assert issued == "LA2026030200000001" + issued[-2:]
    for i, right in enumerate(issued):
        assert not any(ids.has_valid_check(issued[:i] + c + issued[i + 1 :]) for c in ids.ALPHABET if c != right)
