"""Receipts: what somebody takes home, and the proof that the ledger still holds it."""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from civic.audit import merkle
from civic.audit.models import Entry, Head, Leaf, Node, instant, leaf_data
from civic.audit.services.witness import head_content
from civic.audit.signing import is_signed
from civic.core.errors import Refusal

FORMAT = "civic-ledger-receipt-1"
SEALED_WITHIN = timedelta(seconds=2)
CODE = re.compile(r"([1-9][0-9]{0,17})-([0-9A-F]{4})-?([0-9A-F]{4})-?([0-9A-F]{4})")


class NotInLedger(Refusal):
    """No leaf, head or entry answers to what was asked."""

    status = 404
    code = "not-in-ledger"


@dataclass(frozen=True)
class SignedState:
    """What a signed head says: so many leaves, this root."""

    size: int
    root: bytes


@dataclass(frozen=True)
class Verdict:
    """Whether a receipt holds, and each thing that was checked, in words."""

    holds: bool
    checks: tuple[tuple[str, bool], ...]
    entry: Entry | None = None


def receipt_code(entry: Entry) -> str:
    """Return the short code to print on paper: the entry's number and 12 digits of its hash."""
    digits = entry.hash().hex()[:12].upper()
    return f"{entry.pk}-{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def receipt_for(entry: Entry) -> dict[str, Any]:
    """Return the receipt of `entry`: its hash and, as soon as it has a leaf, the proof that leads to a signed head."""
    entry_hash = entry.hash()
    receipt: dict[str, Any] = {
        "format": FORMAT,
        "origin": settings.LEDGER_ORIGIN,
        "code": receipt_code(entry),
        "entry_hash": entry_hash.hex(),
        "recorded_at": instant(entry.recorded_at),
    }
    leaf = Leaf.objects.filter(entry_id=entry.pk).first()
    if leaf is None:
        return {**receipt, "state": "pending", "expected_at": instant(entry.recorded_at + SEALED_WITHIN)}
    return {**receipt, "state": "sealed", **inclusion(leaf=leaf.index)}


def inclusion(*, leaf: int, size: int | None = None) -> dict[str, Any]:
    """Return the proof that leaf `leaf` is in the tree of `size` leaves (None: of the newest head).

    Raises: NotInLedger, if there is no such leaf in a tree of that size.
    """
    newest = Head.objects.newest()
    wanted = size if size is not None else newest.size if newest else 0
    if newest is None or not 0 <= leaf < wanted <= newest.size:
        raise NotInLedger(_("账本中没有这一条：请核对序号和账本大小。"))
    head = newest if wanted == newest.size else Head.objects.filter(size=wanted).first()
    return {
        "leaf_index": leaf,
        "leaf_hash": Node.objects.hashes([(0, leaf)])[(0, leaf)].hex(),
        "tree_size": wanted,
        "root": merkle.root(wanted, Node.objects.hashes).hex(),
        "proof": [value.hex() for value in merkle.inclusion_proof(leaf, wanted, Node.objects.hashes)],
        "head": head_content(head) if head else None,
    }


def consistency(*, first: int, second: int) -> dict[str, Any]:
    """Return the proof that the tree of `second` leaves only adds to the tree of `first`. Raises: NotInLedger."""
    newest = Head.objects.newest()
    if newest is None or not 0 < first <= second <= newest.size:
        raise NotInLedger(_("账本中没有这样大小的树：first 和 second 应满足 0 < first ≤ second ≤ 最新账本大小。"))
    nodes = Node.objects.hashes
    return {
        "first": first,
        "second": second,
        "first_root": merkle.root(first, nodes).hex(),
        "second_root": merkle.root(second, nodes).hex(),
        "proof": [value.hex() for value in merkle.consistency_proof(first, second, nodes)],
    }


def check_code(code: str) -> Verdict:
    """Check a receipt code from paper against the ledger as it stands now."""
    found = CODE.fullmatch(code.strip().upper())
    entry = Entry.objects.filter(pk=int(found[1])).first() if found else None
    if found is None or entry is None:
        return Verdict(False, ((_("账本里有这个编号的记录"), False),))
    same = hmac.compare_digest(entry.hash().hex()[:12].upper(), "".join(found.groups()[1:]))
    checks = [(_("账本里有这个编号的记录"), True), (_("记录的内容与回执上的指纹一致，没有被改动"), same)]
    receipt = receipt_for(entry) if same else {}
    if receipt.get("state") == "pending":
        return Verdict(True, (*checks, (_("记录已写入，正在盖章（通常不超过两秒）"), True)), entry)
    if same:
        checks += check_receipt(receipt).checks
    return Verdict(all(holds for _text, holds in checks), tuple(checks), entry if same else None)


def check_receipt(receipt: Mapping[str, Any]) -> Verdict:
    """Check a receipt by itself, then its head against the ledger as it stands now."""
    state = signed_state(receipt.get("head"))
    checks = (
        (_("记录的指纹能通过证明路径算到账本的根"), state is not None and _is_included(receipt, state)),
        (_("账本的根带有本市账本密钥的有效签名"), state is not None),
        (_("现在公布的账本仍然包含当时的全部记录"), state is not None and _is_still_so(state)),
    )
    return Verdict(all(holds for _text, holds in checks), checks)


def signed_state(head: object) -> SignedState | None:
    """Return what `head` (as published) says, if one of our keys signed it; else None."""
    if not isinstance(head, Mapping):
        return None
    note, signature = head.get("note"), head.get("signature")
    if not isinstance(note, str) or not isinstance(signature, str):
        return None
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return None
    if not is_signed(note.encode(), raw, str(head.get("key_id"))):
        return None
    origin, size, root = note.split("\n")[:3]
    return SignedState(int(size), base64.b64decode(root)) if origin == settings.LEDGER_ORIGIN else None


def _is_included(receipt: Mapping[str, Any], state: SignedState) -> bool:
    index, entry_hash, proof = receipt.get("leaf_index"), _hex(receipt.get("entry_hash")), receipt.get("proof")
    if type(index) is not int or not 0 <= index < state.size or entry_hash is None or not isinstance(proof, list):
        return False
    hashes = [value for value in map(_hex, proof) if value is not None]
    leaf = merkle.leaf_hash(leaf_data(index, entry_hash))
    return len(hashes) == len(proof) and merkle.verify_inclusion(leaf, index, state.size, hashes, state.root)


def _is_still_so(state: SignedState) -> bool:
    newest = Head.objects.newest()
    if newest is None or newest.size < state.size:
        return False
    try:
        if merkle.root(newest.size, Node.objects.hashes) != bytes(newest.root):
            return False
        proof = merkle.consistency_proof(state.size, newest.size, Node.objects.hashes)
    except KeyError:  # a node of the tree is gone
        return False
    return merkle.verify_consistency(state.size, newest.size, proof, (state.root, bytes(newest.root)))


def _hex(value: object) -> bytes | None:
    """Return the 32 bytes that `value` writes in hexadecimal, or None."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{64}", value):
        return None
    return bytes.fromhex(value)
