"""The opinion map of one consultation: built when the numbers suffice, refused with the number that is missing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from civic.consultation.opinions.grouping import Grouping, grouping, nearest
from civic.consultation.opinions.matrix import Matrix, Numbers, matrix
from civic.consultation.opinions.projection import Plane, plane, positions
from civic.consultation.opinions.stability import Stability, stability
from civic.consultation.opinions.statements import Counts, Kind, Typical, consensus, counts, kinds, typical
from civic.consultation.rules.suffice import AS_POLIS, Rule

__all__ = ["AS_POLIS", "Missing", "OpinionMap", "Rule", "TooFew", "opinion_map"]


@dataclass(frozen=True)
class Missing:
    """What there is too little of, how much there is and how much is needed."""

    what: str  # participants, votes or statements
    have: int
    need: int


@dataclass(frozen=True)
class TooFew:
    """No map yet, and why."""

    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class OpinionMap:
    """Where the placed people stand, their groups, and what the groups say. `votes`, `places` and the groups go by row.

    Holds voters' keys: what may leave is what `picture` and `published` make of it.
    """

    votes: Matrix
    places: Numbers
    groups: Grouping
    plane: Plane
    counts: Counts
    consensus: Numbers
    kinds: list[Kind]
    typical: tuple[tuple[Typical, ...], ...]
    participants: int  # with any vote
    one_sided: int  # placed, with the same answer to everything
    rule: Rule
    stability: Stability | None = field(default=None)

    @property
    def is_stable(self) -> bool | None:
        """Return whether drawing the participants anew gives nearly the same groups; None where it was not tried."""
        return None if self.stability is None else self.stability.agreement >= self.rule.stable_from


def opinion_map(
    standing: Mapping[tuple[str, str], int], *, rule: Rule, hidden: Collection[str] = (), draws: int | None = None
) -> OpinionMap | TooFew:
    """Return the map of the votes that stand, or what is missing for one.

    Shape: standing[voter, statement] -> 1, 0 or -1 (`counting.standing_votes`). `hidden`: statements that moderation
    took away. `draws`: of the bootstrap, where not `rule.draws`; 0 leaves it out.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 (comes with scikit-learn, which is loaded late)

    with threadpool_limits(limits=1):  # sums in one order: the same map on every machine; and quicker at this size
        return _opinion_map(matrix(standing, without=hidden), rule, rule.draws if draws is None else draws)


def _opinion_map(everybody: Matrix, rule: Rule, draws: int) -> OpinionMap | TooFew:
    placed = everybody.rows(everybody.voted.sum(axis=1) >= min(rule.votes_each, max(len(everybody.statements), 1)))
    one_sided = placed.is_one_sided
    shaping = placed if rule.one_sided_shape else placed.rows(~one_sided)
    lacking = _missing(placed, shaping, rule)
    if lacking:
        return TooFew(lacking)
    on = plane(shaping)
    shown = grouping(positions(shaping, on), seed=rule.seed, margin=rule.margin)
    if shown is None:
        return TooFew((Missing("different", 1, 2),))
    places = positions(placed, on)
    shown = _everyone_in(places, shown)
    steady = stability(shaping, placed, shown, draws=draws, seed=rule.seed) if draws else None
    of_groups = counts(placed, shown.of, shown.count)
    return OpinionMap(
        placed, places, shown, on, of_groups, consensus(of_groups), kinds(of_groups),
        typical(placed.statements, of_groups), len(everybody.voters), int(one_sided.sum()), rule, steady,
    )  # fmt: skip


def _missing(placed: Matrix, shaping: Matrix, rule: Rule) -> tuple[Missing, ...]:
    tests = (
        Missing("participants", len(shaping.voters), rule.least_participants),
        Missing("votes", int(placed.voted.sum()), rule.least_votes),
        Missing("statements", len(placed.statements), max(rule.least_statements, 2)),
    )
    return tuple(one for one in tests if one.have < one.need)


def _everyone_in(places: Numbers, shown: Grouping) -> Grouping:
    """Return the groups with everybody placed in the nearest one, the largest first again."""
    of = nearest(places, shown.centres)
    sizes = np.bincount(of, minlength=shown.count)
    order = np.lexsort((shown.centres[:, 0], -sizes))
    rank = np.empty(shown.count, dtype=np.int64)
    rank[order] = np.arange(shown.count)
    return Grouping(rank[of], shown.centres[order], shown.silhouettes)
