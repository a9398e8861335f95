"""The sequencer: puts committed entries into the tree and signs its head."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from civic.audit.merkle import Frontier, Place
from civic.audit.models import Entry, Head, Leaf, Node
from civic.audit.services.witness import keep
from civic.audit.signing import FileSigner, Signer, is_signed

LOCK = 0x6175646974  # "audit": one sequencer in a database, however many workers there are
BATCH = 5000


class LedgerBroken(Exception):
    """The stored tree is not the one that was signed last, so nothing is signed on top of it."""


@dataclass(frozen=True)
class Mark:
    """Up to where everything has its leaf, in which database cluster."""

    cluster: int
    txid: int
    entry_id: int


def sequence(*, at: datetime, signer: Signer | None = None, batch: int = BATCH) -> int:
    """Give a leaf to every committed entry that has none, sign the new head, and return how many there were.

    A transaction may commit long after others that began later. So the question is never "which ids are new", it is
    "which entries have no leaf": asked only among transactions that were still open (or to come) when the question
    was last answered in full. A long transaction delays nobody: its entries follow when it commits.
    Returns 0, if another process is at it. Raises: LedgerBroken.
    """
    total = 0
    while True:
        with transaction.atomic():
            if not _locked():
                return total
            head, count = _extend(at, signer or FileSigner(), batch)
        if head is not None:
            keep(head)
        total += count
        if count < batch:
            return total


def ledger_lag(*, at: datetime) -> float:
    """Return the age in seconds of the oldest entry that has no leaf yet; 0 if there is none."""
    mark = _mark(Head.objects.newest())
    waiting = Entry.objects.without_leaf(settled_txid=mark.txid, settled_id=mark.entry_id)
    oldest = waiting.order_by("recorded_at").values_list("recorded_at", flat=True).first()
    return 0.0 if oldest is None else max(0.0, (at - oldest) / timedelta(seconds=1))


def _locked() -> bool:
    """Whether this transaction is now the only sequencer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _extend(at: datetime, signer: Signer, batch: int) -> tuple[Head | None, int]:
    newest = Head.objects.newest()
    mark = _mark(newest)
    horizon = _oldest_open_transaction()  # before the entries are read: whatever is older has committed or never will
    waiting = Entry.objects.without_leaf(settled_txid=mark.txid, settled_id=mark.entry_id)[:batch]
    entries = list(waiting)
    if not entries:
        return None, 0
    frontier = trusted_frontier(newest)
    _store(frontier, entries)
    settled = Mark(mark.cluster, horizon, mark.entry_id) if len(entries) < batch else mark
    return _sign(newest, frontier, at, settled, signer), len(entries)


def _mark(newest: Head | None) -> Mark:
    """Return where to go on.

    Transaction numbers mean nothing in another cluster (the ledger was restored from a dump). Then every entry is
    looked at once: the mark's number is 0, and stays 0 in no later head. Entries that came with the dump and have
    their leaves are never looked at again, because the ids of this cluster's own entries are higher.
    """
    cluster = _cluster()
    if newest is None:
        return Mark(cluster, 0, 0)
    if newest.cluster == cluster:
        return Mark(cluster, newest.settled_txid, newest.settled_id)
    last = Leaf.objects.order_by("-entry_id").values_list("entry_id", flat=True).first() or 0
    missed = Entry.objects.without_leaf().filter(id__lte=last).values_list("id", flat=True).first()
    return Mark(cluster, 0, last if missed is None else missed - 1)


def _cluster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        return int(cursor.fetchone()[0])


def _oldest_open_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return int(cursor.fetchone()[0])


def trusted_frontier(newest: Head | None) -> Frontier:
    """Return the right edge of the stored tree, if it is the one that was signed.

    Raises: LedgerBroken.
    """
    if newest is None:
        return Frontier()
    try:
        frontier = Frontier(newest.size, Node.objects.hashes)
    except KeyError as missing:
        raise LedgerBroken(f"node {missing} is missing; run `civic audit verify`") from missing
    if frontier.root() != bytes(newest.root):
        raise LedgerBroken(f"the stored tree does not lead to head {newest.size}; run `civic audit verify`")
    if not is_signed(newest.note().encode(), bytes(newest.signature), newest.key_id):
        raise LedgerBroken(f"head {newest.size} is not signed by a known key; run `civic audit verify`")
    return frontier


def _store(frontier: Frontier, entries: Sequence[Entry]) -> None:
    leaves: list[tuple[int, int, bytes]] = []
    nodes: list[tuple[Place, bytes]] = []
    for index, entry in enumerate(entries, start=frontier.size):
        value = entry.leaf_hash(index)
        leaves.append((index, entry.pk, value))
        nodes += frontier.append(value)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_leaf (index, entry_id, hash)"
            " SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])",
            _columns(leaves),
        )
        cursor.execute(
            "INSERT INTO audit_node (level, index, hash) SELECT * FROM unnest(%s::int[], %s::bigint[], %s::bytea[])",
            _columns([(level, index, value) for (level, index), value in nodes]),
        )


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[], [], []]


def _sign(newest: Head | None, frontier: Frontier, at: datetime, settled: Mark, signer: Signer) -> Head:
    head = Head(
        size=frontier.size,
        previous=newest.size if newest else 0,
        root=frontier.root(),
        at=at,
        cluster=settled.cluster,
        settled_txid=settled.txid,
        settled_id=settled.entry_id,
        key_id=signer.key_id,
    )
    head.signature = signer.sign(head.note().encode())
    head.save(force_insert=True)
    return head
