"""What is asked of the ledger: what has no leaf yet, which head is newest, which hashes a proof needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from civic.audit.merkle import Place

if TYPE_CHECKING:
    from civic.audit.models import Head


class EntryQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Questions about entries."""

    def of(self, *, subject: str) -> Self:
        """Entries about one noun, oldest first."""
        return self.filter(subject=subject).order_by("id")

    def without_leaf(self, *, settled_txid: int = 0, settled_id: int = 0) -> Self:
        """Committed entries that are not in the tree, of transactions from `settled_txid` on and after `settled_id`."""
        leaves = self.model._meta.apps.get_model("audit", "Leaf").objects.filter(entry_id=OuterRef("id"))
        found = self.filter(~Exists(leaves)).order_by("id")
        if settled_txid:
            found = found.filter(txid__gte=settled_txid)
        return found.filter(id__gt=settled_id) if settled_id else found

    def placed(self, *, since: int, until: int) -> Self:
        """Entries whose leaves have the places [since, until): whatever commits later has a later place."""
        leaves = self.model._meta.apps.get_model("audit", "Leaf").objects.filter(index__gte=since, index__lt=until)
        return self.filter(pk__in=leaves.values("entry_id"))

    def sealing(self) -> Self:
        """Entries that say what the rows of a noun hold, or that they are gone."""
        return self.filter(~Q(digest=b"") | Q(step__endswith=".delete") | Q(step__endswith=".purge"))

    def newest_of_each(self) -> Self:
        """The newest entry of each subject, in the order of the subjects."""
        return self.order_by("subject", "-id").distinct("subject")


class LeafQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Questions about leaves."""


class NodeQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Questions about inner nodes."""

    def hashes(self, places: Sequence[Place]) -> Mapping[Place, bytes]:
        """Return the stored hashes of `places`, leaves included; a place that is not stored is left out."""
        leaf = self.model._meta.apps.get_model("audit", "Leaf")
        indexes = [index for level, index in places if level == 0]
        found = {
            (0, index): bytes(value)
            for index, value in leaf.objects.filter(index__in=indexes).values_list("index", "hash")
        }
        wanted = Q(pk__in=[place for place in places if place[0]])
        rows = self.filter(wanted).values_list("level", "index", "hash")
        return found | {(level, index): bytes(value) for level, index, value in rows}


class HeadQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Questions about heads."""

    def newest(self) -> Head | None:
        """The head of the largest tree; None while the ledger is empty."""
        return self.order_by("-size").first()

    def between(self, *, after: int, up_to: int) -> Self:
        """Heads of sizes (after, up_to], smallest first."""
        return self.filter(size__gt=after, size__lte=up_to).order_by("size")

    def smaller_than(self, *, size: int) -> Self:
        """Heads of trees smaller than `size`, newest first."""
        return self.filter(size__lt=size).order_by("-size")
