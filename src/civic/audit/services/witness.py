"""The witness: the newest signed head, kept outside the database, so that cutting off the ledger's end is noticed."""

import json
import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from civic.audit.models import Head, base64_text, instant

log = logging.getLogger("civic.audit")


def keep(head: Head) -> None:
    """Write `head` over the newest one, and add it to the list where an hour begins.

    The ledger is in the database; a full disk here must not stop it. Verification says when the witness is behind.
    """
    content = head_content(head)
    newest = path()
    try:
        newest.parent.mkdir(parents=True, exist_ok=True)
        if not newest.exists() or _hour(newest) != instant(head.at)[:13]:
            with newest.with_suffix(".jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(content, ensure_ascii=False) + "\n")
        aside = newest.with_suffix(".new")
        aside.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        aside.replace(newest)
    except OSError as error:
        log.error("ledger witness not written: %s", error)


def kept() -> list[dict[str, Any]]:
    """Return the heads that the witness of this database knows, smallest first."""
    newest = path()
    lines = newest.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines() if newest.exists() else []
    heads = {head["size"]: head for head in map(json.loads, lines)}
    if newest.exists():
        head = json.loads(newest.read_text(encoding="utf-8"))
        heads[head["size"]] = head
    return [heads[size] for size in sorted(heads)]


def path() -> Path:
    """Return the file of this database's newest head; a database made anew has another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, oid FROM pg_control_system(), pg_database WHERE datname = current_database()"
        )
        cluster, database = cursor.fetchone()
    return Path(settings.LEDGER_WITNESS) / f"{cluster}-{database}.json"


def head_content(head: Head) -> dict[str, Any]:
    """Return what is published of a head: enough to check its signature."""
    return {
        "size": head.size,
        "root": base64_text(head.root),
        "previous": head.previous,
        "at": instant(head.at),
        "note": head.note(),
        "key_id": head.key_id,
        "signature": base64_text(head.signature),
    }


def _hour(newest: Path) -> str:
    at: str = json.loads(newest.read_text(encoding="utf-8"))["at"]
    return datetime.fromisoformat(at).strftime("%Y-%m-%dT%H")
