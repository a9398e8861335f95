"""The ballots of a .pb file: each kind of ballot as points for projects, equal ones counted together."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple, cast

from civic.budgeting.decimals import decimal
from civic.budgeting.pabulib.defects import Defects
from civic.budgeting.pabulib.numbers import cell, number, unit_of
from civic.budgeting.pabulib.projects import Listed
from civic.budgeting.pabulib.tables import Section
from civic.budgeting.rules.election import Choice

VOTE_TYPES = ("approval", "choose-1", "ordinal", "cumulative", "scoring")
PLAIN = ("approval", "choose-1")
WITH_POINTS = ("cumulative", "scoring")
MOST_POINTS = 10**9
EVERY = 50_000  # ballots between two words of progress
Points = int | Fraction  # whole ones as int: they are many
Complaint = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Limits:
    """What META allows on one ballot; None: no limit."""

    least: dict[str, Fraction] = field(default_factory=dict)  # length, sum_cost, points, sum_points
    most: dict[str, Fraction] = field(default_factory=dict)

    @classmethod
    def of(cls, meta: dict[str, str], lines: dict[str, int], defects: Defects) -> "Limits":
        limits = cls()
        for what in ("length", "sum_cost", "points", "sum_points"):
            for side, bounds in (("min", limits.least), ("max", limits.most)):
                key = f"{side}_{what}"
                value = number(meta.get(key, "0"))
                if value is None:
                    defects.add(lines[key], "limit", key=key, found=meta[key])
                elif key in meta:
                    bounds[what] = value
            low, high = limits.least.get(what), limits.most.get(what)
            if low is not None and high is not None and low > high:
                defects.add(lines[f"min_{what}"], "limits", low=f"min_{what}", high=f"max_{what}")
        return limits


@dataclass(frozen=True)
class Box:
    """The ballots, counted together where they are equal; points in 1/`point_unit`."""

    ballots: dict[Choice, int]
    point_unit: int


class Marked(NamedTuple):
    """What one ballot says: points by place of the project; and what is wrong with it."""

    points: tuple[tuple[int, Points], ...]
    complaints: tuple[Complaint, ...]


def read_ballots(
    section: Section,
    projects: Sequence[Listed],
    vote_type: str,
    limits: Limits,
    defects: Defects,
    tell: Callable[[int], None] | None = None,
) -> Box:
    """Return all ballots. A ballot whose words were read before is not read again."""
    form = _Form(projects, vote_type, limits)
    names = [column.strip().lower() for column in section.header]
    if "vote_strength" in names:
        defects.add(section.line + 1, "weighted")
    if vote_type in WITH_POINTS and "points" not in names:
        defects.add(section.line + 1, "columns", section="VOTES", missing="points")
        return Box({}, 1)
    known: dict[tuple[str, str], Marked] = {}
    grouped: dict[tuple[str, str], int] = {}
    points_at = names.index("points") if "points" in names and vote_type not in PLAIN else None
    for number_read, (line, voter, row) in enumerate(_rows(section, names, defects)):
        words = (row[names.index("vote")], row[points_at] if points_at is not None else "")
        marked = known.get(words)
        if marked is None:
            marked = known[words] = form.marked(*(cell([one], 0) for one in words))
        for code, values in marked.complaints:
            defects.add(line, code, voter=voter, **values)
        grouped[words] = grouped.get(words, 0) + 1
        if tell is not None and number_read % EVERY == 0:
            tell(number_read)
    return _box(known, grouped)


def _rows(section: Section, names: list[str], defects: Defects) -> Iterator[tuple[int, str, list[str]]]:
    """Yield line, voter and cells of each ballot that is whole; a voter's second ballot is an error."""
    width, at = len(names), names.index("voter_id")
    first: dict[str, int] = {}
    for line, row in zip(section.lines, section.rows, strict=True):
        if len(row) != width:
            defects.add(line, "cells", expected=width, found=len(row))
            continue
        voter = row[at].strip()
        if not voter or voter.lower() == "none":
            defects.add(line, "no-id", column="voter_id")
        elif voter in first:
            defects.add(line, "second-voter", voter=voter, first=first[voter])
        else:
            first[voter] = line
        yield line, voter, row


