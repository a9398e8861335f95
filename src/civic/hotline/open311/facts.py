"""What of a ticket, a class and an answer goes out by Open311."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from civic.core.coordinates import to_wgs84
from civic.hotline.models import Category, Ticket
from civic.hotline.open311.wire import Named, Record
from civic.hotline.progress import PLAIN
from civic.hotline.states import ENDED_STATES, Kind, Outcome, TicketState

ABOUT_A_KILOMETRE = Decimal("0.01")  # degrees; an address is told to the street only
ENDED = {
    TicketState.MERGED: "DUPLICATE",
    TicketState.REFUSED: "NO_FURTHER_ACTION",
    TicketState.WITHDRAWN: "CANCELLED",
}
CAME_TO = {
    Outcome.SOLVED: "FIXED",
    Outcome.OUT_OF_SCOPE: "NOT_COUNCILS_RESPONSIBILITY",
    Outcome.NOT_SOLVED: "NO_FURTHER_ACTION",
}


def when(at: datetime | None) -> str | None:
    """Return an instant as the W3C writes it, with its zone."""
    return localtime(at).isoformat(timespec="seconds") if at else None


def service_of(category: Category) -> dict[str, Any]:
    """A class of the third level as a service type."""
    above = category.parent
    return {
        "service_code": category.code,
        "service_name": category.label,
        "description": "，".join(str(hint) for hint in category.hints),
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(str(hint) for hint in category.hints),
        "group": (above.parent or above).label if above else "",
    }


def definition_of(category: Category) -> Record:
    """What may be told beside the place: what one wants, and whether the answer may be published."""
    attributes = [
        _attribute("kind", 1, _("您要做什么"), [(code, str(words)) for code, words in Kind.choices]),
        _attribute("public", 2, _("答复以后可以公开吗"), [("yes", _("可以公开")), ("no", _("不公开"))]),
    ]
    facts = {"service_code": category.code, "attributes": Named("attributes", "attribute", attributes)}
    return Record("service_definition", facts)


def _attribute(code: str, order: int, words: str, values: list[tuple[str, str]]) -> dict[str, Any]:
    listed = Named("values", "value", [{"key": key, "name": name} for key, name in values])
    return {
        "variable": True, "code": code, "datatype": "singlevaluelist", "required": False, "datatype_description": "",
        "order": order, "description": words, "values": listed,
    }  # fmt: skip


def request_of(ticket: Ticket, *, extended: bool = False) -> dict[str, Any]:
    """What anybody may know of a ticket, loaded with its class, unit, area and key."""
    is_public = ticket.published_at is not None and ticket.wants_public
    longitude, latitude = _coarse(ticket)
    named = ticket.category.label if ticket.category else _("还没有分类的诉求")
    facts: dict[str, Any] = {
        "service_request_id": ticket.number,
        "status": "closed" if ticket.state in ENDED_STATES else "open",
        "status_notes": notes_of(ticket),
        "service_name": named,
        "service_code": ticket.category.code if ticket.category else "",
        "description": ticket.public_detail if is_public else named,
        "agency_responsible": ticket.unit.label if ticket.unit else "",
        "service_notice": "",
        "requested_datetime": when(ticket.received_at),
        "updated_datetime": when(updated_at(ticket)),
        "expected_datetime": when(ticket.due_at),
        "address": street_of(ticket),
        "address_id": ticket.area.code if ticket.area else "",
        "zipcode": None,
        "lat": latitude,
        "long": longitude,
        "media_url": "",
    }
    if extended:
        facts["extended_attributes"] = {"channel": ticket.channel, "kind": ticket.kind, "state": ticket.state}
    return facts


def notes_of(ticket: Ticket) -> str:
    """Where it stands in words, and the published answer."""
    if ticket.published_at is not None and ticket.wants_public and ticket.public_reply:
        return ticket.public_reply
    return str(PLAIN[TicketState(ticket.state)])


def updated_at(ticket: Ticket) -> datetime:
    """When something was last done to it that its own row knows of."""
    known = (ticket.received_at, ticket.dispatched_at, ticket.contacted_at, ticket.replied_at, ticket.ended_at)
    return max(at for at in known if at is not None)


def street_of(ticket: Ticket) -> str:
    """The place as far as the public may know it: city, county, town."""
    names: list[str] = []
    area = ticket.area
    while area is not None:
        names.append(area.label)
        area = area.parent
    return "".join(reversed(names)) or ticket.masked("place", "strict").rstrip("*")


def _coarse(ticket: Ticket) -> tuple[float | None, float | None]:
    if ticket.longitude is None or ticket.latitude is None:
        return None, None
    longitude, latitude = to_wgs84((ticket.longitude, ticket.latitude))
    return float(longitude.quantize(ABOUT_A_KILOMETRE)), float(latitude.quantize(ABOUT_A_KILOMETRE))


def updates_of(ticket: Ticket) -> list[dict[str, Any]]:
    """What has been done to a ticket, oldest first, in the words of the updates' extension."""
    done = [
        ("dispatched", ticket.dispatched_at, "INVESTIGATING", _("已经派给承办单位。")),
        ("contacted", ticket.contacted_at, "IN_PROGRESS", _("承办单位已经联系来电人。")),
        ("replied", ticket.replied_at, "IN_PROGRESS", _("承办单位已经答复。")),
        ("ended", ticket.ended_at, _end_of(ticket), notes_of(ticket)),
    ]
    return [
        {
            "update_id": f"{ticket.number}-{ticket.round}-{what}",
            "service_request_id": ticket.number,
            "status": status,
            "updated_datetime": when(at),
            "description": words,
            "media_url": "",
        }
        for what, at, status, words in sorted(done, key=lambda one: str(one[1] or ""))
        if at is not None
    ]


def _end_of(ticket: Ticket) -> str:
    return ENDED.get(ticket.state) or CAME_TO.get(ticket.outcome, "CLOSED")  # type: ignore[call-overload, no-any-return]
