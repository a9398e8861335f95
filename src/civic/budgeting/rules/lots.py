"""A lot among projects that anybody can draw again: by the seed that is published with the frozen round."""

import hashlib
from collections.abc import Iterable

LEAST_SEED, MOST_SEED = 8, 200  # characters


def lot_order(ids: Iterable[str], seed: str) -> tuple[str, ...]:
    """Return the projects by the SHA-256 of "seed|id" in UTF-8, ascending: the first wins a tie."""
    return tuple(sorted(ids, key=lambda one: (hashlib.sha256(f"{seed}|{one}".encode()).hexdigest(), one)))
