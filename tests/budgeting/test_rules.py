"""The five rules on small elections that were counted by hand."""

from fractions import Fraction

import pytest

from civic.budgeting.rules import RULES, Election, Outcome, Shortfall, Ties, count, outcome
from civic.budgeting.rules.election import BadTies, Project
from civic.budgeting.rules.equal_shares import equal_shares

# Ten neighbours of 平安小区 and 100 yuan. The lift's friends are many, the shed's and the garden's few.
COSTS = {"lift": 60, "lamp": 30, "shed": 20, "garden": 50}
NEIGHBOURS = {
    "刘桂英": "lift lamp",
    "王建国": "lift lamp",
    "张敏": "lift",
    "李强": "lift lamp",
    "陈静": "lift",
    "杨浩": "shed garden",
    "黄芳": "shed garden",
    "赵立军": "shed garden lamp",
    "周明": "garden",
    "吴桂英": "garden",
}


def pingan(budget: int = 100) -> Election:
    return Election.of_approvals(COSTS, budget, [said.split() for said in NEIGHBOURS.values()])


def short(found: Outcome, name: str) -> Shortfall:
    place = [project.id for project in found.election.projects].index(name)
    return next(one for one in found.shortfalls if one.place == place)


def test_votes_are_the_ballots_that_name_a_project() -> None:
    assert dict(zip(COSTS, pingan().votes, strict=True)) == {"lift": 5, "lamp": 4, "shed": 3, "garden": 5}


def test_greedy_takes_the_cheaper_of_two_equals_and_passes_over_what_does_not_fit() -> None:
    found = count(pingan(), "greedy")

    # garden and lift have 5 each: garden is cheaper; then lift (60 > 50) is passed over, lamp 30, shed 20
    assert (found.winners, found.total_cost) == (["garden", "lamp", "shed"], 100)
    assert [award.left for award in found.awards] == [50, 20, 0]
    assert short(found, "lift") == Shortfall(0, outcome.TOO_LITTLE_LEFT, money=Fraction(10), score=Fraction(1))


def test_greedy_without_skipping_ends_at_the_first_that_does_not_fit() -> None:
    found = count(pingan(), "greedy-no-skip")

    assert found.winners == ["garden"]
    assert short(found, "lift").why == outcome.TOO_LITTLE_LEFT
    # lamp would have fitted in the 50 that were left when the lift ended the list: two more votes pass the lift
    # (with one more both have 5, and the lamp is cheaper)
    assert short(found, "lamp") == Shortfall(1, outcome.STOPPED, score=Fraction(1))
    assert short(found, "shed") == Shortfall(2, outcome.STOPPED, score=Fraction(2))


def test_votes_that_are_missing_count_in_the_tie_as_well() -> None:
    # park and pond cost the same and the park's id is first. With two more votes the park has as many as the pond.
    election = Election.of_approvals({"pond": 60, "park": 60}, 100, [["pond"], ["pond"], ["pond"], ["park"]])

    assert short(count(election, "greedy"), "park").score == 2


def test_a_project_dearer_than_the_budget_ends_the_list_of_the_rule_that_does_not_skip() -> None:
    election = Election.of_approvals({"dam": 500, "lamp": 30}, 100, [["dam"], ["dam"], ["lamp"]])

    assert count(election, "greedy").winners == ["lamp"]
    assert count(election, "greedy-no-skip").winners == []
    assert short(count(election, "greedy"), "dam") == Shortfall(0, outcome.TOO_DEAR, money=Fraction(400))


def test_greedy_per_cost_prefers_what_many_get_for_little() -> None:
    found = count(pingan(), "greedy-per-cost")

    # votes per cost: shed 3/20, lamp 4/30, garden 5/50, lift 5/60
    assert found.winners == ["shed", "lamp", "garden"]
    # lift needs to come before garden's turn, when 50 were left: never enough; before lamp's, when 80 were left:
    # more than 4/30 of 60 is 8; equal is won by the cheaper lamp: 9, four more
    assert short(found, "lift").score == 4


def test_equal_shares_by_hand() -> None:
    found = equal_shares(pingan(), Ties(), add1=False, completion=False)

    # 10 each. Prices per supporter: shed 20/3 (r 1/3), lamp 30/4 (r 1/4), garden 10 (r 1/5), lift 12 > 10: never.
    # garden first: its five friends give all. Then lamp: 赵立军 has nothing, three pay 10 each. shed: nobody is left.
    assert found.winners == ["garden", "lamp"]
    assert [award.price for award in found.awards] == [10, 10]
    shed, lift = short(found, "shed"), short(found, "lift")
    assert shed == Shortfall(2, outcome.SUPPORTERS_SHORT, Fraction(20), supporters_left=Fraction(0), round=1, shares=2)
    # of the lift's friends two have paid for no lamp: 20 are left of 50, which were never 60
    assert lift == Shortfall(0, outcome.SUPPORTERS_SHORT, Fraction(40), supporters_left=Fraction(20), round=0, shares=4)


def test_add1_gives_everybody_one_more_until_the_money_would_not_be_enough() -> None:
    found = equal_shares(pingan(), Ties(), completion=False)

    # With 11 each: garden at 10, then lamp: three pay (30 - 1) / 3, 赵立军 his last 1; lift has 44/3 < 60, shed 2 < 20.
    # With 12 each the lift could be paid (5 * 12), but garden comes first (r 1/5 both, garden is cheaper), then lift
    # would be bought with r 1/5 as well: 110 > 100, so 11 is where it ends.
    assert found.winners == ["garden", "lamp"]
    assert found.virtual_budget == 110
    assert [award.price for award in found.awards] == [10, Fraction(29, 3)]


