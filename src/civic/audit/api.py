"""The transparency API: heads, proofs and keys, for anyone who does not want to take our word."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from civic.audit.models import Entry, Head, Leaf, instant
from civic.audit.schemas import (
    LARGEST,
    ConsistencyOut,
    EntryOut,
    HeadOut,
    HeadPage,
    HeadsIn,
    InclusionOut,
    KeyOut,
    SizeIn,
    SizesIn,
)
from civic.audit.services.receipts import NotInLedger, consistency, inclusion
from civic.audit.services.witness import head_content
from civic.audit.signing import b64, public_keys

router = Router(tags=["transparency"])


@router.get("/transparency/head", auth=None, response=HeadOut, operation_id="transparency_head")
def newest_head(request: HttpRequest) -> dict[str, Any]:
    """Return the newest signed head of the ledger."""
    head = Head.objects.newest()
    if head is None:
        raise NotInLedger(_("账本还没有记录，请稍后再来。"))
    return head_content(head)


@router.get("/transparency/heads", auth=None, response=HeadPage, operation_id="transparency_heads")
def heads(request: HttpRequest, asked: Query[HeadsIn]) -> dict[str, Any]:
    """Return signed heads, newest first."""
    found = list(Head.objects.smaller_than(size=asked.before)[: asked.limit + 1])
    page = found[: asked.limit]
    return {
        "heads": [head_content(head) for head in page],
        "older": page[-1].size if len(found) > asked.limit else None,
    }


@router.get("/transparency/proof/{leaf}", auth=None, response=InclusionOut, operation_id="transparency_proof")
def proof(request: HttpRequest, leaf: int, asked: Query[SizeIn]) -> dict[str, Any]:
    """Return the proof that leaf `leaf` is in the tree of `size` leaves (the newest head if not given)."""
    return inclusion(leaf=leaf, size=asked.size)


@router.get("/transparency/consistency", auth=None, response=ConsistencyOut, operation_id="transparency_consistency")
def consistent(request: HttpRequest, asked: Query[SizesIn]) -> dict[str, Any]:
    """Return the proof that the tree of `second` leaves only adds to the tree of `first`."""
    return consistency(first=asked.first, second=asked.second)


@router.get("/transparency/entries/{leaf}", auth=None, response=EntryOut, operation_id="transparency_entry")
def entry(request: HttpRequest, leaf: int) -> dict[str, Any]:
    """Return what is public of the entry at leaf `leaf`."""
    place = Leaf.objects.filter(index=leaf).first() if 0 <= leaf <= LARGEST else None
    found = Entry.objects.filter(pk=place.entry_id).first() if place else None
    if place is None or found is None:
        raise NotInLedger(_("账本中没有这一条：请核对序号。"))
    return {
        "leaf_index": leaf,
        "leaf_hash": bytes(place.hash).hex(),
        "entry_hash": found.hash().hex(),
        "step": found.step,
        "at": instant(found.at),
    }


@router.get("/transparency/keys", auth=None, response=list[KeyOut], operation_id="transparency_keys")
def signing_keys(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the public keys of the ledger, the one in use first."""
    return [
        {"key_id": key.key_id, "algorithm": key.algorithm, "raw": b64(key.raw), "pem": key.pem, "current": place == 0}
        for place, key in enumerate(public_keys().values())
    ]
