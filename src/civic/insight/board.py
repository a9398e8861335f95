"""The board: every figure of one scope, counted in one go, and up to when its numbers stand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from civic.insight import figures, rules
from civic.insight.cards import cards
from civic.insight.issues import issues
from civic.insight.models import Reading, Sheet
from civic.insight.rates import rates
from civic.insight.scope import Scope

if TYPE_CHECKING:
    from civic.accounts.models import Account

Made = Callable[[], figures.Figure]
KEYS = ("volume", "categories", "issues", "areas", "channels", "response", "resolution", "rates", "cards")


@dataclass(frozen=True)
class Standing:
    """Up to when the numbers of a period stand: `at` (None: nothing was counted yet), days that wait to be counted."""

    at: datetime | None
    waiting: int


@dataclass(frozen=True)
class Board:
    """The figures of a scope and up to when they stand."""

    scope: Scope
    figures: list[figures.Figure]
    standing: Standing


def board(scope: Scope, *, today: date, reader: "Account | None" = None, keys: tuple[str, ...] = KEYS) -> Board:
    """Return the figures named, of this scope. `reader`: the official who looks; None: the public."""
    table = read(scope)
    made = _makers(table, scope, reader)
    return Board(scope, [made[key]() for key in keys], standing(scope, today=today))


def read(scope: Scope) -> rules.Table:
    """Return the tickets of a scope as columns."""
    return scope.cut(rules.unpack(_sheets(Sheet.Kind.TICKETS, scope)))


def read_calls(scope: Scope) -> rules.Table:
    """Return the calls back of a scope as columns."""
    return scope.cut_calls(rules.unpack(_sheets(Sheet.Kind.CALLS, scope), rules.CALL_COLUMNS))


def standing(scope: Scope, *, today: date) -> Standing:
    """Return up to when the numbers of a scope stand."""
    reading = Reading.objects.filter(pk=1).first()
    known = Sheet.objects.of_kind(Sheet.Kind.TICKETS).between(scope.since, scope.until)
    first = Sheet.objects.order_by("day").values_list("day", flat=True).first()
    begin, end = max(scope.since, first or scope.until), min(scope.until, _after(today))
    missing = max((end - begin).days, 0) - known.count()
    return Standing(reading.at if reading else None, known.stale().count() + max(missing, 0))


def _makers(table: rules.Table, scope: Scope, reader: "Account | None") -> dict[str, Made]:
    counted: dict[str, Callable[[rules.Table, Scope], figures.Figure]] = {
        "volume": figures.volume, "categories": figures.categories, "areas": figures.areas,
        "channels": figures.channels, "response": figures.response_time, "resolution": figures.resolution_time,
    }  # fmt: skip
    made: dict[str, Made] = {key: _of(count, table, scope) for key, count in counted.items()}
    return made | {
        "issues": lambda: issues(table, scope, reader),
        "rates": lambda: rates(read_calls(scope), scope),
        "cards": lambda: cards(scope, handled=rules.size_of(table)),
    }


def _sheets(kind: str, scope: Scope) -> Iterator[tuple[date, int, bytes]]:
    found = Sheet.objects.of_kind(kind).between(scope.since, scope.until).values_list("day", "size", "packed")
    return ((day, size, bytes(packed)) for day, size, packed in found.iterator())


def _of(count: Callable[[rules.Table, Scope], figures.Figure], table: rules.Table, scope: Scope) -> Made:
    return lambda: count(table, scope)


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
