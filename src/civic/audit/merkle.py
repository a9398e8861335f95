"""The Merkle tree of RFC 9162, section 2.1: roots, proofs and their verification. No Django, no database.

A *place* (level, index) names the perfect subtree over the leaves [index << level, (index + 1) << level);
a node store that knows the hash of every perfect subtree answers each proof with O(log n) hashes.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

Place = tuple[int, int]
Span = tuple[int, int]  # leaves [begin, end)
Nodes = Callable[[Sequence[Place]], Mapping[Place, bytes]]

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf's data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the roots of its perfect subtrees, so a leaf is added in O(1) on average."""

    def __init__(self, size: int = 0, nodes: Nodes | None = None) -> None:
        self.size = size
        places = edge(0, size)
        known = nodes(places) if nodes and places else {}
        self._edge = [(place, known[place]) for place in places]

    def append(self, leaf: bytes) -> list[tuple[Place, bytes]]:
        """Add the hash of the next leaf; return the inner nodes that it completes, lowest first."""
        place, value = (0, self.size), leaf
        completed: list[tuple[Place, bytes]] = []
        while place[1] & 1:
            value = node_hash(self._edge.pop()[1], value)
            place = (place[0] + 1, place[1] >> 1)
            completed.append((place, value))
        self._edge.append((place, value))
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        return _fold([value for _, value in self._edge])


def root(size: int, nodes: Nodes) -> bytes:
    """Return the root of the tree of the first `size` leaves."""
    return _hashes([(0, size)], nodes)[0]


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the hashes that lead from leaf `index` to the root of the first `size` leaves (2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return _hashes(_path(index, 0, size), nodes)


def consistency_proof(first: int, second: int, nodes: Nodes) -> list[bytes]:
    """Return the hashes that show that the first `first` of `second` leaves are unchanged (2.1.4.1)."""
    if not 0 < first <= second:
        raise ValueError(f"a tree of {second} does not extend a tree of {first}")
    return _hashes(_subproof(first, 0, second, complete=True), nodes)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether `proof` leads from `leaf` at `index` to the root `expected` of a tree of `size` (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            value = node_hash(sibling, value)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and value == expected


def verify_consistency(first: int, second: int, proof: Sequence[bytes], roots: tuple[bytes, bytes]) -> bool:
    """Whether `proof` shows that the tree of `second` leaves extends the tree of `first` (2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and roots[0] == roots[1]
    hashes = list(proof) if first & (first - 1) else [roots[0], *proof]
    if not hashes:
        return False
    position, last = first - 1, second - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = hashes[0]
    for value in hashes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = node_hash(value, old), node_hash(value, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, value)
        position, last = position >> 1, last >> 1
    return last == 0 and (old, new) == roots


def edge(begin: int, end: int) -> list[Place]:
    """Return the places of the perfect subtrees that make up [begin, end), left to right.

    `begin` is where a subtree of the span's own size may begin, as in every split of the tree.
    """
    places: list[Place] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        places.append((level, begin >> level))
        begin += 1 << level
    return places


def _path(index: int, begin: int, end: int) -> list[Span]:
    if end - begin == 1:
        return []
    middle = _split(begin, end)
    if index < middle:
        return [*_path(index, begin, middle), (middle, end)]
    return [*_path(index, middle, end), (begin, middle)]


def _subproof(first: int, begin: int, end: int, *, complete: bool) -> list[Span]:
    if first == end:
        return [] if complete else [(begin, end)]
    middle = _split(begin, end)
    if first <= middle:
        return [*_subproof(first, begin, middle, complete=complete), (middle, end)]
    return [*_subproof(first, middle, end, complete=False), (begin, middle)]


def _split(begin: int, end: int) -> int:
    """Return `begin` plus the largest power of two smaller than the span."""
    return begin + (1 << ((end - begin - 1).bit_length() - 1))


def _hashes(spans: Iterable[Span], nodes: Nodes) -> list[bytes]:
    """Return the hash of each span, asking the store once."""
    edges = [edge(begin, end) for begin, end in spans]
    places = [place for places in edges for place in places]
    known = nodes(places) if places else {}
    return [_fold([known[place] for place in places]) for places in edges]


def _fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over perfect subtrees of falling size."""
    if not hashes:
        return EMPTY_ROOT
    value = hashes[-1]
    for left in reversed(hashes[:-1]):
        value = node_hash(left, value)
    return value
