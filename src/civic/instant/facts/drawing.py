"""Drawing facts from the exchange: one question each, all at once, and what a result means on a sheet."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from civic.exchange.results import Ask, Context, Denied, Disputed, Unavailable, Value
from civic.exchange.services import draw

if TYPE_CHECKING:
    from civic.accounts.models import Person
    from civic.cases.models import Case
    from civic.exchange.results import Drawn
    from civic.instant.facts.sheet import Sheet

DEADLINE_SECONDS = 3.0
RULES = "rules"


def draw_for(case: "Case", asks: Mapping[str, Ask], *, at: datetime, by: object = RULES) -> "dict[str, Drawn]":
    """Ask the departments everything at once, for deciding this case; `source` is then the resource's code.

    The rules ask, under what the service may ask; the record names the official `by` who had them ask again.
    Raises: LedgerClosed.
    """
    if not asks:
        return {}
    subject = case.person or (case.organisation.representative if case.organisation else None)
    context = Context(
        service=case.service_version.service.code,
        case=case.number,
        purpose="decide",
        on_behalf_of=subject.ledger_id() if subject else "",
        by=RULES,
        pressed_by=by,
    )
    drawn = draw(asks, context=context, at=at, deadline=DEADLINE_SECONDS)
    return {name: replace(found, source=asks[name].resource) for name, found in drawn.items()}


def draw_about(
    person: "Person", asks: Mapping[str, Ask], *, service: str, purpose: str, by: object, at: datetime
) -> "dict[str, Drawn]":  # fmt: skip
    """Ask about a person where there is no case yet: for what is offered to them. Raises: LedgerClosed."""
    context = Context(service=service, case="", purpose=purpose, on_behalf_of=person.ledger_id(), by=by)
    return draw(asks, context=context, at=at, deadline=DEADLINE_SECONDS)


def put(
    sheet: "Sheet", key: str, drawn: "Drawn | None", field: str, read: Callable[[Any], Any] = lambda value: value
) -> None:
    """Put one field of a draw on the sheet, as `read` understands it; what was not got is unknown, with its reason.

    Only what the source says now decides: a contested value, or one kept from an earlier answer, is unknown.
    """
    if drawn is None:
        sheet.put(key, None, "", reason="NO_RECORD")
        return
    match result := drawn.one(field):
        case Value(is_stale=False):
            sheet.put(key, read(result.value), drawn.source, as_of=result.as_of)
        case Value():
            sheet.put(key, None, drawn.source, as_of=result.as_of, reason="STALE")
        case Disputed():
            sheet.put(key, None, drawn.source, reason="DISPUTED")
        case Unavailable():
            sheet.put(key, None, drawn.source, reason=result.reason)
        case Denied():
            sheet.put(key, None, drawn.source, reason="DENIED")


def value(drawn: "Drawn | None", field: str) -> Any:
    """Return what the source says of a field now; None where it is not known."""
    return drawn.value(field) if drawn is not None else None


def has_answered(drawn: "Drawn | None") -> bool:
    """Whether the source answered now, if only that it knows of no record."""
    return drawn is not None and drawn.state in ("answered", "empty")
