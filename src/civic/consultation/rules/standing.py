"""How strongly opinions stand, how many of those who may take part did, and how much of that may be published."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from heapq import nsmallest

from civic.core.errors import Invalid
from civic.ratings.rules import SMALLEST_CELL, wilson

__all__ = [
    "SMALLEST_CELL",
    "Eligible",
    "Heard",
    "Participation",
    "Release",
    "Standing",
    "UnknownCell",
    "breakdown",
    "participation",
    "release",
    "top",
]

Cell = tuple[str, str]  # area, age band


class WrongDenominator(Invalid):
    """The number of people who may take part cannot be right."""


class UnknownCell(Invalid):
    """People are counted in a cell that is not among those published."""


@dataclass(frozen=True)
class Heard:
    """An opinion: how many different people support it, of how many different people it was shown to."""

    key: str
    supports: int
    seen: int


@dataclass(frozen=True)
class Standing:
    """An opinion in the list: its share of support among those who saw it, and where the true share lies (95 %)."""

    key: str
    supports: int
    seen: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Eligible:
    """How many people may take part, who says so, and for which day."""

    people: int
    source: str
    on: date


@dataclass(frozen=True)
class Participation:
    """Different verified residents who took part, of those who may."""

    people: int
    eligible: Eligible

    @property
    def rate(self) -> Fraction:
        """Return the share that took part, exactly; between 0 and 1."""
        return Fraction(self.people, self.eligible.people)

    @property
    def percent(self) -> float:
        """Return the rate in per cent, to six decimals."""
        return round(float(100 * self.rate), 6)


def top(opinions: Iterable[Heard], *, count: int) -> list[Standing]:
    """Return the `count` opinions whose support is highest beyond doubt: by the lower end of Wilson's interval.

    The share is taken of the people who saw an opinion, not the number of supports: what was posted first has been
    seen by more. A supporter has seen it, so `seen` is at least `supports`. Equals by supports, then by key.
    """
    found = (_standing(one) for one in opinions)
    return nsmallest(count, found, key=lambda one: (-one.low, -one.supports, one.key))


def _standing(heard: Heard) -> Standing:
    seen = max(heard.seen, heard.supports)
    low, high = wilson(heard.supports, seen) or (0.0, 1.0)
    return Standing(heard.key, heard.supports, seen, heard.supports / seen if seen else 0.0, low, high)


def participation(residents: Iterable[str], eligible: Eligible) -> Participation:
    """Return how many different residents took part; whoever spoke, supported and voted counts once.

    Raises: WrongDenominator, if nobody may take part, no source is named, or more took part than may.
    """
    people = len(set(residents))
    if eligible.people <= 0 or not eligible.source.strip():
        raise WrongDenominator("参与率需要可参与的人数和它的来源（例如某次人口普查）。请先填写。")
    if people > eligible.people:
        raise WrongDenominator(
            f"参与的人（{people}）多于可参与的人（{eligible.people}，来源：{eligible.source}）。请核对可参与人数的范围和日期。"
        )
    return Participation(people, eligible)


@dataclass(frozen=True)
class Release:
    """People by area and age band as published on one day; None: fewer than five, or none.

    A cell shown as five to eight is never hidden again, see `release`.
    `by_area`, `by_band` and `total` are the sums of the cells shown. `total` is the only number of people that may be
    published beside the table: the true one would give away how many are in the cells that are not shown.
    """

    cells: Mapping[Cell, int | None]

    @property
    def by_area(self) -> dict[str, int]:
        """Return the people shown of each area."""
        return self._sums(0)

    @property
    def by_band(self) -> dict[str, int]:
        """Return the people shown of each age band."""
        return self._sums(1)

    @property
    def total(self) -> int:
        """Return all people shown: at least so many took part, but for up to eight a cell who have left since."""
        return sum(count or 0 for count in self.cells.values())

    def _sums(self, part: int) -> dict[str, int]:
        names = dict.fromkeys(cell[part] for cell in self.cells)
        return {name: sum(count or 0 for cell, count in self.cells.items() if cell[part] == name) for name in names}


def release(counts: Mapping[Cell, int], *, before: Release | None, cells: Collection[Cell]) -> Release:
    """Return what may be published of `counts` after `before`, the release published last (None: the first).

    A cell of fewer than five is not shown. A cell that was shown moves only by five people or more, otherwise the
    difference of two releases would show fewer. The complement is suppressed whole: who is in a cell that is not shown
    is in no total either. Every number published is thus a sum of cells shown, and none of them, nor the change of any
    cell between two releases, is of one to four people. A cell of five to eight that empties stays as it was: to hide
    it would tell that fewer than four are left, of five none. A cell not shown may thus hold nobody
    to four, whatever was published of it before. `cells`: all there are, so that an empty one looks like a small one.
    Requirement: no public cell under five, also under differencing of weekly releases. Raises: UnknownCell.
    """
    if strange := sorted(counts.keys() - set(cells) - (before.cells.keys() if before else set())):
        raise UnknownCell(f"“{'、'.join(strange[0])}”不在公布的区域和年龄段之内：新出现的一格会透露有人加入。请补全。")
    known = {**dict.fromkeys(cells), **dict.fromkeys(counts), **(before.cells if before else {})}
    return Release({cell: _shown(counts.get(cell, 0), was) for cell, was in sorted(known.items())})


def breakdown(counts: Mapping[Cell, int], *, cells: Collection[Cell]) -> Release:
    """Return what may be published once, beside the true number of all people: the sum of `counts`.

    Beside it, what is hidden is told as a whole: all people less those shown. So that this is nobody, or five and more,
    the smallest cells shown are hidden too until it is. For one publication that is never made anew: a series takes
    `release`, beside which no other number of people stands. Raises: UnknownCell.
    """
    shown = dict(release(counts, before=None, cells=cells).cells)
    everybody = sum(counts.values())
    while 0 < everybody - sum(count or 0 for count in shown.values()) < SMALLEST_CELL:
        left = [(count, cell) for cell, count in shown.items() if count is not None]
        if not left:
            break  # fewer than five in all: no cell is shown
        shown[min(left)[1]] = None
    return Release(shown)


def _shown(now: int, was: int | None) -> int | None:
    if was is not None and abs(now - was) < SMALLEST_CELL:
        return was
    if now >= SMALLEST_CELL:
        return now
    return was if was is not None and was < 2 * SMALLEST_CELL - 1 else None
