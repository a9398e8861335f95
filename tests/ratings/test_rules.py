"""Shares, intervals and what is withheld."""

import pytest

from civic.ratings.rules import GRADES, figures, in_blocks, is_bad, wilson, withhold


@pytest.mark.parametrize(
    ("good", "n", "low", "high"),
    [  # Wilson score interval without continuity correction, 95 %
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 2, 0.0945, 0.9055),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(good: int, n: int, low: float, high: float) -> None:
    found = wilson(good, n)

    assert found is not None
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)


def test_nobody_rated_has_no_interval() -> None:
    assert wilson(0, 0) is None


def test_two_grades_of_five_are_bad() -> None:
    assert [grade for grade in GRADES if is_bad(grade)] == [2, 1]


def test_ratings_come_out_five_at_a_time() -> None:
    assert [in_blocks(n) for n in (0, 4, 5, 9, 10, 14)] == [0, 0, 5, 5, 10, 10]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({5: 10, 4: 5, 3: 0, 2: 0, 1: 0}, {5: 10, 4: 5, 3: 0, 2: 0, 1: 0}),
        ({5: 10, 4: 8, 3: 0, 2: 0, 1: 2}, {5: 10, 4: None, 3: 0, 2: 0, 1: None}),  # 2 would be 20 − 10 − 8
        ({5: 10, 4: 6, 3: 0, 2: 1, 1: 3}, {5: 10, 4: 6, 3: 0, 2: None, 1: None}),
        ({5: 18, 4: 0, 3: 0, 2: 0, 1: 2}, {5: None, 4: 0, 3: 0, 2: 0, 1: None}),
    ],
)
def test_small_cells_are_withheld_and_cannot_be_worked_out(counts: dict[int, int], shown: dict[int, int]) -> None:
    assert withhold(counts) == shown


def test_a_group_of_four_says_nothing() -> None:
    found = figures({5: 3, 1: 1})

    assert (found.n, found.share, found.low, found.high) == (None, None, None, None)
    assert set(found.counts.values()) == {None}


def test_a_group_of_ten_says_its_share() -> None:
    found = figures({5: 8, 1: 2})

    assert (found.n, found.share, found.low, found.high) == (10, 0.8, 0.4902, 0.9433)
