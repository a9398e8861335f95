"""How hot a matter is: the people who speak of it, each once, however often and by whatever way they do."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from civic.hotline.models import Ticket, Voice
from civic.hotline.rules import Said, heat, people

MOST = 2000  # crowded tickets that are weighed for a list


@dataclass(frozen=True)
class Heat:
    """How many people speak of something, and how hot that is now (see rules.heat)."""

    people: int
    value: float

    @property
    def tenths(self) -> str:
        """As it stands on a page."""
        return f"{self.value:.1f}"


def said_about(mains: Collection[int], *, at: datetime) -> dict[int, list[Said]]:
    """Return who has said something about these tickets, by their keys; with what is joined to them and "me too"."""
    found: dict[int, list[Said]] = defaultdict(list)
    wanted = set(mains)
    rows = Ticket.objects.about(wanted).values_list("pk", "parent", "caller", "phone_index", "received_at", "bands")
    for pk, parent, caller, phone, received_at, bands in rows:
        said = Said(caller, phone, _days(received_at, at), frozenset(bands))
        found[pk if pk in wanted or parent is None else parent].append(said)
    voices = Voice.objects.about(wanted).values_list("ticket", "ticket__parent", "account", "known_by", "at")
    for ticket, parent, account, phone, said_at in voices:
        found[ticket if ticket in wanted or parent is None else parent].append(Said(account, phone, _days(said_at, at)))
    return found


def heat_of(said: Iterable[Said]) -> Heat:
    """Return how hot it is that these things are said."""
    days = people(said)
    return Heat(len(days), heat(days))


def heats(mains: Collection[int], *, at: datetime) -> Mapping[int, Heat]:
    """Return how hot each ticket is, by its key."""
    said = said_about(mains, at=at)
    return {main: heat_of(said[main]) for main in mains}


def hottest(*, at: datetime, most: int = 20) -> list[tuple[Ticket, Heat]]:
    """Return the open tickets that most people share, the hottest first, among the 2000 newest that anybody shares."""
    crowded = list(Ticket.objects.crowded().newest_first().values_list("pk", flat=True)[:MOST])
    found = heats(crowded, at=at)
    first = sorted(crowded, key=lambda pk: (-found[pk].value, pk))[:most]
    tickets = Ticket.objects.for_list().in_bulk(first)
    return [(tickets[pk], found[pk]) for pk in first if pk in tickets]


def _days(moment: datetime, at: datetime) -> float:
    return max(0.0, (at - moment).total_seconds() / 86400)
