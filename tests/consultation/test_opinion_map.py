"""The opinion map: groups, what is typical of each, what joins them; no map where numbers do not suffice."""

import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from civic.consultation.opinions.grouping import grouping
from civic.consultation.opinions.matrix import TooManyVotes, matrix
from civic.consultation.opinions.opinion_map import AS_POLIS, Missing, OpinionMap, Rule, TooFew, opinion_map
from civic.consultation.opinions.projection import Plane, positions
from civic.consultation.opinions.statements import Kind, counts, difference_test, share_test
from civic.consultation.rules.counting import AGREE, DISAGREE, PASS
from tests.consultation.voters import AGAINST, FOR, TOPICS, Standing, camp, everywhere, two_camps

RULE = Rule(draws=0)


def drawn(votes: Standing, rule: Rule = RULE) -> OpinionMap:
    found = opinion_map(votes, rule=rule)
    assert isinstance(found, OpinionMap)
    return found


def test_two_camps_are_two_groups_the_larger_first_and_nobody_is_in_the_wrong_one() -> None:
    found = drawn(two_camps())

    assert found.groups.sizes == (32, 24)
    camps = [0 if voter.startswith("upper") else 1 for voter in found.votes.voters]
    assert found.groups.of.tolist() == camps
    assert max(found.groups.silhouettes, key=lambda k: found.groups.silhouettes[k]) == 2
    assert found.participants == 56 and found.one_sided == 0


def test_what_all_agree_on_bridges_what_the_camps_answer_otherwise_divides() -> None:
    found = drawn(two_camps())

    kinds = dict(zip(found.votes.statements, found.kinds, strict=True))
    assert kinds == {
        **dict.fromkeys("01234567", Kind.DIVISIVE), "8": Kind.SHARED_YES, "9": Kind.SHARED_NO,
    }  # fmt: skip
    best = found.votes.statements[int(found.consensus.argmax())]
    assert best == "8"
    assert found.consensus.max() == pytest.approx(33 / 34 * 25 / 26)  # (n + 1) / (n + 2) of both groups


def test_each_group_is_told_by_what_it_answers_otherwise_than_the_rest() -> None:
    upper, lower = drawn(two_camps()).typical

    assert {(one.statement, one.side) for one in upper} <= {(str(at), "agree") for at in range(4)} | {
        (str(at), "disagree") for at in range(4, 8)
    }
    assert (len(upper), len(lower)) == (5, 5)
    assert not {one.statement for one in (*upper, *lower)} & {"8", "9"}
    first = upper[0]
    assert (first.hits, first.seen, first.share) == (28, 32, 29 / 34)  # every eighth passes


def test_the_same_votes_give_the_same_map_whatever_the_order_they_came_in() -> None:
    votes = list(two_camps().items())
    random.Random(7).shuffle(votes)

    one, other = drawn(two_camps(), AS_POLIS), drawn(dict(votes), AS_POLIS)

    assert one.votes.voters == other.votes.voters
    assert np.array_equal(one.places, other.places) and np.array_equal(one.groups.of, other.groups.of)
    assert one.stability is not None and other.stability is not None
    assert one.stability.agreement == other.stability.agreement


def test_who_agrees_with_everything_shapes_no_axis_but_is_placed_and_counted() -> None:
    votes = two_camps() | everywhere("yes", 20, AGREE)

    found = drawn(votes)

    alone = drawn(two_camps())
    assert found.one_sided == 20
    assert np.array_equal(found.plane.axes, alone.plane.axes)
    assert len(found.votes.voters) == 76 and sum(found.groups.sizes) == 76
    assert found.counts.agrees.sum(axis=0)[8] == 76
    assert not np.array_equal(drawn(votes, replace(RULE, one_sided_shape=True)).plane.axes, alone.plane.axes)


def test_who_voted_on_too_little_is_a_participant_and_stands_nowhere() -> None:
    few = {pair: choice for pair, choice in camp("visitor", 3, FOR).items() if int(pair[1]) < 6}

    found = drawn(two_camps() | few)

    assert found.participants == 59
    assert not any(voter.startswith("visitor") for voter in found.votes.voters)


def test_a_statement_that_moderation_hid_is_in_no_map() -> None:
    found = opinion_map(two_camps(), rule=RULE, hidden={"8", "9"})

    assert isinstance(found, OpinionMap)
    assert found.votes.statements == tuple("01234567")


def test_without_enough_people_votes_or_statements_there_is_no_map_and_each_lack_is_named() -> None:
    assert opinion_map(two_camps(upper=10, lower=10), rule=RULE) == TooFew(
        (Missing("participants", 20, 30), Missing("votes", 200, 210))
    )
    six = {pair: choice for pair, choice in two_camps().items() if int(pair[1]) < 6}
    assert opinion_map(six, rule=RULE) == TooFew((Missing("statements", 6, 7),))
    assert opinion_map({}, rule=RULE) == TooFew(
        (Missing("participants", 0, 30), Missing("votes", 0, 210), Missing("statements", 0, 7))
    )
    assert isinstance(opinion_map(six, rule=replace(RULE, least_statements=6)), OpinionMap)


