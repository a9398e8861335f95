"""Shapes that go out through the transparency API."""

from ninja import Field, Schema

LARGEST = 2**62


class HeadsIn(Schema):
    """Which heads are asked for."""

    before: int = Field(LARGEST, ge=0, le=LARGEST, description="Only heads of smaller trees.")
    limit: int = Field(50, ge=1, le=500)


class SizeIn(Schema):
    """In which tree a leaf is looked for."""

    size: int | None = Field(None, ge=1, le=LARGEST, description="Size of the tree; the newest head's if not given.")


class SizesIn(Schema):
    """Two trees, the earlier one first."""

    first: int = Field(ge=1, le=LARGEST)
    second: int = Field(ge=1, le=LARGEST)


class HeadOut(Schema):
    """A signed head: the signature is over the bytes of `note`, in UTF-8."""

    size: int = Field(examples=[1024], description="Number of leaves.")
    root: str = Field(description="Root hash, base64.")
    previous: int = Field(description="Size of the head before; 0 for the first.")
    at: str = Field(examples=["2026-03-02T09:00:00.000000Z"])
    note: str = Field(description="The signed text: origin, size, root, then our own lines.")
    key_id: str
    signature: str = Field(description="Ed25519 over `note`, base64.")


class HeadPage(Schema):
    """Some heads, newest first."""

    heads: list[HeadOut]
    older: int | None = Field(description="Ask for heads `before` this size to go on; null at the end.")


class InclusionOut(Schema):
    """The proof that a leaf is in a tree (RFC 9162, 2.1.3); hashes in hexadecimal, lowest first."""

    leaf_index: int
    leaf_hash: str
    tree_size: int
    root: str
    proof: list[str]
    head: HeadOut | None = Field(description="The signed head of that size; null if none was signed at that size.")


class ConsistencyOut(Schema):
    """The proof that a tree only adds to an earlier one (RFC 9162, 2.1.4)."""

    first: int
    second: int
    first_root: str
    second_root: str
    proof: list[str]


class EntryOut(Schema):
    """What is public of an entry: neither who nor whom, only that this step was recorded then."""

    leaf_index: int
    leaf_hash: str
    entry_hash: str
    step: str
    at: str


class KeyOut(Schema):
    """A public key with which heads are, or were, signed."""

    key_id: str
    algorithm: str
    raw: str = Field(description="32 bytes, base64.")
    pem: str
    current: bool
