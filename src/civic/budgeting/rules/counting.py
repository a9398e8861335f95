"""One way in: count an election by the name of a rule."""

from collections.abc import Callable

from civic.budgeting.rules.election import Election, Ties
from civic.budgeting.rules.equal_shares import Told, equal_shares
from civic.budgeting.rules.greedy import greedy
from civic.budgeting.rules.outcome import Outcome
from civic.budgeting.rules.phragmen import phragmen

Rule = Callable[[Election, Ties, Told | None], Outcome]

RULES: dict[str, Rule] = {
    "greedy": lambda election, ties, _: greedy(election, ties, rule="greedy"),
    "greedy-no-skip": lambda election, ties, _: greedy(election, ties, skip=False, rule="greedy-no-skip"),
    "greedy-per-cost": lambda election, ties, _: greedy(election, ties, per_cost=True, rule="greedy-per-cost"),
    "equal-shares": lambda election, ties, tell: equal_shares(election, ties, tell=tell),
    "phragmen": lambda election, ties, _: phragmen(election, ties),
}


def count(election: Election, rule: str, *, ties: Ties | None = None, tell: Told | None = None) -> Outcome:
    """Return the outcome of `rule` (a key of RULES); ties by lower cost, more votes, id, unless said otherwise.

    The same election, rule and ties give the same outcome, in whatever order projects and ballots stand.
    """
    return RULES[rule](election, ties or Ties(), tell)