def _box(known: dict[tuple[str, str], Marked], grouped: dict[tuple[str, str], int]) -> Box:
    broken = [value for marked in known.values() for _, value in marked.points if not isinstance(value, int)]
    unit = unit_of(broken)
    ballots: dict[Choice, int] = {}
    for words, count in grouped.items():
        choice = cast(Choice, known[words].points)  # whole, if none is broken
        if broken:
            choice = tuple((place, int(value * unit)) for place, value in known[words].points)
        ballots[choice] = ballots.get(choice, 0) + count
    return Box(ballots, unit)


class _Form:
    """How a ballot of this election is read."""

    def __init__(self, projects: Sequence[Listed], vote_type: str, limits: Limits) -> None:
        self.places = {one.id: place for place, one in enumerate(projects)}
        self.costs = [one.cost for one in projects]
        self.vote_type, self.limits = vote_type, limits
        self.approvals: list[tuple[int, Points]] = [
            (place, 1) for place in range(len(projects))
        ]  # a million ballots share these
        self.is_limited = bool(limits.least or limits.most)

    def marked(self, vote: str, points: str) -> Marked:
        names = [name.strip() for name in vote.split(",")] if vote else []
        complaints = list(self._names(names))
        if self.vote_type in PLAIN and not complaints:
            pairs = [self.approvals[place] for place in sorted([self.places[name] for name in names])]
            return Marked(tuple(pairs), tuple(self._against_limits(names, [1] * len(names))))
        given = [one.strip() for one in points.split(",")] if points else []
        values = self._values(names, given, complaints)
        if complaints:
            return Marked((), tuple(complaints))
        placed = sorted((self.places[name], value) for name, value in zip(names, values, strict=True))
        return Marked(tuple(placed), tuple(self._against_limits(names, values)))

    def _names(self, names: list[str]) -> Iterator[Complaint]:
        if self.vote_type == "choose-1" and len(names) != 1:
            yield "choose-1", {"found": len(names)}
        different = dict.fromkeys(names)
        if len(different) == len(names) and different.keys() <= self.places.keys():
            return
        for name in different:
            if name not in self.places:
                yield "unknown-project", {"project": name}
            elif names.count(name) > 1:
                yield "named-twice", {"project": name}

    def _values(self, names: list[str], given: list[str], complaints: list[Complaint]) -> Sequence[Points]:
        """Return the points of each project named: one for an approval; for a ranking of n, n down to 1 (Pabulib)."""
        if self.vote_type in PLAIN:
            return [1] * len(names)
        if self.vote_type == "ordinal" and not given:
            return range(len(names), 0, -1)
        if len(given) != len(names):
            complaints.append(("points-count", {"votes": len(names), "points": len(given)}))
            return []
        values = [number(one) for one in given]
        for said, value in zip(given, values, strict=True):
            if value is None or abs(value) > MOST_POINTS or value * 1000 % 1:
                complaints.append(("points", {"found": said}))
            elif value < 0 and self.vote_type == "cumulative":
                complaints.append(("points-sign", {"found": said}))
        return [int(value) if value.denominator == 1 else value for value in values if value is not None]

    def _against_limits(self, names: list[str], values: Sequence[Points]) -> Iterator[Complaint]:
        if not self.is_limited:
            return
        least, most = self.limits.least, self.limits.most
        measured: list[tuple[str, Sequence[Points], str, str]] = [("length", [len(names)], "too-short", "too-long")]
        if "sum_cost" in least or "sum_cost" in most:
            cost = sum((self.costs[self.places[one]] for one in names), Fraction(0))
            measured += [("sum_cost", [cost], "too-cheap", "too-dear")]
        if self.vote_type in WITH_POINTS:
            measured += [("points", values, "points-low", "points-high")]
            measured += [("sum_points", [sum(values, Fraction(0))], "sum-low", "sum-high")]
        for what, found, low, high in measured:
            for one in found:
                if what in least and one < least[what]:
                    yield low, {"found": decimal(Fraction(one)), "limit": decimal(least[what])}
                if what in most and one > most[what]:
                    yield high, {"found": decimal(Fraction(one)), "limit": decimal(most[what])}
