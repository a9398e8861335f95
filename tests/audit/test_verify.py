"""audit verify: whatever a superuser changes by hand is found, and the first bad leaf is named."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from civic.accounts.models import Department, Person
from civic.audit.models import Entry, Head, Leaf, Node
from civic.audit.services import record, witness
from civic.audit.services.report import Report
from civic.audit.services.sequence import sequence
from civic.audit.services.verify import verify_ledger
from tests.factories.accounts import department, official, resident

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def run(sql: str, *params: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def verify(batch: int = 7) -> Report:
    return verify_ledger(at=Entry.objects.latest("id").recorded_at, progress=lambda *_: None, batch=batch)


def kinds(report: Report) -> set[str]:
    return {found.kind for found in report.findings}


@pytest.fixture
def ledger(db: None) -> None:
    """A small city: two departments, an official, a resident; 31 or so leaves under several heads."""
    rsj = department("rsj", "人社局")
    department("zrj", "自然资源局")
    official("李强", department=rsj)
    resident("王芳")
    while Entry.objects.count() % 8 != 6:
        record(at=MONDAY, actor="timer", step="test.note.read", subject="test.note:1")
    sequence(at=MONDAY, batch=5)
    department("swj", "税务局")
    department("zjj", "住建局")
    sequence(at=MONDAY)


def test_an_untouched_ledger_is_clean(ledger: None) -> None:
    report = verify()

    assert report.is_clean, report.lines()
    assert report.leaves == Entry.objects.count() == Head.objects.newest().size
    assert report.heads == Head.objects.count() > 2
    assert report.rows >= 6


@pytest.mark.parametrize("batch", [1, 2, 5, 8, 5000])
def test_the_size_of_a_batch_does_not_matter(ledger: None, batch: int) -> None:
    assert verify(batch).is_clean


def test_a_changed_entry_names_its_leaf(ledger: None) -> None:
    entry = Leaf.objects.get(index=9).entry_id
    run("UPDATE audit_entry SET actor = 'somebody' WHERE id = %s", entry)

    report = verify()

    assert report.first_bad_leaf == 9
    assert report.lines()[1] == "First bad leaf: 9"


def test_an_entry_rewritten_with_its_leaf_and_nodes_is_not_the_applications_own(ledger: None) -> None:
    """A superuser who recomputes every hash still has neither the application's key nor the ledger's."""
    run(
        'UPDATE audit_entry SET detail = \'{"to": "SUN"}\' WHERE id = (SELECT entry_id FROM audit_leaf WHERE index = 6)'
    )
    leaf = Leaf.objects.get(index=6)
    Leaf.objects.filter(index=6).update(hash=Entry.objects.get(pk=leaf.entry_id).leaf_hash(6))
    _recompute_nodes()

    report = verify()

    assert report.first_bad_leaf == 6
    assert kinds(report) >= {"forged", "changed root"}


def test_an_entry_written_by_hand_is_found_even_after_it_was_sequenced(ledger: None) -> None:
    run(
        "INSERT INTO audit_entry (at, actor, step, subject, purpose, detail, salt, digest, mark)"
        " VALUES (now(), 'timer', 'test.note.read', 'test.note:1', '', '{}', sha256('s'), '', sha256('m'))"
    )
    assert kinds(verify()) == {"forged"}
    sequence(at=MONDAY)

    report = verify()

    assert kinds(report) == {"forged"}
    assert report.first_bad_leaf == Head.objects.newest().size - 1


def test_a_genuine_entry_written_twice_is_found(ledger: None) -> None:
    run(
        "INSERT INTO audit_entry (at, actor, step, subject, purpose, detail, salt, digest, mark)"
        " SELECT at, actor, step, subject, purpose, detail, salt, digest, mark FROM audit_entry"
        " WHERE step = 'accounts.department.add' ORDER BY id LIMIT 1"
    )
    sequence(at=MONDAY)

    report = verify()

    assert kinds(report) == {"repeated"}
    assert report.first_bad_leaf == Head.objects.newest().size - 1


def test_two_leaves_that_changed_places_are_named(ledger: None) -> None:
    run("UPDATE audit_leaf SET index = 1000 WHERE index = 3")
    run("UPDATE audit_leaf SET index = 3 WHERE index = 11")
    run("UPDATE audit_leaf SET index = 11 WHERE index = 1000")

    assert verify().first_bad_leaf == 3


def test_a_ledger_cut_back_to_an_earlier_head_is_found_by_the_witness(ledger: None) -> None:
    size, last = Head.objects.newest().size, Head.objects.newest().previous
    _cut_back(last)
    run("DELETE FROM accounts_department WHERE code IN ('swj', 'zjj')")

    report = verify()

    assert report.first_bad_leaf == last
    assert "missing head" in kinds(report)
    witness.path().unlink()
    assert verify().is_clean  # so the witness belongs on another machine
    assert size > last


def test_an_emptied_ledger_is_found(ledger: None) -> None:
    run("TRUNCATE audit_entry, audit_leaf, audit_node, audit_head")

    report = verify_ledger(at=MONDAY, progress=lambda *_: None)

    assert report.first_bad_leaf == 0
    assert "unrecorded row" in kinds(report)


def test_a_head_that_was_taken_out_is_found(ledger: None) -> None:
    _first, middle, following = Head.objects.order_by("size").values_list("size", flat=True)[:3]
    run("DELETE FROM audit_head WHERE size = %s", middle)

    report = verify()

    assert [found.message for found in report.findings] == [f"head {middle}, before head {following}, is gone"]


def test_a_row_changed_by_hand_is_found(ledger: None) -> None:
    rsj = Department.objects.get(code="rsj")
    run("UPDATE accounts_department SET phone = '12345' WHERE code = 'rsj'")

    report = verify()

    assert [found.kind for found in report.findings] == ["changed row"]
    assert report.findings[0].message.startswith(f"accounts.department:{rsj.pk} is not as entry")
    assert report.first_bad_leaf is None


def test_a_part_of_an_aggregate_changed_by_hand_is_found(ledger: None) -> None:
    wang = Person.objects.order_by("id").last()
    assert run("UPDATE accounts_claim SET source = 'me' WHERE person_id = %s", wang.pk) == 1

    report = verify()

    assert [found.message.split(" is ")[0] for found in report.findings] == [f"accounts.person:{wang.pk}"]


def test_a_row_that_nobody_recorded_is_found(ledger: None) -> None:
    run("INSERT INTO accounts_department (code, name, name_en, phone) VALUES ('x', 'x', '', '')")

    assert [found.kind for found in verify().findings] == ["unrecorded row"]


def test_a_row_that_went_away_is_found_unless_a_step_removed_it(ledger: None) -> None:
    swj = Department.objects.get(code="swj")
    run("DELETE FROM accounts_department WHERE code = 'swj'")
    assert [found.kind for found in verify().findings] == ["missing row"]

    with transaction.atomic():
        record(at=MONDAY, actor="operator", step="accounts.department.delete", subject=swj.ledger_id())

    assert verify().is_clean


def test_a_removed_row_that_came_back_is_found(ledger: None) -> None:
    swj = Department.objects.get(code="swj")
    record(at=MONDAY, actor="operator", step="accounts.department.delete", subject=swj.ledger_id())

    assert [found.kind for found in verify().findings] == ["row came back"]


def test_a_reading_does_not_hide_a_changed_row(ledger: None) -> None:
    swj = Department.objects.get(code="swj")
    run("UPDATE accounts_department SET phone = '12345' WHERE code = 'swj'")
    record(at=MONDAY, actor="operator", step="accounts.department.reveal", subject=swj.ledger_id())

    assert [found.kind for found in verify().findings] == ["changed row"]


def test_an_entry_that_stays_without_a_leaf_is_found(ledger: None) -> None:
    entry = record(at=MONDAY, actor="timer", step="test.note.read", subject="test.note:1")
    fresh = verify_ledger(at=entry.recorded_at + timedelta(seconds=60), progress=lambda *_: None)
    stale = verify_ledger(at=entry.recorded_at + timedelta(seconds=61), progress=lambda *_: None)

    assert (fresh.waiting, fresh.is_clean) == (1, True)
    assert kinds(stale) == {"no leaf"}


def test_the_command_reports_and_exits_with_1(ledger: None, tmp_path: Path) -> None:
    out = StringIO()
    call_command("audit_verify", stdout=out, stderr=StringIO())
    assert out.getvalue().startswith("OK: ")

    run("UPDATE audit_leaf SET hash = sha256('x') WHERE index = 4")
    with pytest.raises(SystemExit) as left:
        call_command("audit_verify", stdout=out, stderr=StringIO())

    assert left.value.code == 1
    assert "First bad leaf: 4" in out.getvalue()


def test_the_command_compares_with_a_head_that_was_kept_elsewhere(ledger: None, tmp_path: Path) -> None:
    kept = tmp_path / "head.json"
    kept.write_text(json.dumps(witness.head_content(Head.objects.newest())), encoding="utf-8")
    _cut_back(Head.objects.newest().previous)
    witness.path().unlink()
    run("DELETE FROM accounts_department WHERE code IN ('swj', 'zjj')")
    call_command("audit_verify", stdout=StringIO(), stderr=StringIO())

    with pytest.raises(SystemExit):
        call_command("audit_verify", head=[kept], stdout=StringIO(), stderr=StringIO())


def _cut_back(size: int) -> None:
    """Undo every leaf from `size` on, as a superuser would who wants no trace."""
    run("DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_leaf WHERE index >= %s)", size)
    run("DELETE FROM audit_leaf WHERE index >= %s", size)
    run("DELETE FROM audit_node WHERE (index + 1) << level > %s", size)
    run("DELETE FROM audit_head WHERE size > %s", size)


def _recompute_nodes() -> None:
    from civic.audit.merkle import Frontier

    frontier = Frontier()
    for leaf in Leaf.objects.order_by("index"):
        for place, value in frontier.append(bytes(leaf.hash)):
            Node.objects.filter(pk=place).update(hash=value)
