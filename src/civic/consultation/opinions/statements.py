"""What each group says to each statement: shares, what is typical of a group, what joins and what divides."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from civic.consultation.opinions.matrix import Matrix, Numbers, Whole
from civic.consultation.rules.counting import AGREE, DISAGREE

Z90 = 1.2816  # one-sided 90 %: the bar Polis sets for "typical of a group"
TYPICAL = 5  # at most so many statements are named as typical of a group


class Kind(StrEnum):
    """How the groups stand to a statement."""

    SHARED_YES = "shared_yes"  # in every group more agree than not, beyond chance: it bridges the groups
    SHARED_NO = "shared_no"  # in every group more disagree than not, beyond chance
    DIVISIVE = "divisive"  # one group agrees beyond chance, another disagrees beyond chance
    OPEN = "open"  # none of these, or too few votes to say


@dataclass(frozen=True)
class Counts:
    """Votes by group (row) and statement (column)."""

    agrees: Whole
    disagrees: Whole
    seen: Whole  # agree, disagree and pass

    @property
    def agree_share(self) -> Numbers:
        """Return the smoothed share that agrees, (agrees + 1) / (seen + 2): never 0 or 1, one half where none voted."""
        return np.asarray((self.agrees + 1) / (self.seen + 2))

    @property
    def disagree_share(self) -> Numbers:
        """Return the smoothed share that disagrees."""
        return np.asarray((self.disagrees + 1) / (self.seen + 2))


@dataclass(frozen=True)
class Typical:
    """A statement that one group answers otherwise than the rest: `hits` of `seen` gave `side` (agree or disagree).

    `ratio` compares the group's smoothed share with that of all others; the tests are z values, the second against
    the others, the first against one half.
    """

    statement: str
    side: str
    hits: int
    seen: int
    share: float
    share_test: float
    ratio: float
    ratio_test: float

    @property
    def weight(self) -> float:
        """Return by how much it is typical; Polis sorts by this product."""
        return self.ratio * self.ratio_test * self.share * self.share_test


def counts(votes: Matrix, of: Whole, groups: int) -> Counts:
    """Return the votes of each group; `of` holds the group of each row."""
    member = (of[None, :] == np.arange(groups)[:, None]).astype(np.int64)
    return Counts(
        member @ (votes.votes == AGREE).astype(np.int64),
        member @ (votes.votes == DISAGREE).astype(np.int64),
        member @ votes.voted.astype(np.int64),
    )


def consensus(of_groups: Counts) -> Numbers:
    """Return the group-informed consensus of each statement: the product of all groups' smoothed shares that agree.

    Near 1 only where every group agrees, however large one group is. Source: Small et al. 2021, section 3.
    """
    return np.asarray(of_groups.agree_share.prod(axis=0))


def kinds(of_groups: Counts) -> list[Kind]:
    """Return how the groups stand to each statement."""
    yes = share_test(of_groups.agrees, of_groups.seen) > Z90
    no = share_test(of_groups.disagrees, of_groups.seen) > Z90
    found = np.select(
        [yes.all(axis=0), no.all(axis=0), yes.any(axis=0) & no.any(axis=0)],
        [str(Kind.SHARED_YES), str(Kind.SHARED_NO), str(Kind.DIVISIVE)],
        str(Kind.OPEN),
    )
    return [Kind(kind) for kind in found]


def typical(statements: tuple[str, ...], of_groups: Counts) -> tuple[tuple[Typical, ...], ...]:
    """Return for each group the statements it answers otherwise than the rest, the most typical first.

    A statement counts if both tests pass the 90 % bar, for agreeing or for disagreeing. Source: Polis' representative
    comments; a group for which none passes gets none (Polis then names the best of those that failed; we do not).
    """
    return tuple(
        tuple(sorted(_of_group(statements, of_groups, group), key=lambda one: (-one.weight, one.statement))[:TYPICAL])
        for group in range(len(of_groups.seen))
    )


def _of_group(statements: tuple[str, ...], of_groups: Counts, group: int) -> Iterator[Typical]:
    others = np.arange(len(of_groups.seen)) != group
    seen, rest = of_groups.seen[group], of_groups.seen[others].sum(axis=0)
    sides = [
        _side(side, hits[group], hits[others].sum(axis=0), seen, rest)
        for side, hits in (("agree", of_groups.agrees), ("disagree", of_groups.disagrees))
    ]
    for at, statement in enumerate(statements):
        passing = [one for one in sides if one.share_test[at] > Z90 and one.ratio_test[at] > Z90]
        if passing:
            one = max(passing, key=lambda one: one.ratio_test[at])
            yield Typical(
                statement, one.side, int(one.hits[at]), int(seen[at]), float(one.share[at]), float(one.share_test[at]),
                float(one.ratio[at]), float(one.ratio_test[at]),
            )  # fmt: skip


@dataclass(frozen=True)
class _Side:
    side: str
    hits: Whole
    share: Numbers
    share_test: Numbers
    ratio: Numbers
    ratio_test: Numbers


def _side(side: str, hits: Whole, other_hits: Whole, seen: Whole, rest: Whole) -> _Side:
    share = (hits + 1) / (seen + 2)
    ratio = share / ((other_hits + 1) / (rest + 2))
    return _Side(side, hits, share, share_test(hits, seen), ratio, difference_test(hits, other_hits, seen, rest))


def share_test(hits: Whole, seen: Whole) -> Numbers:
    """Return by how many standard errors a share lies above one half, smoothed by one."""
    return np.asarray(2 * np.sqrt(seen + 1) * ((hits + 1) / (seen + 1) - 0.5))


def difference_test(hits: Whole, other_hits: Whole, seen: Whole, other_seen: Whole) -> Numbers:
    """Return the z value of the difference of two shares, each smoothed by one; 0 where everybody hit in both."""
    one, other = (hits + 1) / (seen + 1), (other_hits + 1) / (other_seen + 1)
    pooled = (hits + other_hits + 2) / (seen + other_seen + 2)
    error = np.sqrt(pooled * (1 - pooled) * (1 / (seen + 1) + 1 / (other_seen + 1)))
    return np.asarray(np.divide(one - other, error, out=np.zeros_like(error), where=error > 0))
