"""Entry: one line of the ledger. Leaf, Node and Head: the Merkle tree over the entries. Rows are only ever added."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from civic.audit.fields import CurrentTransaction, TransactionIdField
from civic.audit.merkle import leaf_hash
from civic.audit.querysets import EntryQuerySet, HeadQuerySet, LeafQuerySet, NodeQuerySet

WRITTEN_BY_THE_DATABASE = ("id", "recorded_at", "txid")


class Entry(models.Model):
    """One recorded step. Written once, in the transaction of the step itself; never changed.

    `digest` is empty where something was only read or named. `mark` shows that the application wrote the entry.
    """

    txid = TransactionIdField(db_default=CurrentTransaction(), editable=False)
    recorded_at = models.DateTimeField(db_default=Now())
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    step = models.CharField(max_length=120)
    subject = models.CharField(max_length=120)
    purpose = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    mark = models.BinaryField(max_length=32)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="audit_entry_subject"),
            models.Index(fields=["txid"], name="audit_entry_txid"),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.step} {self.subject}"

    # Questions

    def hash(self) -> bytes:
        """Return the SHA-256 over every column of this entry."""
        return hashlib.sha256(canonical({name: getattr(self, name) for name in columns()})).digest()

    def leaf_hash(self, index: int) -> bytes:
        """Return the hash of the leaf that this entry is at place `index`: the place is part of what is hashed."""
        return leaf_hash(leaf_data(index, self.hash()))

    def marked_bytes(self) -> bytes:
        """Return what the mark covers: every column that the application writes."""
        return canonical({name: getattr(self, name) for name in marked_columns()})


class Leaf(models.Model):
    """The place of one entry in the tree."""

    index = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)

    objects = LeafQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="audit_leaf_index_from_zero", condition=Q(index__gte=0))]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"leaf {self.index}"


class Node(models.Model):
    """The hash of a perfect subtree: leaves [index << level, (index + 1) << level)."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    objects = NodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="audit_node_above_the_leaves", condition=Q(level__gte=1, index__gte=0))
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"node {self.level}/{self.index}"


class Head(models.Model):
    """The signed state of the ledger: so many leaves, this root.

    `previous` is the size of the head before, so that no head can be taken out. `settled_*` tell the sequencer where
    to go on: in database cluster `cluster`, every entry of a transaction before `settled_txid`, and every entry up
    to `settled_id`, has its leaf.
    """

    size = models.BigIntegerField(primary_key=True)
    previous = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    cluster = models.BigIntegerField()
    settled_txid = models.BigIntegerField()
    settled_id = models.BigIntegerField()
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField(max_length=64)

    objects = HeadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="audit_head_grows", condition=Q(previous__gte=0) & Q(size__gt=F("previous")))
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"head {self.size}"

    def note(self) -> str:
        """Return the text that is signed: a tlog checkpoint (origin, size, root) with three lines of our own."""
        lines = [
            settings.LEDGER_ORIGIN,
            str(self.size),
            base64_text(self.root),
            f"previous {self.previous}",
            f"at {instant(self.at)}",
            f"settled {self.cluster} {self.settled_txid} {self.settled_id}",
        ]
        return "\n".join(lines) + "\n"


@cache
def columns() -> tuple[str, ...]:
    """Return the names of every column of an entry."""
    return tuple(field.attname for field in Entry._meta.concrete_fields)


@cache
def marked_columns() -> tuple[str, ...]:
    """Return the names of the columns that the application writes, without the mark itself."""
    return tuple(name for name in columns() if name not in (*WRITTEN_BY_THE_DATABASE, "mark"))


def leaf_data(index: int, entry_hash: bytes) -> bytes:
    """Return what a leaf is made of: its place as 8 bytes, big end first, and the hash of its entry."""
    return index.to_bytes(8, "big") + entry_hash


def canonical(values: Mapping[str, Any]) -> bytes:
    """Return columns of an entry as JSON with sorted keys and no spaces, in UTF-8."""
    return _encode({name: _plain(value) for name, value in values.items()}).encode()


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def instant(at: datetime) -> str:
    """Return `at` in UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def base64_text(value: bytes | memoryview) -> str:
    """Return `value` in base64."""
    return b64encode(value).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return value.hex()
    return instant(value) if isinstance(value, datetime) else value
