"""Fair exposure: what few have seen is shown first, so that being first or being liked buys no place in the list."""

from collections.abc import Collection, Mapping
from hashlib import sha256
from heapq import nsmallest


def next_to_show(
    shown: Mapping[str, int], *, seed: str, count: int, without: Collection[str] = frozenset()
) -> list[str]:
    """Return the `count` entries that the fewest people have seen, the least seen first; equals in a drawn order.

    Shape: shown[entry] -> to how many people it was shown. `seed`: one a reader and visit gives each reader an order
    of their own that does not change while they read; anybody who knows it can draw the same order again. `without`:
    what this reader has seen or voted on, and their own.
    """
    waiting = (entry for entry in shown if entry not in without)
    return nsmallest(count, waiting, key=lambda entry: (shown[entry], _lot(seed, entry), entry))


def _lot(seed: str, entry: str) -> bytes:
    """Return the lot that `entry` draws: the same for the same seed, evenly spread over seeds."""
    return sha256(f"{seed}\n{entry}".encode()).digest()
