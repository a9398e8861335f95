"""Verification of the whole ledger: entries, leaves, nodes, heads, witness, then the seals of all business rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max, Min, Q, Value
from django.db.models.functions import Least, Power

from civic.audit.keys import is_marked
from civic.audit.merkle import Frontier, Place
from civic.audit.models import Entry, Head, Leaf, Node
from civic.audit.services import seals, witness
from civic.audit.services.receipts import signed_state
from civic.audit.services.report import Report
from civic.audit.signing import is_signed

BATCH = 5000
GRACE = timedelta(seconds=60)
Progress = Callable[[str, int, int], None]


def verify_ledger(
    *, at: datetime, progress: Progress, heads: Sequence[Mapping[str, Any]] = (), batch: int = BATCH
) -> Report:
    """Check everything the ledger says against everything that is stored.

    `heads` are signed heads that were kept elsewhere; the witness's own are added. `progress` gets
    (what, done, of how many) after each batch.
    """
    report = Report()
    outside = [*witness.kept(), *heads]  # before the snapshot, which must not be older than what the witness knows
    with snapshot():
        _Tree(report, outside, batch).check(progress)
        _check_waiting(report, at, batch)
        _check_repeats(report)
    seals.check(report, snapshot=snapshot, progress=progress)
    return report


@contextmanager
def snapshot() -> Iterator[None]:
    """See one state of the database for as long as this lasts, whatever others commit."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


