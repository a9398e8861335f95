"""Hot topics of the city's own tickets: what people of the last 30 days speak of, named, the hottest first.

Titles and texts are read without numbers, names and addresses of persons; what was told in confidence is left out.
Limits: the newest 5000 tickets; a matter is told apart by words that others do not use, so that where all speak of
one matter alone none is found. Needs scipy through text.topics: a worker's job imports it, no web process does.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from civic.hotline.models import Hotspot, Ticket
from civic.hotline.rules import NEAR_DAYS, Said
from civic.hotline.services.heat import heat_of, said_about
from civic.hotline.text.topics import Topic, Voice, topics
from civic.hotline.wording import for_others
from civic.masking.models import Shredded

MOST, KEPT = 5000, 20
LEAST = 3  # people who have to speak of it


def find_hotspots(*, at: datetime) -> int:
    """Find what many speak of now, put it in the place of what was found before, and return how much it is."""
    tickets = Ticket.objects.told_openly().since(at - timedelta(days=NEAR_DAYS)).newest_first()
    voices = list(_voices(list(tickets.select_related("key")[:MOST])))
    shared = [topic for topic in topics(voices) if topic.messages > 1] if len(voices) >= LEAST else []
    said = said_about([int(pk) for topic in shared for pk in topic.ids], at=at)
    spots = [_spot(topic, said) for topic in shared]
    found = sorted((spot for spot in spots if spot.people >= LEAST), key=lambda spot: (-spot.heat, spot.tickets))[:KEPT]
    Hotspot.objects.replace(found, at=at)
    return len(found)


def _voices(tickets: list[Ticket]) -> Iterator[Voice]:
    """Yield what each ticket says, in words that name nobody; nothing of one whose caller's key is gone."""
    for ticket in tickets:
        try:
            name = ticket.clear("name")
            title, detail = (for_others(ticket.clear(part), [name] if name else []) for part in ("title", "detail"))
        except Shredded:
            continue
        yield Voice(str(ticket.pk), str(ticket.pk), ticket.received_at, title, detail, 0)


def _spot(topic: Topic, said: Mapping[int, list[Said]]) -> Hotspot:
    keys = sorted(int(pk) for pk in topic.ids)
    heat = heat_of(one for pk in keys for one in said[pk])
    return Hotspot(
        name=topic.name[:120], place=topic.place[:60], begun_at=topic.start, newest_at=topic.end, tickets=keys,
        people=heat.people, heat=heat.value,
    )  # fmt: skip
