"""What is counted: projects with their costs, the money there is, the ballots; and how ties end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

Choice = tuple[tuple[int, int], ...]  # (place of the project, points), ascending; an approval is one point
Counts = NDArray[np.int64]
TIE_KEYS = ("cost", "votes", "id", "lot")


class BadTies(ValueError):
    """The order of ties leaves two projects equal, or names what is no key."""


@dataclass(frozen=True)
class Project:
    """One project on the ballot. `cost` > 0 in the smallest unit of the currency in use."""

    id: str
    cost: int


@dataclass(frozen=True)
class Ties:
    """How projects that are equal under a rule are ordered: key by key, the first that differs decides.

    cost: the cheaper first; votes: the one named on more ballots first; id: by code point, as text;
    lot: by their order in `lot`, drawn in public before the vote. The last key must tell any two projects apart.
    """

    keys: tuple[str, ...] = ("cost", "votes", "id")
    lot: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises: BadTies."""
        if not self.keys or self.keys[-1] not in ("id", "lot") or not set(self.keys) <= set(TIE_KEYS):
            raise BadTies(f"ties {self.keys}: use {', '.join(TIE_KEYS)}, ending in id or lot")
        if "lot" in self.keys and len(set(self.lot)) != len(self.lot):
            raise BadTies("a project stands twice in the lot")

    def ranks(self, projects: Sequence[Project], votes: Sequence[int]) -> list[int]:
        """Return for each project its rank in the order of ties, from 0; no two are equal. Raises: BadTies."""
        lot = {name: place for place, name in enumerate(self.lot)}
        if "lot" in self.keys and (missing := [one.id for one in projects if one.id not in lot]):
            raise BadTies(f"not in the lot: {', '.join(missing)}")
        values: dict[str, Callable[[int], int | str]] = {
            "cost": lambda place: projects[place].cost,
            "votes": lambda place: -votes[place],
            "id": lambda place: projects[place].id,
            "lot": lambda place: lot[projects[place].id],
        }
        order = sorted(range(len(projects)), key=lambda place: tuple(values[key](place) for key in self.keys))
        ranks = [0] * len(projects)
        for rank, place in enumerate(order):
            ranks[place] = rank
        return ranks


@dataclass(frozen=True)
class Support:
    """Who supports one project: places of groups of equal ballots, the points each gives (> 0), voters in each."""

    groups: Counts
    points: Counts
    voters: Counts

    @cached_property
    def given(self) -> list[int]:
        """The different points that supporters give, ascending."""
        return [int(one) for one in np.unique(self.points)]

    @cached_property
    def which(self) -> Counts:
        """For each group, the place of its points in `given`."""
        return np.searchsorted(np.array(self.given, np.int64), self.points)

    @cached_property
    def total_points(self) -> int:
        return int((self.points * self.voters).sum())

    @cached_property
    def total_voters(self) -> int:
        return int(self.voters.sum())


@dataclass(frozen=True)
class Election:
    """Projects, money and ballots; equal ballots are one group.

    Shape: ballots[choice] -> how many voters chose so; an empty choice is a voter too.
    Units: costs and `budget` in 1/`unit` of the currency (100: fen of a yuan); points in 1/`point_unit`.
    """

    projects: tuple[Project, ...]
    budget: int
    ballots: Mapping[Choice, int]
    unit: int = 1
    point_unit: int = 1
    closed: frozenset[int] = field(default_factory=frozenset)  # places of projects below a published threshold

    @classmethod
    def of_approvals(cls, costs: Mapping[str, int], budget: int, ballots: Iterable[Iterable[str]]) -> "Election":
        """Return the election in which each ballot names the projects it approves."""
        places = {name: place for place, name in enumerate(costs)}
        grouped: dict[Choice, int] = {}
        for ballot in ballots:
            choice = tuple(sorted((places[name], 1) for name in ballot))
            grouped[choice] = grouped.get(choice, 0) + 1
        return cls(tuple(Project(name, cost) for name, cost in costs.items()), budget, grouped)

    def with_threshold(self, least: Fraction | int) -> "Election":
        """Return the election in which no project with a score below `least` points can win."""
        low = frozenset(place for place, score in enumerate(self.scores) if Fraction(score, self.point_unit) < least)
        return Election(self.projects, self.budget, self.ballots, self.unit, self.point_unit, self.closed | low)

    @cached_property
    def voters(self) -> int:
        """How many ballots were cast."""
        return sum(self.ballots.values())

    @cached_property
    def votes(self) -> list[int]:
        """For each project, how many ballots name it."""
        return self._sums(self._columns[3])

    @cached_property
    def scores(self) -> list[int]:
        """For each project, the sum of its points in 1/`point_unit`; with approvals the same as `votes`."""
        _, _, points, voters = self._columns
        return self._sums(points * voters)

    @cached_property
    def support(self) -> list[Support]:
        """For each project, who gives it more than no points."""
        places, groups, points, voters = self._columns
        order = np.argsort(places, kind="stable")
        order = order[points[order] > 0]
        ends = np.searchsorted(places[order], np.arange(len(self.projects) + 1))
        parts = [order[start:end] for start, end in pairwise(ends)]
        return [Support(groups[part], points[part], voters[part]) for part in parts]

    @cached_property
    def group_sizes(self) -> Counts:
        """How many voters each group of equal ballots has."""
        return np.fromiter(self.ballots.values(), np.int64, len(self.ballots))

    @cached_property
    def _columns(self) -> tuple[Counts, Counts, Counts, Counts]:
        """Place, group, points and voters of each (project, points) on a ballot, group by group."""
        lengths = np.fromiter(map(len, self.ballots), np.int64, len(self.ballots))
        total = int(lengths.sum())
        flat = np.fromiter(chain.from_iterable(chain.from_iterable(self.ballots)), np.int64, 2 * total)
        groups = np.repeat(np.arange(len(lengths)), lengths)
        return flat[::2], groups, flat[1::2], np.repeat(self.group_sizes, lengths)

    def _sums(self, values: Counts) -> list[int]:
        sums = np.zeros(len(self.projects), np.int64)
        np.add.at(sums, self._columns[0], values)
        return [int(one) for one in sums]
