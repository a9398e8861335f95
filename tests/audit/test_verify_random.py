"""audit verify against chance: hundreds of random changes by a superuser, every one found."""

import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from civic.accounts.models import Department, Person
from civic.audit.models import Entry, Head, Leaf, Node
from civic.audit.services.verify import verify_ledger
from tests.audit.test_verify import MONDAY, ledger, run

__all__ = ["ledger"]

# Random changes by a superuser

TABLES = {model._meta.db_table: model for model in (Entry, Leaf, Node, Head, Department, Person)}
VALUES = {
    "bytea": lambda chance: chance.randbytes(32),
    "timestamp with time zone": lambda chance: datetime.fromtimestamp(chance.randrange(2_000_000_000), UTC),
    "jsonb": lambda chance: json.dumps({"k": str(chance.random())}),
    "boolean": lambda chance: None,
    "uuid": lambda chance: f"{chance.getrandbits(128):032x}",
    "character varying": lambda chance: f"{chance.getrandbits(32):08x}",
    "xid8": lambda chance: str(chance.randrange(1 << 40)),
}


def change_a_cell(chance: random.Random) -> str:
    """Set one cell of one row to something else; return the table."""
    table = chance.choice(sorted(TABLES))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s ORDER BY 1", [table]
        )
        column, kind = chance.choice(cursor.fetchall())
        cursor.execute(f"SELECT ctid::text FROM {table} ORDER BY ctid")
        row = chance.choice(cursor.fetchall())[0]
    if kind == "boolean":
        return table if run(f"UPDATE {table} SET {column} = NOT {column} WHERE ctid = %s::tid", row) else ""
    make = VALUES.get(kind, lambda chance: chance.randrange(100, 30_000))
    value = make(chance)
    run(f"UPDATE {table} SET {column} = %s WHERE ctid = %s::tid AND {column} IS DISTINCT FROM %s", value, row, value)
    return table


def remove_a_row(chance: random.Random) -> str:
    table = chance.choice(sorted(TABLES))
    run(f"DELETE FROM {table} WHERE ctid = (SELECT ctid FROM {table} ORDER BY random() LIMIT 1)")
    return table


def add_a_row(chance: random.Random) -> str:
    size = Head.objects.newest().size
    table, sql = chance.choice(
        [
            ("audit_entry", "INSERT INTO audit_entry (at, actor, step, subject, purpose, detail, salt, digest, mark)"
             " SELECT at, actor, step, subject, purpose, detail, salt, digest, mark FROM audit_entry"
             " ORDER BY random() LIMIT 1"),
            ("audit_leaf", f"INSERT INTO audit_leaf SELECT {size}, 1000000, sha256('x')"),
            ("audit_node", f"INSERT INTO audit_node SELECT 1, {size}, sha256('x')"),
            ("audit_head", "INSERT INTO audit_head (size, previous, root, at, cluster, settled_txid, settled_id,"
             f" key_id, signature) SELECT {size} + 1, {size}, root, at, cluster, settled_txid, settled_id,"
             f" key_id, signature FROM audit_head WHERE size = {size}"),
            ("accounts_department",
             "INSERT INTO accounts_department (code, name, name_en, phone) VALUES ('y','y','','')"),
        ]
    )  # fmt: skip
    run(sql)
    return table


def swap_two_leaves(chance: random.Random) -> str:
    first, second = chance.sample(range(Head.objects.newest().size), 2)
    for before, after in ((first, 10_000), (second, first), (10_000, second)):
        run("UPDATE audit_leaf SET index = %s WHERE index = %s", after, before)
    return "audit_leaf"


def cut_off_the_end(chance: random.Random) -> str:
    keep = chance.randrange(Head.objects.newest().size)
    run("DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_leaf WHERE index >= %s)", keep)
    run("DELETE FROM audit_leaf WHERE index >= %s", keep)
    run("DELETE FROM audit_node WHERE (index + 1) << level > %s", keep)
    run("DELETE FROM audit_head WHERE size > %s", keep)
    return "audit_leaf"


def swap_two_rows(chance: random.Random) -> str:
    run(
        "UPDATE accounts_department d SET name = o.name FROM accounts_department o"
        " WHERE d.code = 'rsj' AND o.code = 'zrj'"
    )
    return "accounts_department"


CHANGES: list[Callable[[random.Random], str]] = [
    *[change_a_cell] * 5, remove_a_row, remove_a_row, add_a_row, swap_two_leaves, cut_off_the_end, swap_two_rows,
]  # fmt: skip


@pytest.mark.parametrize("seed", range(10))
def test_every_random_change_by_a_superuser_is_found(ledger: None, seed: int) -> None:
    _tamper(seed, turns=20)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_a_thousand_random_changes_by_a_superuser_are_found(ledger: None, seed: int) -> None:
    _tamper(seed, turns=100)


def _tamper(seed: int, turns: int) -> None:
    chance = random.Random(seed)
    found = tried = 0
    before = _rows()
    while tried < turns:
        mark = transaction.savepoint()
        change = chance.choice(CHANGES)
        try:
            with transaction.atomic():
                table = change(chance)
        except Exception as refused:  # noqa: BLE001 - a constraint refused the change: the database itself found it
            assert re.search("violates|duplicate|out of range|too long", str(refused)), refused
            transaction.savepoint_rollback(mark)
            continue
        after = _rows()
        if after == before:
            transaction.savepoint_rollback(mark)
            continue
        tried += 1
        report = verify_ledger(at=MONDAY + timedelta(days=36500), progress=lambda *_: None, batch=16)
        transaction.savepoint_rollback(mark)
        assert not report.is_clean, (seed, tried, change.__name__, table)
        first = _first_changed_leaf(before, after)
        if first is not None:
            assert report.first_bad_leaf == first, (seed, tried, change.__name__, table, report.lines())
        found += 1
    assert found == turns


def _rows() -> dict[str, dict[int, str]]:
    """Return the ledger's leaves with their entries, and all other rows, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.index, l::text || coalesce(e::text, '')"
            " FROM audit_leaf l LEFT JOIN audit_entry e ON e.id = l.entry_id"
        )
        rows = {"leaves": dict(cursor.fetchall())}
        for table in TABLES:
            cursor.execute(f"SELECT row_number() OVER (ORDER BY t::text), t::text FROM {table} t")
            rows[table] = dict(cursor.fetchall())
    return rows


def _first_changed_leaf(before: dict[str, dict[int, str]], after: dict[str, dict[int, str]]) -> int | None:
    """Return the first leaf that is not what it was, with its entry; None if all are."""
    old, new = before["leaves"], after["leaves"]
    return min((index for index in {**old, **new} if old.get(index) != new.get(index)), default=None)