def test_people_of_one_mind_have_no_groups() -> None:
    assert opinion_map(everywhere("yes", 40, AGREE), rule=AS_POLIS) == TooFew((Missing("different", 1, 2),))
    assert opinion_map(everywhere("yes", 40, AGREE), rule=RULE) == TooFew((Missing("participants", 0, 30),))


@pytest.mark.parametrize("people", [40, 1001])
def test_two_camps_without_a_dissenter_are_two_groups_however_many_they_are(people: int) -> None:
    votes = {
        (str(person), topic): (FOR if person % 2 else AGAINST)[at]
        for person in range(people) for at, topic in enumerate(TOPICS)
    }  # fmt: skip

    assert drawn(votes).groups.sizes == ((people + 1) // 2, people // 2)


def test_a_group_that_a_draw_for_the_silhouette_misses_is_no_fault() -> None:
    places = np.random.default_rng(1).normal(size=(6_000, 2))
    places[0] = 80, 80

    found = [grouping(places, seed=seed, margin=0.02, most=2) for seed in range(3)]

    assert [one and one.sizes for one in found] == [(5_999, 1)] * 3


def test_clear_camps_are_stable_and_noise_is_not() -> None:
    draw = random.Random(3)
    noise = {
        (f"voter{person}", str(at)): draw.choice([AGREE, DISAGREE, PASS]) for person in range(60) for at in range(12)
    }

    steady, shaky = drawn(two_camps(), Rule(draws=20)), drawn(noise, Rule(draws=20))

    assert steady.stability is not None and shaky.stability is not None
    assert (steady.stability.draws, steady.stability.agreement, steady.is_stable) == (20, 1.0, True)
    assert shaky.stability.agreement < 0.5 and shaky.is_stable is False
    assert drawn(two_camps()).is_stable is None  # not tried, not claimed
    assert (steady.stability.low <= steady.consensus + 1e-9).all()
    assert (steady.stability.high >= steady.consensus - 0.05).all()


def test_who_votes_on_half_as_much_does_not_stand_in_the_middle_for_that_reason() -> None:
    statements = [str(at) for at in range(8)]
    votes = {("all", one): AGREE for one in statements} | {("half", one): AGREE for one in statements[:4]}
    on = Plane(np.zeros(8), np.array([[1.0] * 8, [0.0] * 8]), (1.0, 0.0))

    places = positions(matrix(votes), on)

    assert places[:, 0] == pytest.approx([8.0, 4.0 * np.sqrt(8 / 4)])  # without the scaling: 8 and 4
    assert places[:, 1].tolist() == [0.0, 0.0]


def test_the_two_tests_are_those_that_polis_publishes() -> None:
    one, other = np.array([9]), np.array([3])

    assert share_test(one, np.array([10]))[0] == pytest.approx(2 * np.sqrt(11) * (10 / 11 - 0.5))
    pooled = (9 + 1 + 3 + 1) / (10 + 1 + 20 + 1)
    expected = (10 / 11 - 4 / 21) / np.sqrt(pooled * (1 - pooled) * (1 / 11 + 1 / 21))
    assert difference_test(one, other, np.array([10]), np.array([20]))[0] == pytest.approx(expected)
    assert difference_test(np.array([5]), np.array([5]), np.array([5]), np.array([5]))[0] == 0


def test_group_counts_add_up_to_the_whole() -> None:
    table = matrix(two_camps())
    of = np.array([0 if voter.startswith("upper") else 1 for voter in table.voters])

    found = counts(table, of, 2)

    assert found.seen.sum() == len(two_camps())
    assert found.agrees[:, 8].tolist() == [32, 24] and found.disagrees[:, 9].tolist() == [32, 24]


def test_the_silhouette_decides_among_two_to_five_groups() -> None:
    draw = random.Random(1)
    half = [AGREE] * 4 + [AGREE] * 4 + [DISAGREE, AGREE]
    votes = two_camps() | camp("middle", 28, half)
    mixed = {pair: PASS if draw.random() < 0.2 else choice for pair, choice in votes.items()}

    found = drawn(mixed)

    assert found.groups.count == 3
    assert found.groups.sizes == (32, 28, 24)
    assert set(found.groups.silhouettes) == {2, 3, 4, 5}


def test_who_only_reads_a_map_does_not_load_the_library_that_draws_it() -> None:
    code = (
        "import sys\n"
        "from civic.consultation.opinions import picture, polis, published\n"
        "from civic.consultation.rules import comparison, report\n"
        "assert not {'sklearn', 'scipy'} & set(sys.modules)\n"
    )

    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": "src"})


def test_a_table_too_large_to_hold_is_refused_before_it_is_made() -> None:
    with pytest.raises(TooManyVotes, match="8000 人、8000 条观点"):
        matrix({(str(at), str(at)): AGREE for at in range(8_000)})


def test_a_name_of_more_digits_than_a_number_may_have_is_a_name() -> None:
    assert matrix({("9" * 5_000, "2"): AGREE, ("10", "2"): AGREE, ("9", "2"): AGREE}).voters == ("9", "10", "9" * 5_000)
