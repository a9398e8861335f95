"""When a map may be published anew: after five or more people have voted since, so that no difference tells fewer.

Who keeps two maps and knows who voted in between reads those people's votes from the difference. What counts is whose
votes are others than those in the last map, not when they came in: the clock of two machines decides nothing.
"""

from collections.abc import Mapping
from hashlib import sha256

from civic.consultation.rules.standing import SMALLEST_CELL

PRINT = 16  # bytes of a fingerprint


def fingerprints(standing: Mapping[tuple[str, str], int], *, salt: bytes) -> frozenset[bytes]:
    """Return one fingerprint a person over all votes of theirs that stand, in no order.

    Shape: standing[voter, statement] -> 1, 0 or -1. Statements that moderation hid are counted too: hiding one is no
    vote of anybody. `salt`: the same for the prints that are compared, told to nobody.
    """
    votes: dict[str, list[str]] = {}
    for (voter, statement), choice in standing.items():
        votes.setdefault(voter, []).append(f"{statement}={choice}")
    return frozenset(_print(salt, voter, said) for voter, said in votes.items())


def people_since(now: frozenset[bytes], before: frozenset[bytes]) -> int:
    """Return how many people have voted, or voted otherwise, since the map whose fingerprints are `before`."""
    return len(now - before)


def may_renew(now: frozenset[bytes], before: frozenset[bytes]) -> bool:
    """Return whether a map of the votes `now` may follow the one published `before`; the first (empty) always."""
    return not before or people_since(now, before) >= SMALLEST_CELL


def packed(prints: frozenset[bytes]) -> bytes:
    """Return fingerprints as bytes, in an order that tells nothing."""
    return b"".join(sorted(prints))


def unpacked(prints: bytes) -> frozenset[bytes]:
    """Return what `packed` was made of."""
    return frozenset(prints[at : at + PRINT] for at in range(0, len(prints), PRINT))


def _print(salt: bytes, voter: str, said: list[str]) -> bytes:
    return sha256(b"\n".join([salt, voter.encode(), *(one.encode() for one in sorted(said))])).digest()[:PRINT]
