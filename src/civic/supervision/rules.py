"""When cards are repeated so often that they bring a red one. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Repetition:
    """How many yellow cards bring a red one: in one matter, and of one kind of matter within so many days.

    A number of 0 turns that part off. Source: 广元市督查督办红黄牌做法 (two yellow cards in one task go further); the
    number and the days for one kind of matter are a city's own.
    """

    in_matter: int
    of_kind: int
    within_days: int

    def needed(self, rung: str) -> int:
        """Return how many yellow cards a red card of that rung stands on."""
        return {"in_matter": self.in_matter, "of_kind": self.of_kind}[rung]


def read_repetition(raw: Mapping[str, int]) -> Repetition:
    """Return what a city has set. Raises: ValueError where one yellow card alone would bring a red one."""
    read = Repetition(raw["in_matter"], raw["of_kind"], raw["within_days"])
    if 1 in (read.in_matter, read.of_kind) or min(read.in_matter, read.of_kind, read.within_days) < 0:
        raise ValueError("in_matter and of_kind: 0 (off), or 2 and more; within_days: 0 and more.")
    return read
