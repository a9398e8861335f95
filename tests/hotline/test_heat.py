"""Heat counts people, not clicks; growth is judged by an exact chance. No database."""

from math import comb

import pytest

from civic.hotline.rules import Said, chance_of, heat, is_unusual, people

WANG_FANG, SUN_HAO = 1, 2
HER_PHONE, HIS_PHONE = "phone-of-wang", "phone-of-sun"


def test_one_person_with_two_browsers_a_phone_and_a_button_is_one_person():
    said = [
        Said(WANG_FANG, HER_PHONE, 3.0),  # wrote
        Said(None, HER_PHONE, 2.0),  # rang
        Said(WANG_FANG, None, 1.0),  # pressed "me too" elsewhere
    ]

    assert people(said) == [1.0]


def test_whoever_is_known_late_is_still_one_person():
    said = [Said(WANG_FANG, None, 1.0), Said(None, HER_PHONE, 5.0), Said(WANG_FANG, HER_PHONE, 9.0)]

    assert people(said) == [1.0]


def test_two_people_are_two_and_each_counts_when_they_last_spoke():
    said = [Said(WANG_FANG, HER_PHONE, 3.0), Said(SUN_HAO, HIS_PHONE, 8.0), Said(SUN_HAO, None, 0.5)]

    assert people(said) == [0.5, 3.0]


def test_anonymous_messages_in_almost_the_same_words_count_once_and_others_each():
    same, again, other = frozenset({11, 12, 13}), frozenset({13, 14}), frozenset({21, 22})

    said = [Said(None, None, days, words) for days, words in ((4.0, same), (2.0, again), (1.0, other))]

    assert people(said) == [1.0, 2.0]
    assert people([Said(None, None, 1.0), Said(None, None, 1.0)]) == [1.0, 1.0]  # texts that say nothing tell nothing


def test_an_anonymous_copy_of_what_a_known_person_wrote_is_somebody_else():
    words = frozenset({11, 12})

    assert people([Said(WANG_FANG, None, 1.0, words), Said(None, None, 2.0, words)]) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("days", "hot"),
    [([], 0.0), ([0.0], 1.0), ([7.0], 0.5), ([14.0], 0.25), ([0.0, 0.0, 7.0, 14.0], 2.75), ([-0.5], 1.0)],
)
def test_heat_halves_in_a_week(days, hot):
    assert heat(days) == hot


def negative_binomial(count: int, before: list[int]) -> float:
    """The same chance from whole binomials, for an even sum plus one half replaced by a whole size."""
    size, n = sum(before), len(before)
    below = sum(comb(k + size - 1, k) * (n / (n + 1)) ** size * (1 / (n + 1)) ** k for k in range(count))
    return 1 - below


def test_the_chance_of_a_week_lies_between_those_of_a_half_less_and_a_half_more():
    before = [2, 0, 1, 3, 1, 0, 2, 1]

    found = chance_of(7, before)

    assert negative_binomial(7, before) < found < negative_binomial(7, [*before[:-1], before[-1] + 1])
    assert found == pytest.approx(0.0011955864808882444, abs=1e-15)  # scipy.stats.nbinom.sf(6, 10.5, 8 / 9)


@pytest.mark.parametrize(
    ("count", "before", "chance"),
    [
        (0, [0] * 8, 1.0),
        (1, [0] * 8, 1 - (8 / 9) ** 0.5),
        (2, [0] * 8, 1 - (8 / 9) ** 0.5 * (1 + 0.5 / 9)),
        (5, [], 1.0),
    ],
)
def test_the_chance_after_quiet_weeks_is_exact(count, before, chance):
    assert chance_of(count, before) == pytest.approx(chance, abs=1e-15)


@pytest.mark.parametrize(
    ("count", "before", "unusual"),
    [
        (5, [0] * 8, True),
        (4, [0] * 8, False),  # fewer people than the city acts for
        (7, [1, 0, 2, 1, 1, 0, 2, 1], True),
        (9, [9, 0, 0, 0, 0, 0, 0, 0], False),  # a week before was as high: the topic comes in bursts
        (20, [15, 18, 14, 16, 17, 15, 16, 14], False),
        (45, [15, 18, 14, 16, 17, 15, 16, 14], True),
    ],
)
def test_what_growth_is_unusual(count, before, unusual):
    assert is_unusual(count, before, people_least=5, chance=0.001) is unusual
