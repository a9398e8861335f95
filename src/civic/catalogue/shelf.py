"""The shelf: the published services in process memory, rebuilt when the catalogue has changed.

A published version never changes, so what is on the shelf is right as long as the same versions are in force. One
small query a second finds out; names of departments and places, which may change without a version, are read anew
every minute.
"""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Sum

from civic.catalogue.models import Service, Version
from civic.catalogue.rules import process_time
from civic.core.text import is_english

LIFETIME = 60.0  # seconds
ANSWERS = 128  # bodies kept ready
Stamp = tuple[Any, ...]

COLUMNS = (
    "id", "code", "source", "department__code", "department__name", "department__name_en", "current_id",
    "current__name", "current__name_en", "current__aliases", "current__promised_days", "current__day_unit",
    "current__online", "current__kind", "current__level", "current__theme", "current__life_events",
    "current__audience", "current__visits", "current__demonstration",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One published service as lists show it."""

    id: int
    code: str
    source: str
    department_code: str
    department: str
    department_en: str
    version_id: int
    name: str
    name_en: str
    aliases: list[str]
    promised_days: int | None
    day_unit: str
    online: bool
    kind: str
    level: str
    theme: str
    life_events: list[str]
    audience: list[str]
    visits: int | None
    demonstration: bool

    @property
    def time(self) -> str:
        """The promised limit in the reader's language."""
        return process_time(self.promised_days, self.day_unit, "en" if is_english() else "zh")

    def as_json(self) -> bytes:
        """Return the element of the API's list."""
        return json.dumps(
            {
                "id": self.id,
                "code": self.code,
                "name": self.name,
                "name_en": self.name_en,
                "department": self.department,
                "department_code": self.department_code,
                "process_time": self.promised_days,
                "process_time_unit": self.day_unit,
                "online_handle": self.online,
                "theme": self.theme,
                "source": self.source,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()

    def words(self) -> str:
        """Return what a search looks through."""
        return "\n".join((self.name, self.name_en, self.code, self.department, *self.aliases)).casefold()


@dataclass(frozen=True)
class Question:
    """What a list is asked for; empty = does not matter."""

    q: str = ""
    department: str = ""
    theme: str = ""
    life_event: str = ""
    audience: str = ""
    source: str = ""
    online: bool | None = None

    def matches(self, entry: Entry, words: str) -> bool:
        """Whether `entry`, whose searchable text is `words`, is an answer."""
        return (
            self.online in (None, entry.online)
            and self.source in ("", entry.source)
            and self.theme in ("", entry.theme)
            and self.department in ("", entry.department_code, entry.department)
            and (not self.life_event or self.life_event in entry.life_events)
            and (not self.audience or self.audience in entry.audience)
            and all(word in words for word in self.q.casefold().split())
        )


@dataclass
class Shelf:
    """The published services in the order of every list, at one stamp."""

    stamp: Stamp
    entries: tuple[Entry, ...]
    made: float
    answers: "OrderedDict[Any, Any]" = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.by_code = {entry.code: entry for entry in self.entries}
        self._lock = threading.Lock()
        self._words: list[str] | None = None
        self._json: dict[int, bytes] = {}

    def find(self, question: Question) -> Iterator[Entry]:
        """Yield the entries that answer, the city's own first, then by code."""
        if self._words is None:
            self._words = [entry.words() for entry in self.entries]
        pairs = zip(self.entries, self._words, strict=True)
        return (entry for entry, words in pairs if question.matches(entry, words))

    def json_list(self, entries: Iterable[Entry]) -> bytes:
        """Return a JSON array of `entries`; each element is written once."""
        return b"[" + b",".join(self._json_of(entry) for entry in entries) + b"]"

    def _json_of(self, entry: Entry) -> bytes:
        found = self._json.get(entry.id)
        if found is None:
            found = self._json[entry.id] = entry.as_json()
        return found

    def remembered(self, key: Any) -> Any:
        """Return what was put under `key` since the catalogue last changed, or None."""
        return self.answers.get(key)

    def remember(self, key: Any, value: Any) -> Any:
        """Keep `value` under `key` until the catalogue changes; the oldest go first."""
        with self._lock:
            self.answers[key] = value
            while len(self.answers) > ANSWERS:
                self.answers.popitem(last=False)
        return value


class _Keeper:
    """Holds this process's shelf."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.shelf: Shelf | None = None
        self.checked = 0.0

    def fresh(self, now: float) -> Shelf | None:
        return self.shelf if now - self.checked < settings.CATALOGUE_STAMP_SECONDS else None

    def current(self) -> Shelf:
        now = time.monotonic()
        if (shelf := self.fresh(now)) is not None:
            return shelf
        with self.lock:
            shelf = self.shelf
            if shelf is None or now - shelf.made > LIFETIME or shelf.stamp != _stamp():
                self.shelf = shelf = Shelf(*_read(), made=now)
            self.checked = now
            return shelf


_keeper = _Keeper()


def current() -> Shelf:
    """Return the shelf, at most `CATALOGUE_STAMP_SECONDS` old."""
    return _keeper.current()


def fresh() -> Shelf | None:
    """Return the shelf if nobody has to ask the database whether it is still right."""
    return _keeper.fresh(time.monotonic())


def clear() -> None:
    """Forget everything, as a process does that has just started."""
    _keeper.shelf = None
    _versions.clear()


def _stamp() -> Stamp:
    """Return a value that differs after every change of what is published.

    A maximum would miss a change that commits after a later one; sums of what only grows do not.
    """
    sums = Service.objects.published().aggregate(
        count=Count("pk"), newest=Max("pk"), revisions=Sum("revision"), versions=Sum("current")
    )
    return tuple(value or 0 for value in sums.values())


def _read() -> tuple[Stamp, tuple[Entry, ...]]:
    """Return the entries with their stamp, from one statement: the two can never disagree."""
    rows = list(Service.objects.published().in_order().values_list("revision", *COLUMNS))
    entries = tuple(Entry(*row[1:]) for row in rows)
    newest = max((entry.id for entry in entries), default=0)
    stamp = (len(rows), newest, sum(row[0] for row in rows), sum(entry.version_id for entry in entries))
    return stamp, entries


_versions: "OrderedDict[int, Version]" = OrderedDict()
_versions_lock = threading.Lock()
VERSIONS = 512


def version(pk: int) -> Version:
    """Return a version that is or was in force, from memory where it was read before. For reading only.

    Its content cannot change; its state can, so ask the database before taking a step.
    Raises: Version.DoesNotExist, also for a draft.
    """
    found = _versions.get(pk)
    if found is None:
        related = Version.objects.select_related("service", "department")
        found = related.get(pk=pk, published_at__isnull=False)
        with _versions_lock:
            _versions[pk] = found
            while len(_versions) > VERSIONS:
                _versions.popitem(last=False)
    return found
