"""The sequencer: every committed entry gets one leaf, whatever the order of commits, and heads are signed."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from civic.audit import merkle
from civic.audit.models import Entry, Head, Leaf, Node
from civic.audit.services import record
from civic.audit.services.sequence import LOCK, LedgerBroken, ledger_lag, sequence
from civic.audit.signing import is_signed
from civic.audit.tasks import run_sequencer

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def write(count: int = 1, prefix: str = "n") -> list[Entry]:
    with transaction.atomic():
        return [
            record(at=MONDAY, actor="timer", step="test.note.add", subject=f"test.note:{prefix}{i}")
            for i in range(count)
        ]


def sequenced() -> list[int]:
    return list(Leaf.objects.order_by("index").values_list("entry_id", flat=True))


@pytest.mark.django_db
def test_entries_become_leaves_in_order_and_the_head_is_signed() -> None:
    entries = write(5)

    count = sequence(at=MONDAY)

    head = Head.objects.get()
    assert count == 5
    assert sequenced() == [entry.pk for entry in entries]
    assert (head.size, head.previous, head.at) == (5, 0, MONDAY)
    assert is_signed(head.note().encode(), bytes(head.signature), head.key_id)
    tree = merkle.Frontier()
    for index, entry in enumerate(Entry.objects.order_by("id")):
        tree.append(entry.leaf_hash(index))
    assert bytes(head.root) == tree.root()


@pytest.mark.django_db
def test_nothing_new_signs_no_new_head() -> None:
    write(2)
    sequence(at=MONDAY)

    assert sequence(at=MONDAY) == 0
    assert Head.objects.count() == 1


@pytest.mark.django_db
def test_batches_link_their_heads_and_store_only_whole_subtrees() -> None:
    write(11)

    sequence(at=MONDAY, batch=4)

    assert list(Head.objects.order_by("size").values_list("previous", "size")) == [(0, 4), (4, 8), (8, 11)]
    assert Node.objects.count() == 11 - (11).bit_count()


@pytest.mark.django_db
def test_the_lag_is_the_age_of_the_oldest_entry_without_a_leaf() -> None:
    oldest, _ = write(2)

    assert ledger_lag(at=oldest.recorded_at + timedelta(seconds=3)) == 3.0
    sequence(at=MONDAY)
    assert ledger_lag(at=oldest.recorded_at + timedelta(seconds=3)) == 0.0


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_late_is_not_missed_and_delays_nobody() -> None:
    begun, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            write(1, "late")
            begun.set()
            finish.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(10)
    early = write(3, "early")
    assert sequence(at=MONDAY) == 3
    finish.set()
    thread.join()
    write(1, "after")
    late = Entry.objects.get(subject="test.note:late0")

    assert late.pk < early[0].pk
    assert sequence(at=MONDAY) == 2
    assert sorted(sequenced()) == sorted(Entry.objects.values_list("id", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_watermark_by_number_would_have_missed_the_late_one() -> None:
    """The broken variant: "ids above the highest one in the tree"."""
    begun, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            write(1, "late")
            begun.set()
            finish.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(10)
    write(3, "early")
    sequence(at=MONDAY)
    highest = max(sequenced())
    finish.set()
    thread.join()

    assert not Entry.objects.filter(id__gt=highest).exists()
    assert Entry.objects.without_leaf().count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_second_sequencer_leaves_the_work_to_the_first() -> None:
    write(2)
    held, done = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            held.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    held.wait(10)

    assert sequence(at=MONDAY) == 0
    done.set()
    thread.join()
    assert sequence(at=MONDAY) == 2


@pytest.mark.django_db(transaction=True)
def test_eight_writers_and_three_sequencers_leave_no_gap_and_miss_nothing() -> None:
    stop = threading.Event()
    sequencers = [threading.Thread(target=run_sequencer, args=(stop, 0.005)) for _ in range(3)]
    failures: list[BaseException] = []

    def writer(number: int) -> None:
        try:
            for turn in range(40):
                with transaction.atomic():
                    write(1 + turn % 3, f"{number}-{turn}-")
                    if turn % 5 == number % 5:
                        time.sleep(0.01)
                    transaction.set_rollback(turn % 7 == 6)
        except BaseException as failure:  # noqa: BLE001 - shown by the assertion below
            failures.append(failure)
        finally:
            connection.close()

    writers = [threading.Thread(target=writer, args=(number,)) for number in range(8)]
    for thread in (*sequencers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    time.sleep(0.2)
    stop.set()
    for thread in sequencers:
        thread.join()
    sequence(at=MONDAY)

    assert failures == []
    assert sorted(sequenced()) == sorted(Entry.objects.values_list("id", flat=True))
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(Entry.objects.count()))
    assert Head.objects.count() > 1
    assert Head.objects.newest().size == Entry.objects.count() == 8 * sum(1 + t % 3 for t in range(40) if t % 7 != 6)


@pytest.mark.django_db
def test_after_a_restore_into_another_cluster_nothing_is_missed() -> None:
    write(3)
    sequence(at=MONDAY)
    waiting = write(1, "restored-without-leaf")[0]
    with connection.cursor() as cursor:  # transaction numbers of the former cluster are far ahead of this one's
        cursor.execute("UPDATE audit_head SET cluster = cluster - 1, settled_txid = 900000000000")
        cursor.execute("UPDATE audit_entry SET txid = '900000000001'")
    _sign_again()

    assert sequence(at=MONDAY) == 1
    assert sequenced()[-1] == waiting.pk
    written_here = write(2, "here")
    assert sequence(at=MONDAY) == 2
    assert sequenced()[-2:] == [entry.pk for entry in written_here]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE audit_head SET root = sha256('x')",
        "UPDATE audit_head SET signature = decode(repeat('00', 64), 'hex')",
        "UPDATE audit_node SET hash = sha256('x') WHERE level = 2",
        "DELETE FROM audit_leaf WHERE index = 4",
    ],
)
def test_nothing_is_signed_on_top_of_a_broken_tree(damage: str) -> None:
    write(5)
    sequence(at=MONDAY)
    write(1, "next")
    with connection.cursor() as cursor:
        cursor.execute(damage)

    with pytest.raises(LedgerBroken):
        sequence(at=MONDAY)

    assert Head.objects.count() == 1


@pytest.mark.django_db
def test_a_thousand_leaves_take_less_than_a_second() -> None:
    write(2000)
    started = time.perf_counter()

    sequence(at=MONDAY)

    assert time.perf_counter() - started < 2.0


def _sign_again() -> None:
    from civic.audit.signing import FileSigner

    head = Head.objects.get()
    signature = FileSigner().sign(head.note().encode())
    Head.objects.update(signature=signature)
