"""What a classifier learns from: messages with the class that people gave them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from civic.core.plain import letters


@dataclass(frozen=True)
class Example:
    """One message and its class; `source` names the file it came from, `writer` marks whose it is ("": not known)."""

    title: str
    detail: str
    label: str
    source: str = ""
    writer: str = ""


def distinct(rows: Iterable[Example]) -> list[Example]:
    """Return the rows without those whose title and detail were seen before, in one width and spelling."""
    first: dict[tuple[str, str], Example] = {}
    for row in rows:
        first.setdefault((letters(row.title), letters(row.detail)), row)
    first.pop(("", ""), None)
    return list(first.values())


def digest(rows: Sequence[Example]) -> str:
    """Return a digest that names exactly these rows in this order, and gives none of them away."""
    total = hashlib.sha256()
    for row in rows:
        for part in (row.title, row.detail, row.label):
            total.update(len(part).to_bytes(8, "big") + part.encode())
    return total.hexdigest()
