"""The Merkle tree against RFC 6962's published vectors, an independent implementation, and damaged proofs."""

import hashlib

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic.audit import merkle

# The inputs and roots that RFC 6962 implementations share (certificate-transparency test vectors).
INPUTS = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def grown(leaves: list[bytes]) -> tuple[merkle.Frontier, merkle.Nodes]:
    frontier, store = merkle.Frontier(), {}
    for index, leaf in enumerate(leaves):
        store[(0, index)] = leaf
        store.update(dict(frontier.append(leaf)))
    return frontier, lambda places: {place: store[place] for place in places}


def leaves_of(size: int) -> list[bytes]:
    return [merkle.leaf_hash(str(index).encode()) for index in range(size)]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_root_is_the_published_one(size: int) -> None:
    frontier, nodes = grown([merkle.leaf_hash(data) for data in INPUTS[:size]])

    assert frontier.root().hex() == ROOTS[size - 1]
    assert merkle.root(size, nodes).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle.Frontier().root() == merkle.root(0, lambda places: {}) == hashlib.sha256(b"").digest()


def test_published_inclusion_proof_of_the_first_of_eight_leaves() -> None:
    _, nodes = grown([merkle.leaf_hash(data) for data in INPUTS])

    proof = [value.hex() for value in merkle.inclusion_proof(0, 8, nodes)]

    assert proof == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.data())
def test_roots_and_proofs_agree_with_an_independent_implementation(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, size))
    index = data.draw(st.integers(0, size - 1))
    oracle = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(size):
        oracle.append_entry(str(number).encode())
    _, nodes = grown(leaves_of(size))

    inclusion = merkle.inclusion_proof(index, size, nodes)
    consistency = merkle.consistency_proof(first, size, nodes)

    assert merkle.root(size, nodes) == oracle.get_root()
    assert merkle.root(first, nodes) == oracle.get_root(first)
    assert set(inclusion) == set(oracle.prove_inclusion(index + 1).path) - {merkle.leaf_hash(str(index).encode())}
    roots = (oracle.get_root(first), oracle.get_root())
    assert merkle.verify_inclusion(oracle.get_leaf(index + 1), index, size, inclusion, roots[1])
    assert merkle.verify_consistency(first, size, consistency, roots)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 21])
def test_each_damaged_inclusion_proof_fails(size: int) -> None:
    leaves = leaves_of(size)
    frontier, nodes = grown(leaves)
    for index in range(size):
        proof = merkle.inclusion_proof(index, size, nodes)

        assert merkle.verify_inclusion(leaves[index], index, size, proof, frontier.root())
        assert not merkle.verify_inclusion(b"x" * 32, index, size, proof, frontier.root())
        assert not merkle.verify_inclusion(leaves[index], index + 1, size, proof, frontier.root())
        assert not merkle.verify_inclusion(leaves[index], index, size, [*proof, b"x" * 32], frontier.root())
        for place in range(len(proof)):
            damaged = [*proof[:place], b"x" * 32, *proof[place + 1 :]]
            assert not merkle.verify_inclusion(leaves[index], index, size, damaged, frontier.root())
            assert not merkle.verify_inclusion(leaves[index], index, size, proof[:place], frontier.root())


@pytest.mark.parametrize("size", [2, 3, 6, 8, 13])
def test_each_damaged_consistency_proof_fails(size: int) -> None:
    _, nodes = grown(leaves_of(size))
    new = merkle.root(size, nodes)
    for first in range(1, size):
        old = merkle.root(first, nodes)
        proof = merkle.consistency_proof(first, size, nodes)

        assert merkle.verify_consistency(first, size, proof, (old, new))
        assert not merkle.verify_consistency(first, size, proof, (b"x" * 32, new))
        assert not merkle.verify_consistency(first, size, proof, (old, b"x" * 32))
        assert not merkle.verify_consistency(first, size, proof[:-1], (old, new))
        assert not merkle.verify_consistency(first, size, [*proof, b"x" * 32], (old, new))


def test_a_proof_in_a_tree_of_a_million_takes_at_most_twenty_hashes_and_one_question() -> None:
    questions: list[int] = []

    def nodes(places: object) -> dict[merkle.Place, bytes]:
        questions.append(len(list(places)))  # type: ignore[call-overload]
        return dict.fromkeys(places, b"n" * 32)  # type: ignore[attr-defined]

    assert len(merkle.inclusion_proof(777_777, 1_000_000, nodes)) == 20
    assert len(questions) == 1 and questions[0] < 40


def test_a_frontier_goes_on_from_the_store() -> None:
    leaves = leaves_of(11)
    _, nodes = grown(leaves)
    frontier = merkle.Frontier(7, nodes)

    for leaf in leaves[7:]:
        frontier.append(leaf)

    assert frontier.root() == merkle.root(11, nodes)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="is not in a tree"):
        merkle.inclusion_proof(index, size, lambda places: {})


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3)])
def test_a_tree_does_not_extend_a_larger_or_an_empty_one(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="does not extend"):
        merkle.consistency_proof(first, second, lambda places: {})
