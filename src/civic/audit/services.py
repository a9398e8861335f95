"""record(): the only way into the ledger."""

import os
from collections.abc import Mapping
from datetime import datetime

from django.db import DatabaseError

from civic.audit.models import Entry
from civic.audit.seal import Sealed, digest
from civic.core.errors import Unavailable


class LedgerClosed(Unavailable):
    """The ledger cannot be written, so nothing was changed."""

    code = "ledger-closed"


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
    `subject` is a sealed noun, or its ledger id where only a reading is recorded.
    Raises: LedgerClosed, if the entry cannot be written; the caller's transaction rolls back.
    """
    salt = os.urandom(16)
    content = subject.sealed_content() if isinstance(subject, Sealed) else {}
    try:
        return Entry.objects.create(
            at=at,
            actor=ledger_id(actor),
            step=step,
            subject=ledger_id(subject),
            purpose=purpose,
            detail=dict(detail or {}),
            salt=salt,
            digest=digest(content, salt),
        )
    except DatabaseError as error:
        raise LedgerClosed("审计账本暂时不能写入,本次操作没有生效,请稍后再试。") from error


def ledger_id(thing: object) -> str:
    """Return the pseudonymous name by which the ledger knows `thing`."""
    if isinstance(thing, str):
        return thing
    name = getattr(thing, "ledger_id", None)
    if name is None:
        raise TypeError(f"{type(thing).__name__} has no ledger_id(); pass an account or a code such as 'timer'.")
    return str(name())