def test_completion_spends_what_shares_left_and_says_so() -> None:
    found = count(pingan(), "equal-shares")

    assert [(award.place, award.why) for award in found.awards] == [
        (3, outcome.BY_SHARES),
        (1, outcome.BY_SHARES),
        (2, outcome.BY_COMPLETION),
    ]
    assert found.represented == 8  # 张敏 and 陈静 wanted the lift only


def test_two_points_count_twice_for_equal_shares() -> None:
    # 杨浩 has 10; at 2 points the lamp costs him 5 a point and 1/2 per point and yuan, the shed 10 and 1
    one, other = (Election((Project("lamp", 10), Project("shed", 10)), 10, {choice: 1})
                  for choice in (((0, 2), (1, 1)), ((0, 1), (1, 2))))  # fmt: skip

    assert equal_shares(one, Ties(), completion=False).winners == ["lamp"]
    assert equal_shares(other, Ties(), completion=False).winners == ["shed"]
    assert equal_shares(one, Ties()).awards[0].price == 10


def test_points_below_0_do_not_make_a_project_look_dearer_than_it_is() -> None:
    # 10 each. 刘桂英 gives the lift 5 points and the lamp 2, 王建国 takes 4 from the lift: of her 10 she pays 2 a point
    # for the lift (1/5 per point and yuan) or 5 for the lamp (1/2), although the lift's score of 1 is the lower one.
    ballots = {((0, 5), (1, 2)): 1, ((0, -4),): 1}
    election = Election((Project("lift", 10), Project("lamp", 10)), 20, ballots)

    found = equal_shares(election, Ties(), add1=False, completion=False)

    assert (election.scores, found.winners) == ([1, 2], ["lift"])


def test_a_ballot_of_one_point_each_counts_as_an_approval() -> None:
    scored = Election(pingan().projects, 100, pingan().ballots, point_unit=1)

    assert [count(scored, rule).winners for rule in RULES] == [count(pingan(), rule).winners for rule in RULES]


def test_phragmen_by_hand() -> None:
    found = count(pingan(), "phragmen")

    # shed after 20/3, lamp after 30/4, garden after 10, lift after 12: shed first, its three have paid 20/3 each.
    # Then lamp (30 + 20/3) / 4 = 55/6, garden (50 + 20) / 5 = 14, lift 12: lamp. Then lift (60 + 3 * 55/6) / 5 = 17.5,
    # garden (50 + 2 * 20/3 + 55/6) / 5 = 14.5: garden, 100 spent.
    assert found.winners == ["shed", "lamp", "garden"]
    assert [award.price for award in found.awards] == [Fraction(20, 3), Fraction(55, 6), Fraction(29, 2)]
    assert short(found, "lift") == Shortfall(0, outcome.TOO_LITTLE_LEFT, money=Fraction(60))


def test_phragmen_stops_where_the_next_would_exceed_the_budget() -> None:
    found = count(pingan(budget=65), "phragmen")

    assert found.winners == ["shed", "lamp"]  # 50: garden would be next and makes 100
    assert short(found, "lift").why == outcome.TOO_LITTLE_LEFT


@pytest.mark.parametrize("rule", RULES)
def test_what_nobody_wants_is_not_built_even_where_money_is_left(rule: str) -> None:
    election = Election.of_approvals({"lamp": 30, "statue": 10}, 100, [["lamp"], []])

    found = count(election, rule)

    assert (found.winners, found.represented, election.voters) == (["lamp"], 1, 2)
    assert short(found, "statue") == Shortfall(1, outcome.NO_VOTES)


@pytest.mark.parametrize("rule", RULES)
def test_nothing_below_a_published_threshold_wins(rule: str) -> None:
    found = count(pingan().with_threshold(5), rule)

    assert found.winners == ["garden"]
    assert short(found, "lamp") == Shortfall(1, outcome.BELOW_THRESHOLD)


@pytest.mark.parametrize("rule", RULES)
def test_an_election_without_ballots_has_no_winners(rule: str) -> None:
    assert count(Election.of_approvals(COSTS, 100, []), rule).winners == []


def test_ties_end_by_the_order_that_was_frozen() -> None:
    same = Election.of_approvals({"b": 10, "a": 10, "c": 9}, 20, [["a", "b", "c"]])

    assert count(same, "greedy").winners == ["c", "a"]
    assert count(same, "greedy", ties=Ties(("id",))).winners == ["a", "b"]
    assert count(same, "greedy", ties=Ties(("lot",), ("b", "c", "a"))).winners == ["b", "c"]
    assert count(same, "greedy", ties=Ties(("votes", "cost", "id"))).winners == ["c", "a"]


@pytest.mark.parametrize(
    ("keys", "lot", "words"),
    [
        (("cost", "votes"), (), "ending in id or lot"),
        (("name", "id"), (), "use cost, votes, id, lot"),
        ((), (), "ending in id or lot"),
        (("lot",), ("a", "a"), "stands twice"),
    ],
)
def test_an_order_that_leaves_projects_equal_is_refused(
    keys: tuple[str, ...], lot: tuple[str, ...], words: str
) -> None:
    with pytest.raises(BadTies, match=words):
        Ties(keys, lot)


def test_a_lot_that_forgets_a_project_is_refused() -> None:
    with pytest.raises(BadTies, match="not in the lot: shed, garden"):
        count(pingan(), "greedy", ties=Ties(("lot",), ("lift", "lamp")))
