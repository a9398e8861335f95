"""Votes counted: ours by the last vote of each person, Polis' exports by every act of voting."""

import random

from hypothesis import given
from hypothesis import strategies as st

from civic.consultation.rules.counting import (
    AGREE,
    DISAGREE,
    PASS,
    WITHDRAWN,
    Tally,
    Vote,
    as_polis_publishes,
    one_person_one_vote,
    standing_votes,
)  # fmt: skip

LIFT, BUS = "lift", "bus"


def test_who_votes_again_counts_once_with_us_and_twice_as_polis_publishes() -> None:
    votes = [
        Vote("wang", LIFT, DISAGREE, 1), Vote("wang", LIFT, AGREE, 3), Vote("li", LIFT, PASS, 2),
        Vote("li", BUS, AGREE, 2),
    ]  # fmt: skip

    assert one_person_one_vote(votes) == {LIFT: Tally(agrees=1, passes=1), BUS: Tally(agrees=1)}
    assert as_polis_publishes(votes) == {LIFT: Tally(agrees=1, disagrees=1, passes=1), BUS: Tally(agrees=1)}


def test_a_vote_withdrawn_counts_nowhere_until_it_is_given_again() -> None:
    votes = [Vote("wang", LIFT, AGREE, 1), Vote("wang", LIFT, WITHDRAWN, 2)]

    assert one_person_one_vote(votes) == {LIFT: Tally()}
    assert standing_votes(votes) == {}
    assert one_person_one_vote([*votes, Vote("wang", LIFT, DISAGREE, 3)]) == {LIFT: Tally(disagrees=1)}


def test_of_two_votes_at_one_instant_the_later_in_the_file_stands() -> None:
    assert standing_votes([Vote("wang", LIFT, AGREE, 1), Vote("wang", LIFT, PASS, 1)]) == {("wang", LIFT): PASS}


VOTES = st.lists(
    st.builds(
        Vote, st.sampled_from("abc"), st.sampled_from("xy"), st.sampled_from([1, 0, -1, None]), st.integers(0, 99)
    ),
    unique_by=lambda vote: vote.at,
)  # fmt: skip


@given(VOTES, st.randoms(use_true_random=False))
def test_the_order_of_a_file_changes_no_count(votes: list[Vote], draw: random.Random) -> None:
    mixed = votes.copy()
    draw.shuffle(mixed)

    assert one_person_one_vote(mixed) == one_person_one_vote(votes)
    assert as_polis_publishes(mixed) == as_polis_publishes(votes)


@given(VOTES)
def test_nobody_counts_twice_on_a_statement(votes: list[Vote]) -> None:
    voters = {statement: {vote.voter for vote in votes if vote.statement == statement} for statement in "xy"}

    assert all(tally.votes <= len(voters[statement]) for statement, tally in one_person_one_vote(votes).items())
