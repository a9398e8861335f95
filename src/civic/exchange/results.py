"""What is asked of the exchange and what it answers, field by field. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Ask:
    """One question: of which resource, about whom (key fields), which fields; none named: all that are granted."""

    resource: str
    subject: Mapping[str, str]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """Why it is asked. `case` is a number, `draft:<token>` or nothing; `on_behalf_of` a ledger id, never a name."""

    service: str
    case: str
    purpose: str
    on_behalf_of: str
    by: object
    """Whoever asks: an account, or a code such as "timer"; what may be asked hangs on it."""
    pressed_by: object = None
    """The account that had `by` ask, for the record; None where nobody had to."""

    @property
    def actor(self) -> object:
        """Who is named in the record."""
        return self.by if self.pressed_by is None else self.pressed_by


@dataclass(frozen=True)
class Value:
    """What the source says is true as of `as_of`; `is_stale`: the source is silent, this is its last good answer."""

    value: Any
    as_of: datetime
    source: str
    is_stale: bool = False


@dataclass(frozen=True)
class Unavailable:
    """There is no value now, for `reason` (see rules.REASONS)."""

    reason: str
    source: str


@dataclass(frozen=True)
class Denied:
    """The field was not asked for, by `rule` (see rules.words_of_rule)."""

    rule: str


@dataclass(frozen=True)
class Disputed:
    """The source says `value`, and somebody has contested it since `since`: not to be relied on."""

    value: Any
    since: datetime
    source: str


Result = Value | Unavailable | Denied | Disputed


@dataclass(frozen=True)
class Drawn:
    """What came of one question.

    `state`: answered | stale | empty (the source has no such record) | unavailable | denied. `records` is empty but in
    the first two. `fields` says of every field asked for what the first record holds, or why there is nothing.
    """

    state: str
    source: str
    fields: Mapping[str, Result]
    records: list[dict[str, Result]] = field(default_factory=list)
    as_of: datetime | None = None
    reason: str = ""
    call: str = ""
    """The public number of the call, for the link by which a value is contested."""

    def one(self, name: str) -> Result:
        """Return the result of `name` in the first record, or why there is none."""
        return self.fields.get(name, Denied("not-asked"))

    def value(self, name: str) -> Any:
        """Return the value of `name` where it is fresh and undisputed; None everywhere else."""
        found = self.one(name)
        return found.value if isinstance(found, Value) and not found.is_stale else None
