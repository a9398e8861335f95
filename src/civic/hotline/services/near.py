"""What is near a ticket: the same matter, told in almost the same words, about the same place and time."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from civic.core.near import bands, similarity
from civic.hotline.models import Ticket
from civic.hotline.querysets import TicketQuerySet
from civic.hotline.rules import NEAR_DAYS, likeness
from civic.masking.models import Shredded

CANDIDATES = 200
LEAST_WORDS = 8  # characters


@dataclass(frozen=True)
class Near:
    """A ticket that may be about the same matter, and how much speaks for it (0 to 1).

    `text` is how alike the words are (0 to 1), `metres` how far the places are apart (None: one of them is not known),
    `days` how far the times.
    """

    ticket: Ticket
    likeness: float
    text: float
    metres: float | None = None
    days: float = 0.0


def bands_of(text: str) -> list[int]:
    """Return the fingerprint of a text, as it is stored and searched."""
    return list(bands(text))


@dataclass(frozen=True)
class Matter:
    """What is said, when and where: of a ticket, or of what is not one yet. Degrees as in a ticket."""

    words: str
    received_at: datetime
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    category_id: int | None = None


def near(ticket: Ticket, *, most: int = 5, least: float = 0.5) -> list[Near]:
    """Return open or recent tickets that may be about the same matter, the likeliest first."""
    return near_matter(matter_of(ticket), among=Ticket.objects.exclude(pk=ticket.pk), most=most, least=least)


def near_matter(matter: Matter, *, among: TicketQuerySet, most: int, least: float) -> list[Near]:
    """Return those of `among` that came in lately and may be about what is said, the likeliest first.

    Too few words are near everything and nothing: none is found.
    """
    if len(matter.words.strip()) < LEAST_WORDS:
        return []
    since = matter.received_at - timedelta(days=NEAR_DAYS)
    others = among.near(bands_of(matter.words)).filter(parent=None, received_at__gte=since)
    found = [compare(matter, other) for other in others.for_list().newest_first()[:CANDIDATES]]
    return sorted((one for one in found if one.likeness >= least), key=lambda one: -one.likeness)[:most]


def matter_of(ticket: Ticket) -> Matter:
    """Return what a ticket says, where and when; without words where its caller's key is gone."""
    place = (ticket.longitude, ticket.latitude)
    return Matter(_words(ticket), ticket.received_at, *place, ticket.category_id)


def compare(matter: Matter, other: Ticket, words: str | None = None) -> Near:
    """Return how near a ticket is to a matter. `words`: the ticket's own, where the caller has read them already."""
    text = similarity(matter.words, _words(other) if words is None else words)
    metres, days = metres_between(matter, other), _days(matter.received_at, other.received_at)
    same = matter.category_id is not None and matter.category_id == other.category_id
    return Near(other, likeness(text=text, metres=metres, days=days, same_class=same), text, metres, days)


def _words(ticket: Ticket) -> str:
    try:
        return f"{ticket.clear('title')}\n{ticket.clear('detail')}"
    except Shredded:
        return ""


def _days(one: datetime, other: datetime) -> float:
    return abs((one - other).total_seconds()) / 86400


def metres_between(one: Ticket | Matter, other: Ticket | Matter) -> float | None:
    """Return the distance of two tickets' places in metres; None where one has no place."""
    if one.longitude is None or one.latitude is None or other.longitude is None or other.latitude is None:
        return None
    middle = math.radians(float(one.latitude + other.latitude) / 2)
    east = math.radians(float(other.longitude - one.longitude)) * math.cos(middle)
    north = math.radians(float(other.latitude - one.latitude))
    return 6_371_000 * math.hypot(east, north)
