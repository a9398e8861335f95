"""A figure: a ratio of two rates, measured in turns, with its target; and the one line it prints."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from bench.load import Load, rate

ROUNDS = 3
SECONDS = 3.0


@dataclass(frozen=True)
class Figure:
    """What came out: `value` against `target`, at least or at most."""

    name: str
    value: float
    target: float
    at_most: bool = False
    unit: str = ""
    note: str = ""

    @property
    def is_met(self) -> bool:
        return self.value <= self.target if self.at_most else self.value >= self.target

    def __str__(self) -> str:
        sign, word = ("<=" if self.at_most else ">="), ("pass" if self.is_met else "FAIL")
        note = f"  [{self.note}]" if self.note else ""
        return f"{word}  {self.name}: {self.value:.3g}{self.unit} (target {sign} {self.target:g}{self.unit}){note}"


def in_turns(ours: Callable[[], float], theirs: Callable[[], float], rounds: int = ROUNDS) -> tuple[float, str]:
    """Return the median ratio ours / theirs over the rounds, and both medians in words."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in pairs)
    return ratio, "{:.0f}/s against {:.0f}/s".format(*(statistics.median(side) for side in zip(*pairs, strict=True)))


def against(name: str, ours: Load, theirs: Load, *, target: float, note: str = "", connections: int = 8) -> Figure:
    """Return the figure of two loads in turns, after a short warm-up of each."""
    for load in (ours, theirs):
        rate(load, seconds=1, connections=connections)
    ratio, words = in_turns(
        lambda: rate(ours, seconds=SECONDS, connections=connections),
        lambda: rate(theirs, seconds=SECONDS, connections=connections),
    )
    return Figure(name, ratio, target, note=f"{words}{'; ' + note if note else ''}")
