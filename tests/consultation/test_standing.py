"""Where opinions stand, who took part, and what of it is published: an attacker with 52 releases finds nobody."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.consultation.rules.standing import (
    Cell,
    Eligible,
    Heard,
    Release,
    UnknownCell,
    WrongDenominator,
    breakdown,
    participation,
    release,
    top,
)  # fmt: skip

CENSUS = Eligible(1_000, "第七次全国人口普查", date(2020, 11, 1))
AREAS = ("金安区", "裕安区", "叶集区", "霍邱县")
BANDS = ("18-34", "35-59", "60+")
CELLS = [(area, band) for area in AREAS for band in BANDS]


def test_the_list_goes_by_support_among_those_who_saw_an_opinion_and_not_by_the_number_of_likes() -> None:
    lift, bus, new = Heard("lift", 60, 600), Heard("bus", 30, 40), Heard("new", 1, 1)

    listed = top([lift, bus, new], count=2)

    assert [one.key for one in listed] == ["bus", "new"]
    assert (listed[0].share, round(listed[0].low, 4), round(listed[0].high, 4)) == (0.75, 0.5981, 0.8581)


def test_an_opinion_that_nobody_saw_has_no_standing_and_one_like_shows_one_reader() -> None:
    unseen, liked = top([Heard("a", 0, 0), Heard("b", 1, 0)], count=5)[::-1]

    assert (unseen.share, unseen.low, unseen.high) == (0.0, 0.0, 1.0)
    assert (liked.seen, liked.share) == (1, 1.0)


def test_equal_opinions_keep_one_order() -> None:
    assert [one.key for one in top([Heard("b", 2, 4), Heard("a", 2, 4)], count=2)] == ["a", "b"]


def test_who_suggests_supports_and_votes_took_part_once() -> None:
    found = participation(["wang", "li", "wang"], CENSUS)

    assert (found.people, found.rate, found.percent) == (2, Fraction(1, 500), 0.2)


def test_thirty_suggestions_of_one_person_are_a_rate_of_one_person() -> None:
    assert participation(["wang"] * 30, CENSUS).percent == 0.1  # min(100, 30 * 10) would be 100


@pytest.mark.parametrize(
    ("people", "eligible", "words"),
    [
        (1, Eligible(0, "普查", CENSUS.on), "请先填写"),
        (1, Eligible(9, " ", CENSUS.on), "请先填写"),
        (3, Eligible(2, "普查", CENSUS.on), "参与的人（3）多于可参与的人（2，来源：普查）"),
    ],
)
def test_a_denominator_that_cannot_be_right_is_refused(people: int, eligible: Eligible, words: str) -> None:
    with pytest.raises(WrongDenominator, match=words):
        participation([str(one) for one in range(people)], eligible)


def test_a_cell_of_four_is_shown_as_an_empty_one_and_stands_in_no_total() -> None:
    counts = {("金安区", "18-34"): 4, ("金安区", "60+"): 7, ("裕安区", "60+"): 5}

    found = release(counts, before=None, cells=[*counts, ("金安区", "35-59")])

    assert found.cells == {
        ("金安区", "18-34"): None, ("金安区", "35-59"): None, ("金安区", "60+"): 7, ("裕安区", "60+"): 5,
    }  # fmt: skip
    assert found.by_area == {"金安区": 7, "裕安区": 5}
    assert found.by_band == {"18-34": 0, "35-59": 0, "60+": 12}
    assert found.total == 12


def test_a_cell_moves_only_by_five_people_or_more() -> None:
    cell = ("金安区", "60+")
    shown: list[int | None] = []
    last = None
    for count in (3, 5, 8, 9, 10, 12, 8, 5, 4, 9):
        last = release({cell: count}, before=last, cells=CELLS)
        shown.append(last.cells[cell])

    assert shown == [None, 5, 5, 5, 10, 10, 10, 5, 5, 5]


def test_a_cell_that_empties_is_hidden_again() -> None:
    cell = ("金安区", "60+")
    before = release({cell: 12}, before=None, cells=[cell])

    assert release({}, before=before, cells=[cell]).cells == {cell: None}


def test_a_cell_not_shown_may_hold_nobody_to_four_whatever_was_published_of_it_before() -> None:
    cell = ("金安区", "60+")
    behind: dict[tuple[int | None, ...], set[int]] = {}
    for people in product(range(12), repeat=4):
        last, told = None, list[int | None]()
        for count in people:
            last = release({cell: count}, before=last, cells=[cell])
            told.append(last.cells[cell])
            behind.setdefault(tuple(told), set()).add(count)

    assert {told: counts for told, counts in behind.items() if told[-1] is None and counts != {0, 1, 2, 3, 4}} == {}


def test_a_cell_that_nobody_announced_is_refused_for_its_appearing_would_tell_who_came() -> None:
    with pytest.raises(UnknownCell, match="“金安区、60\\+”不在公布的区域和年龄段之内"):
        release({("金安区", "60+"): 1}, before=None, cells=[("金安区", "18-34")])


def weeks(draw: random.Random, count: int = 52) -> Iterator[dict[Cell, int]]:
    """Yield who took part so far, week by week: most weeks add a few people, some withdraw."""
    people = dict.fromkeys(CELLS, 0)
    for _week in range(count):
        for cell in CELLS:
            people[cell] = max(0, people[cell] + draw.choice([0, 0, 0, 1, 1, 2, 3, 9, -1]))
        yield dict(people)


Published = Mapping[object, int | None]


def numbers(found: Release) -> Published:
    """Return every number of a release by what it counts."""
    return {**found.cells, **found.by_area, **found.by_band, "all": found.total}


def small_figures(releases: Sequence[Published]) -> int:
    """Return how many figures of one to four people an attacker works out from releases.

    The attacker reads every number; subtracts from each total what is shown of it, which leaves the cells not shown;
    and does the same with the differences of any two releases.
    """
    differences = [
        {key: later[key] - earlier[key] for key in later if later[key] is not None and earlier[key] is not None}  # type: ignore[operator]
        for earlier, later in combinations(releases, 2)
    ]
    return sum(_small_in(table) for table in (*releases, *differences))


def _small_in(table: Published) -> int:
    known = [abs(value) for value in table.values() if value]
    for name in (*AREAS, *BANDS, "all"):
        inside = [cell for cell in CELLS if name in (*cell, "all")]
        hidden = [cell for cell in inside if table.get(cell) is None]
        if hidden and (whole := table.get(name)) is not None:
            known.append(abs(whole - sum(table.get(cell) or 0 for cell in inside)))
    return sum(0 < value < 5 for value in known)


def suppressed_only(people: Mapping[Cell, int]) -> Published:
    """Return the release that only hides small cells and prints true totals: what must not be done."""
    sums = {name: sum(n for cell, n in people.items() if name in (*cell, "all")) for name in (*AREAS, *BANDS, "all")}
    return {**{cell: None if 0 < n < 5 else n for cell, n in people.items()}, **sums}


@pytest.mark.parametrize("seed", range(5))
def test_from_52_weekly_releases_no_figure_of_fewer_than_five_can_be_worked_out(seed: int) -> None:
    releases: list[Release] = []
    for people in weeks(random.Random(seed)):
        releases.append(release(people, before=releases[-1] if releases else None, cells=CELLS))

    assert small_figures([numbers(found) for found in releases]) == 0
    assert releases[-1].total > 400  # and yet something is told


def test_the_same_attack_on_releases_that_only_hide_small_cells_finds_hundreds() -> None:
    assert small_figures([suppressed_only(people) for people in weeks(random.Random(0))]) > 500


COUNTS = st.dictionaries(st.sampled_from(CELLS), st.integers(0, 30), max_size=12)


@given(st.lists(COUNTS, min_size=1, max_size=6), st.sampled_from(CELLS), st.integers(0, 4))
def test_whoever_is_in_a_cell_never_shown_changes_no_number_anywhere(
    tables: list[dict[Cell, int]], cell: Cell, hidden: int
) -> None:
    with_them = without_them = None
    for table in tables:
        with_them = release({**table, cell: hidden}, before=with_them, cells=CELLS)
        without_them = release({**table, cell: 0}, before=without_them, cells=CELLS)

        assert numbers(with_them) == numbers(without_them)


@given(st.lists(COUNTS, min_size=2, max_size=6))
def test_every_cell_is_hidden_or_five_and_never_moves_by_fewer(tables: list[dict[Cell, int]]) -> None:
    last: Release | None = None
    for table in tables:
        found = release(table, before=last, cells=CELLS)
        for cell, count in found.cells.items():
            was = last.cells[cell] if last else None
            assert count is None or count >= 5
            assert count is None or was is None or count == was or abs(count - was) >= 5
        last = found


def test_beside_the_true_number_of_people_no_hidden_cell_can_be_worked_out() -> None:
    counts = {("金安区", "18-34"): 9, ("金安区", "35-59"): 7, ("裕安区", "60+"): 3}

    naive = release(counts, before=None, cells=CELLS)
    safe = breakdown(counts, cells=CELLS)

    assert sum(counts.values()) - naive.total == 3  # whoever subtracts has found the three old people of 裕安
    assert sum(counts.values()) - safe.total == 10
    assert safe.cells["金安区", "35-59"] is None
    assert safe.cells["金安区", "18-34"] == 9


def test_where_nothing_is_hidden_everything_is_shown() -> None:
    counts = {(area, band): 5 + at for at, (area, band) in enumerate(CELLS)}

    assert breakdown(counts, cells=CELLS).cells == counts


def test_fewer_than_five_people_in_all_have_no_table() -> None:
    found = breakdown({("金安区", "18-34"): 2, ("裕安区", "60+"): 1}, cells=CELLS)

    assert set(found.cells.values()) == {None}


@given(st.lists(st.integers(0, 14), min_size=len(CELLS), max_size=len(CELLS)))
def test_what_is_hidden_in_a_breakdown_is_nobody_or_five_and_more(people: list[int]) -> None:
    counts = dict(zip(CELLS, people, strict=True))
    everybody = sum(people)

    found = breakdown(counts, cells=CELLS)

    assert everybody < 5 or everybody - found.total not in range(1, 5)
    assert all(shown is None or shown >= 5 for shown in found.cells.values())
    for names in (found.by_area, found.by_band):
        assert not set(names.values()) & set(range(1, 5))
