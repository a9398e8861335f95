"""Seals: a salted digest of what a noun's rows hold, so that any later change of a row is found."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models


class Sealed(models.Model):
    """A noun whose every change is an entry of the ledger, with a digest of its rows."""

    class Meta:
        abstract = True

    def ledger_id(self) -> str:
        """Return the subject under which the ledger knows this noun: label and primary key."""
        return f"{self._meta.label_lower}:{self.pk}"

    def sealed_content(self) -> dict[str, object]:
        """Return what the seal covers: this row, and in an aggregate the rows it owns."""
        return row_content(self)


def row_content(row: models.Model) -> dict[str, object]:
    """Return every concrete column of `row` by name, in a form that survives a round trip through the database."""
    return {field.attname: plain(field, getattr(row, field.attname)) for field in row._meta.concrete_fields}


def rows_content(rows: Iterable[models.Model]) -> list[dict[str, object]]:
    """Return the content of several rows, ordered by primary key."""
    return [row_content(row) for row in sorted(rows, key=lambda row: str(row.pk))]


def plain(field: "models.Field[Any, Any]", value: object) -> object:
    """Return `value` as JSON can hold it, the same before and after it is stored."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return f"{value.timestamp():.6f}"
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, Decimal):
        return str(value.quantize(Decimal(1).scaleb(-(getattr(field, "decimal_places", None) or 0))))
    if isinstance(value, bytes | memoryview | bytearray):
        return bytes(value).hex()
    return value


def digest(content: dict[str, object], salt: bytes) -> bytes:
    """Return SHA-256 over `salt` and the canonical JSON of `content`."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(salt + text.encode()).digest()
