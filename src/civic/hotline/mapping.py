"""A mapping file: how the columns of another system's tickets become ours (YAML).

source: wenzheng            a short name; with the row's own number it names a ticket once and for all
columns: {id: id, title: title, detail: content, received_at: created_at, dispatched_at: assign_at, deadline: deadline,
          done_at: done_at, reply: reply, replied_at: reply_at, contacted_at: handle_at, kind: sort_id, channel: source,
          category: label, unit: org_code, author: user}          ours: theirs; only title or detail, and id, are needed
kinds, channels, categories, units: {"4774": CONSULT}             their word: ours; "*" is every other
times: ["%Y-%m-%d %H:%M:%S"]                                      in the city's own time
undated: "2019-01-01 00:00:00"                                    for rows without a time; they are marked so
facts: [likes, dislikes]                                          columns kept as they are
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from civic.accounts.models import Department
from civic.core.csv_limit import set_longest_cell
from civic.core.plain_yaml import load_yaml
from civic.deadlines.calendars import CITY
from civic.hotline.models import Category
from civic.hotline.services.history import Past, author_mark
from civic.hotline.states import Channel, Kind

OURS = {
    "id", "title", "detail", "received_at", "dispatched_at", "deadline", "contacted_at", "done_at", "reply",
    "replied_at", "kind", "channel", "category", "unit", "author",
}  # fmt: skip
TIMES = ("received_at", "dispatched_at", "deadline", "contacted_at", "done_at", "replied_at")
PARTS = {"source", "columns", "kinds", "channels", "categories", "units", "times", "undated", "facts"}
TITLE = 36


class Unmapped(Exception):
    """The mapping, the file or a row cannot be read; the message says where and what to do."""


@dataclass(frozen=True)
class Mapped:
    """A mapping, read and checked against the city's own lists."""

    source: str
    columns: Mapping[str, str]
    kinds: Mapping[str, str]
    channels: Mapping[str, str]
    categories: Mapping[str, Category]
    units: Mapping[str, Department]
    times: tuple[str, ...]
    undated: datetime | None
    facts: tuple[str, ...] = field(default=())

    def past(self, row: Mapping[str, str]) -> Past:
        """Return the ticket that a row tells. Raises: Unmapped."""
        cell = {name: (row.get(column) or "").strip() for name, column in self.columns.items()}
        when: dict[str, Any] = {name: self._time(name, cell.get(name, "")) for name in TIMES}
        received, facts = when["received_at"] or self.undated, {name: row.get(name) or "" for name in self.facts}
        if received is None:
            raise Unmapped("the row has no time; set `undated` in the mapping, or leave the row out.")
        if when["received_at"] is None:
            facts["undated"] = "1"
        title, detail = _texts(cell)
        return Past(
            origin=f"{self.source}:{cell.get('id') or _digest(title, detail)}", title=title, detail=detail,
            received_at=received, kind=_one(self.kinds, cell.get("kind", ""), Kind.HELP),
            channel=_one(self.channels, cell.get("channel", ""), Channel.IMPORT),
            author=author_mark(self.source, cell["author"]) if cell.get("author") else "",
            category=_one(self.categories, cell.get("category", ""), None),
            unit=_one(self.units, cell.get("unit", ""), None), reply=cell.get("reply", ""), facts=facts,
            **{name: when[name] for name in TIMES if name != "received_at"},
        )  # fmt: skip

    def _time(self, name: str, text: str) -> datetime | None:
        if not text:
            return None
        for shape in self.times:
            try:
                return datetime.strptime(text, shape).replace(tzinfo=CITY)
            except ValueError:
                continue
        raise Unmapped(f"{name}: {text!r} fits none of the mapping's times.")


def read_mapping(path: Path) -> Mapped:
    """Return the mapping in `path`. Raises: Unmapped."""
    try:
        raw = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise Unmapped(f"{path.name}: {fault}") from fault
    if not isinstance(raw, dict) or not raw.get("source") or not isinstance(raw.get("columns"), dict):
        raise Unmapped(f"{path.name}: write source and columns.")
    if strange := set(raw) - PARTS:
        raise Unmapped(f"{path.name}: does not know {', '.join(sorted(strange))}; it knows {', '.join(sorted(PARTS))}.")
    if strange := set(raw["columns"]) - OURS:
        raise Unmapped(f"{path.name}: columns: does not know {', '.join(sorted(strange))}.")
    undated = raw.get("undated")
    return Mapped(
        source=str(raw["source"]), columns={str(ours): str(theirs) for ours, theirs in raw["columns"].items()},
        kinds=_known(raw, "kinds", {kind: kind for kind in Kind.values}),
        channels=_known(raw, "channels", {channel: channel for channel in Channel.values}),
        categories=_known(raw, "categories", {one.code: one for one in Category.objects.all()}),
        units=_known(raw, "units", {one.code: one for one in Department.objects.all()}),
        times=tuple(raw.get("times") or ["%Y-%m-%d %H:%M:%S"]),
        undated=datetime.strptime(str(undated), "%Y-%m-%d %H:%M:%S").replace(tzinfo=CITY) if undated else None,
        facts=tuple(raw.get("facts") or ()),
    )  # fmt: skip


def rows_of(path: Path, mapped: Mapped) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file in UTF-8 with their line numbers. Raises: Unmapped."""
    set_longest_cell()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(mapped.columns.values()) - set(reader.fieldnames or ())
            if missing:
                raise Unmapped(f"{path.name}: has no column {', '.join(sorted(missing))}.")
            for row in reader:
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise Unmapped(f"{path.name}: {fault}. The file has to be CSV in UTF-8.") from fault


def _known(raw: Mapping[str, Any], part: str, ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table from their words to ours. Raises: Unmapped, for a word that is not ours."""
    table = raw.get(part) or {}
    if strange := sorted({str(word) for word in table.values()} - set(ours)):
        raise Unmapped(f"{part}: the city has no {strange[0]!r}.")
    return {str(theirs): ours[str(word)] for theirs, word in table.items()}


def _one(table: Mapping[str, Any], word: str, otherwise: Any) -> Any:
    return table.get(word, table.get("*", otherwise))


def _texts(cell: Mapping[str, str]) -> tuple[str, str]:
    """Return title and detail, each standing in for the other. Raises: Unmapped, where there is neither."""
    title, detail = cell.get("title", ""), cell.get("detail", "")
    if not (title or detail):
        raise Unmapped("the row has neither title nor detail.")
    return title or detail[:TITLE], detail or title


def _digest(title: str, detail: str) -> str:
    return hashlib.sha256(f"{title}\n{detail}".encode()).hexdigest()[:24]
