"""record() and record_all(): the only ways into the ledger."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import Error, connection
from django.utils.translation import gettext as _

from civic.audit.keys import mac
from civic.audit.models import Entry, canonical
from civic.audit.seal import Sealed, digest
from civic.core.errors import Unavailable

COLUMNS = ("at", "actor", "step", "subject", "purpose", "detail", "salt", "digest", "mark")
INSERT = f"INSERT INTO audit_entry ({', '.join(COLUMNS)}) VALUES "  # noqa: S608 (only the names above)
ROW = "(%s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)"
RETURNING = " RETURNING id, recorded_at, txid::text"


class LedgerClosed(Unavailable):
    """The ledger cannot be written, so nothing was changed."""

    code = "ledger-closed"

    def __init__(self) -> None:
        super().__init__(_("审计账本暂时不能写入，本次操作没有生效，请稍后再试。"))


def record(
    *,
    at: datetime,
    actor: object,
    step: str,
    subject: Sealed | str,
    purpose: str = "",
    detail: Mapping[str, str] | None = None,
) -> Entry:
    """Add one entry, in the caller's transaction, with a salted digest of the subject's rows.

    `actor` is anything with a `ledger_id()` (an account) or a plain code ("timer", "operator").
    `subject` is a sealed noun as it is now stored, or its ledger id where it is only read or named.
    A step that ends in `.delete` or `.purge` says that the noun's row is gone from here on.
    Raises: LedgerClosed, if the entry cannot be written; the caller's transaction rolls back.
            RuntimeError, if a noun is recorded outside `transaction.atomic()`: its change could not be undone.
    """
    values = {"at": at, "actor": actor, "step": step, "subject": subject, "purpose": purpose, "detail": detail}
    return record_all([values])[0]


def record_all(steps: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """Add an entry for each of `steps`, named as the arguments of record(), in one statement and in this order.

    Raises: LedgerClosed, RuntimeError, as record() does.
    """
    for one in steps:
        if isinstance(one["subject"], Sealed) and not connection.in_atomic_block:
            words = f"record({one['step']!r}) outside transaction.atomic(): the change would stay without its entry."
            raise RuntimeError(words)
    rows = [entry_values(**one) for one in steps]
    if not rows:
        return []
    given = [
        json.dumps(values[name], ensure_ascii=False) if name == "detail" else values[name]
        for values in rows
        for name in COLUMNS
    ]
    try:
        with connection.cursor() as cursor:
            cursor.execute(INSERT + ", ".join([ROW] * len(rows)) + RETURNING, given)
            stored = cursor.fetchall()
    except Error as error:
        raise LedgerClosed from error
    return [_entry(values, *told) for values, told in zip(rows, stored, strict=True)]


def _entry(values: Mapping[str, Any], pk: int, recorded_at: datetime, txid: str) -> Entry:
    entry = Entry(id=pk, recorded_at=recorded_at, txid=int(txid), **values)
    entry._state.adding = False
    return entry


def entry_values(
    *,
    at: datetime,
    actor: object,
    step: str,
    subject: Sealed | str,
    purpose: str = "",
    detail: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the columns of the entry that record() would write, for a caller's own hand-written statement.

    `id`, `recorded_at` and `txid` come from the database's defaults.
    """
    salt = os.urandom(16)
    root = subject.ledger_root() if isinstance(subject, Sealed) else subject
    values: dict[str, Any] = {
        "at": at,
        "actor": ledger_id(actor),
        "step": step,
        "subject": ledger_id(root),
        "purpose": purpose,
        "detail": {str(key): str(value) for key, value in (detail or {}).items()},
        "salt": salt,
        "digest": digest(root.sealed_content(), salt) if isinstance(root, Sealed) else b"",
    }
    return {**values, "mark": mac(canonical(values))}


def ledger_id(thing: object) -> str:
    """Return the pseudonymous name by which the ledger knows `thing`."""
    if isinstance(thing, str):
        return thing
    name = getattr(thing, "ledger_id", None)
    if name is None:
        raise TypeError(f"{type(thing).__name__} has no ledger_id(); pass an account or a code such as 'timer'.")
    return str(name())