class _Tree:
    """One walk over the leaves, in order, that grows the tree again and compares it with what is stored."""

    def __init__(self, report: Report, outside: Iterable[Mapping[str, Any]], batch: int) -> None:
        self.report, self.batch = report, batch
        self.frontier = Frontier()
        self.is_whole = True  # no leaf is missing so far, so that roots can be computed
        self.is_true = True  # no node or root was wrong so far; what follows from the first wrong one is not repeated
        self.previous_head = 0
        self.outside = self._witnessed(outside)

    def check(self, progress: Progress) -> None:
        newest = Head.objects.aggregate(size=Max("size"))["size"] or 0
        total = max(newest, max(self.outside, default=0))
        for begin in range(0, total, self.batch):
            end = min(begin + self.batch, total)
            self._check_batch(begin, end)
            progress("leaves", end, total)
        extra = Leaf.objects.filter(index__gte=total).aggregate(first=Min("index"))["first"]
        if extra is not None:
            self.report.add("extra leaf", f"leaf {extra} and later are in no signed head", extra)
        self._check_places(total)

    def _check_batch(self, begin: int, end: int) -> None:
        leaves = {leaf.index: leaf for leaf in Leaf.objects.filter(index__gte=begin, index__lt=end)}
        entries = Entry.objects.in_bulk([leaf.entry_id for leaf in leaves.values()])
        heads = {head.size: head for head in Head.objects.between(after=begin, up_to=end)}
        places: list[tuple[Place, bytes]] = []
        roots: dict[int, bytes] = {}
        for index in range(begin, end):
            leaf = leaves.get(index)
            self._check_leaf(index, leaf, entries.get(leaf.entry_id) if leaf else None)
            if leaf is not None and self.is_whole:
                places += self.frontier.append(bytes(leaf.hash))
                if index + 1 in heads or index + 1 in self.outside:
                    roots[index + 1] = self.frontier.root()
            self.is_whole = self.is_whole and leaf is not None
        self._check_nodes(places)
        for size in sorted(heads.keys() | {size for size in self.outside if begin < size <= end}):
            self._check_head(size, heads.get(size), roots.get(size))

    def _check_leaf(self, index: int, leaf: Leaf | None, entry: Entry | None) -> None:
        self.report.leaves += leaf is not None
        if leaf is None:
            self.report.add("missing leaf", f"leaf {index} is gone", index)
        elif entry is None:
            self.report.add("missing entry", f"entry {leaf.entry_id} of leaf {index} is gone", index)
        elif entry.leaf_hash(index) != bytes(leaf.hash):
            self.report.add("changed", f"entry {entry.pk} does not have the hash of leaf {index}", index)
        elif not is_marked(entry.marked_bytes(), bytes(entry.mark)):
            self.report.add("forged", f"entry {entry.pk} of leaf {index} was not written by the application", index)

    def _check_nodes(self, places: Sequence[tuple[Place, bytes]]) -> None:
        known = Node.objects.hashes([place for place, _ in places])
        for (level, index), value in places:
            stored = known.get((level, index))
            if stored is None:
                self.report.add("missing node", f"node {level}/{index} is gone")
            elif stored != value and self.is_true:
                first, last = index << level, ((index + 1) << level) - 1
                self._blame(
                    "changed node", f"node {level}/{index} does not follow from leaves {first} to {last}", first, last
                )

    def _check_head(self, size: int, head: Head | None, root: bytes | None) -> None:
        known = self.outside.get(size)
        if head is None:
            self.report.add("missing head", f"head {size}, kept by a witness, is gone")
        else:
            self._check_signature(head)
        for expected, who in ((head and bytes(head.root), f"head {size}"), (known, f"the witness of head {size}")):
            if None not in (expected, root) and expected != root and self.is_true:
                first, last = self.previous_head, size - 1
                self._blame("changed root", f"leaves {first} to {last} do not lead to the root of {who}", first, last)
        self.previous_head = size

    def _blame(self, kind: str, message: str, first: int, last: int) -> None:
        """Note that leaves [first, last] do not fit; name the first of them unless a bad leaf already explains it."""
        self.is_true = False
        known = self.report.first_bad_leaf
        self.report.add(kind, message, None if known is not None and known <= last else first)

    def _check_signature(self, head: Head) -> None:
        self.report.heads += 1
        if not is_signed(head.note().encode(), bytes(head.signature), head.key_id):
            self.report.add("bad signature", f"head {head.size} is not what was signed")
        if head.previous != self.previous_head:
            self.report.add("missing head", f"head {head.previous}, before head {head.size}, is gone")

    def _check_places(self, total: int) -> None:
        """Look for nodes where none belongs."""
        beyond = Node.objects.annotate(end=(F("index") + 1) * Power(Value(2), Least(F("level"), Value(63)))).filter(
            Q(end__gt=total) | Q(level__lt=1) | Q(index__lt=0)
        )
        for level, index in beyond.order_by("level", "index").values_list("level", "index")[:1]:
            self.report.add("extra node", f"node {level}/{index} belongs to no tree of {total} leaves")

    def _witnessed(self, outside: Iterable[Mapping[str, Any]]) -> dict[int, bytes]:
        found = {}
        for content in outside:
            state = signed_state(content)
            if state is None:
                self.report.add("bad witness", f"a kept head of size {content.get('size')} is not what was signed")
            else:
                found[state.size] = state.root
        return found


def _check_waiting(report: Report, at: datetime, batch: int) -> None:
    """Check the entries that have no leaf yet: they are the application's own, and young."""
    for entry in Entry.objects.without_leaf().iterator(chunk_size=batch):
        report.waiting += 1
        if not is_marked(entry.marked_bytes(), bytes(entry.mark)):
            report.add(
                "forged", f"entry {entry.pk} was not written by the application; it has no leaf yet", report.leaves
            )
        elif at - entry.recorded_at > GRACE:
            report.add(
                "no leaf", f"entry {entry.pk} of {entry.recorded_at:%Y-%m-%d %H:%M:%S} has no leaf", report.leaves
            )


def _check_repeats(report: Report) -> None:
    """Look for entries written twice: the salt is random, so equal salts are a copy of a genuine entry."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(e.id), min(e.id), max(l.index) FROM audit_entry e LEFT JOIN audit_leaf l ON l.entry_id = e.id"
            " GROUP BY e.salt HAVING count(*) > 1 ORDER BY 1 LIMIT 100"
        )
        for copy, original, leaf in cursor.fetchall():
            report.add("repeated", f"entry {copy} is a copy of entry {original}", leaf)
