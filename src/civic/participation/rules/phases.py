"""Windows of time in which named acts are allowed. No Django."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Window:
    """One window: half-open [opens_at, closes_at), with the acts that it allows."""

    opens_at: datetime
    closes_at: datetime
    acts: frozenset[str]

    def holds(self, act: str, at: datetime) -> bool:
        """Whether `act` is allowed at `at`: from the first instant of the window, before the last."""
        return act in self.acts and self.opens_at <= at < self.closes_at


@dataclass(frozen=True)
class Standing:
    """What to tell about an act now: open, or when it opens next, or when it ended last; nothing: never planned."""

    is_open: bool
    opens_at: datetime | None = None
    ended_at: datetime | None = None


def clash(fresh: Window, others: Iterable[Window]) -> frozenset[str]:
    """Return the acts that `fresh` shares with a window which it overlaps.

    Two windows of one noun may overlap, but not for the same act: else nobody could say when the act ends.
    """
    shared = [
        fresh.acts & other.acts
        for other in others
        if fresh.opens_at < other.closes_at and other.opens_at < fresh.closes_at
    ]
    return frozenset().union(*shared)


def standing(windows: Collection[Window], act: str, at: datetime) -> Standing:
    """Return how `act` stands at `at` under the windows of one noun."""
    mine = [window for window in windows if act in window.acts]
    if any(window.holds(act, at) for window in mine):
        return Standing(is_open=True)
    coming = [window.opens_at for window in mine if window.opens_at > at]
    over = [window.closes_at for window in mine if window.closes_at <= at]
    return Standing(False, min(coming, default=None), max(over, default=None))
