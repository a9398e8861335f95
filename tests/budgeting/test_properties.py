"""What holds for every election, and other ways to count that must agree."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.budgeting.rules import RULES, Choice, Election, Project, Ties, count
from civic.budgeting.rules.ahead import steps_unchanged
from civic.budgeting.rules.equal_shares import equal_shares, run
from civic.budgeting.rules.market import Market
from civic.budgeting.rules.outcome import candidates
from civic.budgeting.rules.purses import Purses


@st.composite
def elections(draw: st.DrawFn, *, least_points: int = 1, most_points: int = 3) -> Election:
    costs = draw(st.lists(st.integers(1, 60), min_size=1, max_size=6))
    ballot = st.dictionaries(
        st.integers(0, len(costs) - 1), st.integers(least_points, most_points), max_size=len(costs)
    )
    grouped: dict[Choice, int] = {}
    for one in draw(st.lists(ballot, min_size=1, max_size=12)):
        choice = tuple(sorted(one.items()))
        grouped[choice] = grouped.get(choice, 0) + draw(st.integers(1, 3))
    projects = tuple(Project(f"p{place}", cost) for place, cost in enumerate(costs))
    return Election(projects, draw(st.integers(1, 150)), grouped)


def market(election: Election) -> Market:
    return Market(election, candidates(election)[0], Ties().ranks(election.projects, election.votes))


@pytest.mark.parametrize("rule", RULES)
@given(election=elections())
def test_the_budget_is_never_exceeded_and_every_project_is_explained(rule: str, election: Election) -> None:
    found = count(election, rule)

    places = [award.place for award in found.awards] + [one.place for one in found.shortfalls]
    assert found.total_cost <= election.budget
    assert sorted(places) == list(range(len(election.projects)))
    assert found.awards == () or found.awards[-1].left == election.budget - found.total_cost


@pytest.mark.parametrize("rule", RULES)
@given(election=elections(), data=st.data())
def test_the_order_of_ballots_and_projects_does_not_matter(rule: str, election: Election, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(election.projects))))
    place = {old: new for new, old in enumerate(order)}
    ballots = {tuple(sorted((place[p], n) for p, n in choice)): k for choice, k in election.ballots.items()}
    keys = data.draw(st.permutations(list(ballots)))
    mixed = Election(
        tuple(election.projects[old] for old in order), election.budget, {key: ballots[key] for key in keys}
    )

    assert count(mixed, rule).winners == count(election, rule).winners


@pytest.mark.parametrize("rule", ["greedy", "greedy-no-skip", "greedy-per-cost"])
@given(election=elections())
def test_greedy_agrees_with_a_naive_count(rule: str, election: Election) -> None:
    score = [sum(k * n for choice, k in election.ballots.items() for p, n in choice if p == place)
             for place in range(len(election.projects))]  # fmt: skip
    votes = [sum(k for choice, k in election.ballots.items() if place in dict(choice)) for place in range(len(score))]
    left, winners, rest = election.budget, [], [place for place in range(len(score)) if score[place]]
    while rest:
        cost = {place: election.projects[place].cost for place in rest}
        worth = {place: Fraction(score[place], cost[place] if rule == "greedy-per-cost" else 1) for place in rest}
        best = min(rest, key=lambda p: (-worth[p], cost[p], -votes[p], election.projects[p].id))
        rest.remove(best)
        if cost[best] <= left:
            left -= cost[best]
            winners.append(election.projects[best].id)
        elif rule == "greedy-no-skip":
            break

    assert count(election, rule).winners == winners


@pytest.mark.parametrize("rule", ["greedy", "greedy-no-skip", "greedy-per-cost"])
@given(election=elections())
def test_the_votes_that_were_missing_are_exactly_those(rule: str, election: Election) -> None:
    by_id = Ties(("id",))
    for one in count(election, rule, ties=by_id).shortfalls:
        if one.score is not None:
            name = election.projects[one.place].id
            assert name in _winners_with(election, rule, one.place, int(one.score), by_id)
            assert one.score == 1 or name not in _winners_with(election, rule, one.place, int(one.score) - 1, by_id)


@pytest.mark.parametrize("rule", ["greedy", "greedy-no-skip", "greedy-per-cost"])
@given(election=elections(most_points=1), ties=st.sampled_from([Ties(), Ties(("votes", "id"))]))
def test_so_many_more_voters_fund_a_project_and_one_fewer_does_not(rule: str, election: Election, ties: Ties) -> None:
    for one in count(election, rule, ties=ties).shortfalls:
        if one.score is not None:
            name = election.projects[one.place].id
            assert name in _winners_with(election, rule, one.place, 1, ties, voters=int(one.score))
            fewer = _winners_with(election, rule, one.place, 1, ties, voters=int(one.score) - 1)
            assert name not in fewer


def _winners_with(election: Election, rule: str, place: int, points: int, ties: Ties, *, voters: int = 1) -> list[str]:
    """Return who wins if more voters give so many points each to one project."""
    ballot: Choice = ((place, points),)
    ballots = {**election.ballots, ballot: election.ballots.get(ballot, 0) + voters}
    return count(Election(election.projects, election.budget, ballots), rule, ties=ties).winners


@given(election=elections())
def test_equal_shares_keep_every_fraction_of_the_money(election: Election) -> None:
    share = Fraction(election.budget, election.voters)
    purses = Purses(len(election.ballots), share)
    spent = Fraction(0)
    for one in run(market(election), share):
        purses.pay(election.support[one.place], one.price)
        spent += election.projects[one.place].cost

    held = [Fraction(purses.amounts[kind], purses.scale) for kind in purses.kind]
    assert spent + sum(money * k for money, k in zip(held, election.ballots.values(), strict=True)) == election.budget
    assert min(held) >= 0


def naive_shares(election: Election, share: Fraction) -> list[str]:
    """Equal shares from the definition: every price anew in every round, by trying every set of who gives all."""
    money = {(choice, k): share for choice in election.ballots for k in range(election.ballots[choice])}
    ranks = Ties().ranks(election.projects, election.votes)
    bought: list[str] = []
    rest = candidates(election)[0]
    while True:
        prices = {place: price for place in rest if (price := _naive_price(election, place, money)) is not None}
        if not prices:
            return bought
        best = min(prices, key=lambda p: (prices[p] / election.projects[p].cost, ranks[p]))
        for voter in money:
            money[voter] -= min(money[voter], prices[best] * max(0, dict(voter[0]).get(best, 0)))
        bought.append(election.projects[best].id)
        rest = [place for place in rest if place != best]


def _naive_price(election: Election, place: int, money: dict[tuple[Choice, int], Fraction]) -> Fraction | None:
    friends: Sequence[tuple[Fraction, int]] = [
        (money[voter], dict(voter[0])[place]) for voter in money if dict(voter[0]).get(place, 0) > 0
    ]
    cost = election.projects[place].cost
    for bound in sorted({have / points for have, points in friends}):
        rich = sum(points for have, points in friends if have / points >= bound)
        poor = sum((have for have, points in friends if have / points < bound), Fraction(0))
        if (price := (cost - poor) / rich) <= bound:
            return price
    return None


@given(election=elections())
def test_equal_shares_agree_with_the_definition(election: Election) -> None:
    share = Fraction(election.budget, election.voters)

    assert [election.projects[one.place].id for one in run(market(election), share)] == naive_shares(election, share)


@given(election=elections(least_points=-4, most_points=5))
def test_equal_shares_agree_with_the_definition_where_points_are_below_0(election: Election) -> None:
    share = Fraction(election.budget, election.voters)

    assert [election.projects[one.place].id for one in run(market(election), share)] == naive_shares(election, share)


@given(election=elections(), extra=st.integers(0, 40))
def test_looking_ahead_never_skips_a_change(election: Election, extra: int) -> None:
    share = Fraction(election.budget, election.voters) + extra
    rounds = run(market(election), share)
    steps = min(60, steps_unchanged(market(election), rounds, share))

    later = [[one.place for one in run(market(election), share + step)] for step in range(steps + 1)]

    assert later == [[one.place for one in rounds]] * (steps + 1)


@given(election=elections())
def test_add1_with_and_without_looking_ahead_ends_at_the_same_share(election: Election) -> None:
    found = equal_shares(election, Ties(), completion=False)
    share, winners = (
        Fraction(election.budget, election.voters),
        naive_shares(election, Fraction(election.budget, election.voters)),
    )
    costs = {project.id: project.cost for project in election.projects}
    able = [election.projects[place].id for place in candidates(election)[0]]
    while any(
        costs[name] + sum(costs[one] for one in winners) <= election.budget for name in able if name not in winners
    ):
        more = naive_shares(election, share + 1)
        if sum(costs[one] for one in more) > election.budget:
            break
        share, winners = share + 1, more

    assert (found.winners, found.virtual_budget) == (winners, share * election.voters)


@given(election=elections())
def test_phragmen_agrees_with_the_definition(election: Election) -> None:
    load = {choice: Fraction(0) for choice in election.ballots}
    ranks = Ties().ranks(election.projects, election.votes)
    left, winners, rest = election.budget, [], candidates(election)[0]
    while rest:
        after = {}
        for place in rest:
            friends = [(choice, k) for choice, k in election.ballots.items() if place in dict(choice)]
            paid = sum(load[choice] * k for choice, k in friends)
            after[place] = (election.projects[place].cost + paid) / Fraction(sum(k for _, k in friends))
        best = min(rest, key=lambda p: (after[p], ranks[p]))
        if election.projects[best].cost > left:
            break
        left -= election.projects[best].cost
        winners.append(election.projects[best].id)
        rest = [place for place in rest if place != best]
        load |= {choice: after[best] for choice in load if best in dict(choice)}

    assert count(election, "phragmen").winners == winners
