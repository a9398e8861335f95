"""Clusters of a sparse graph: groups are joined by their mean likeness, then by the likeness of their middles."""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt

Pair = tuple[int, int, float]


@dataclass
class Groups:
    """The groups so far. `across` holds the summed likeness between two groups, `inside` that within each."""

    members: dict[int, list[int]]
    across: list[dict[int, float]]
    inside: list[float]

    def mean(self, one: int, other: int) -> float:
        """Return the mean likeness of two groups; a pair that is not named counts as 0."""
        return self.across[one][other] / (len(self.members[one]) * len(self.members[other]))

    def middles(self, one: int, other: int) -> float:
        """Return the likeness of the middles of two groups: high where both are about one matter in many words."""
        own = [len(self.members[at]) + 2 * self.inside[at] for at in (one, other)]
        return self.across[one][other] / sqrt(own[0] * own[1])

    def join(self, one: int, other: int) -> int:
        """Make one group of two; return its name."""
        if len(self.across[one]) < len(self.across[other]):
            one, other = other, one
        self.inside[one] += self.inside[other] + self.across[one].pop(other)
        del self.across[other][one]
        self.members[one] += self.members.pop(other)
        for third, total in self.across[other].items():
            del self.across[third][other]
            self.across[one][third] = self.across[third][one] = self.across[one].get(third, 0.0) + total
        self.across[other] = {}
        return one


def clusters(count: int, pairs: Iterable[Pair], *, least: float, kin: float = 1.0) -> list[list[int]]:
    """Return the groups of the nodes 0..count-1.

    First groups are joined while their mean likeness is at least `least`, so that a chain of neighbours does not grow
    into one topic; then while their middles are alike by at least `kin`, so that one matter in many words stays one.
    """
    groups = Groups({at: [at] for at in range(count)}, [{} for _ in range(count)], [0.0] * count)
    for one, other, likeness in pairs:
        groups.across[one][other] = groups.across[other][one] = likeness
    _join_while(groups, groups.mean, least)
    _join_while(groups, groups.middles, kin)
    return [sorted(group) for group in groups.members.values()]


def _join_while(groups: Groups, likeness: Callable[[int, int], float], least: float) -> None:
    """Join the two likeliest groups again and again; what the queue says of groups that have grown since is stale."""

    def entry(one: int, other: int) -> tuple[float, int, int, int, int]:
        return -likeness(one, other), one, other, len(groups.members[one]), len(groups.members[other])

    queue = [entry(one, other) for one in groups.members for other in groups.across[one] if one < other]
    heapq.heapify(queue)
    while queue and -queue[0][0] >= least:
        _, one, other, size, other_size = heapq.heappop(queue)
        if (len(groups.members.get(one, ())), len(groups.members.get(other, ()))) == (size, other_size):
            joined = groups.join(one, other)
            for third in groups.across[joined]:
                heapq.heappush(queue, entry(joined, third))
