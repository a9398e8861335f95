"""Mass incidents: open tickets that seem to be about one matter, proposed for joining, and joined in one act.

Tickets that share a number of their fingerprints are compared; those near enough (text, place, time, class) are
linked, and what hangs together is one incident. Limits: the newest 3000 open tickets of the last 30 days; of those
that share one number each is compared with the next eight; what is told in confidence is left out.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from civic.accounts.models import Account
from civic.core.errors import Conflict, Refusal, Unavailable, require
from civic.core.said import said
from civic.hotline import policies
from civic.hotline.models import Ticket
from civic.hotline.models.moving import KEEPS_WORDS
from civic.hotline.rules import NEAR_DAYS
from civic.hotline.services.heat import Heat, heat_of, said_about
from civic.hotline.services.near import Matter, Near, compare, matter_of

MOST_OPEN, SPAN = 3000, 8
LEAST = 0.5  # likeness from which on two tickets are linked
FAR = 3000.0  # metres between two known places from which on they are two matters
MOST_AT_ONCE = 500  # tickets that one act joins


@dataclass(frozen=True)
class Incident:
    """Tickets that seem to be about one matter: the one proposed as main, the others with their nearness to it."""

    main: Ticket
    others: list[Near]
    heat: Heat


@dataclass(frozen=True)
class Chosen:
    """A ticket to be joined, as somebody has seen it (`seen`: its version). `ticket` None: not found."""

    number: str
    ticket: Ticket | None
    seen: int | None = None


@dataclass(frozen=True)
class Joined:
    """What became of one ticket that was to be joined."""

    number: str
    is_done: bool
    words: str


def incidents(*, at: datetime, most: int = 30) -> list[Incident]:
    """Return what seems to be one matter among the open tickets, the hottest first."""
    since = at - timedelta(days=NEAR_DAYS)
    rows = Ticket.objects.may_be_one_matter(since=since).newest_first().values_list("pk", "bands")[:MOST_OPEN]
    pairs = set(_candidates(list(rows)))
    tickets = Ticket.objects.for_list().in_bulk({pk for pair in pairs for pk in pair})
    matters = {pk: matter_of(ticket) for pk, ticket in tickets.items()}
    groups = _linked(sorted(pairs), tickets, matters)
    said = said_about([pk for group in groups for pk in group], at=at)
    found = [
        _incident([tickets[pk] for pk in group], matters, heat_of(one for pk in group for one in said[pk]))
        for group in groups
    ]
    return sorted(found, key=lambda one: (-one.heat.value, one.main.pk))[:most]


def merge_incident(*, main: Ticket, others: Sequence[Chosen], words: str, by: Account, at: datetime) -> list[Joined]:
    """Join each of `others` to `main` by itself, and tell what became of each.

    One that has changed since it was looked at, or has ended, is told and left; it does not keep the others.
    Raises: WordsMissing without a reason; NotAllowed, Conflict where nothing can be joined to `main` at all.
    """
    why = said("words", words, most=KEEPS_WORDS)
    require(policies.why_not_lead(by, main))
    if len(others) > MOST_AT_ONCE:
        raise Conflict(_("一次最多并入%(n)s件，请分几次。") % {"n": MOST_AT_ONCE})
    return [_join(one, main, why, by, at) for one in others]


def take_out(*, ticket: Ticket, words: str, by: Account | str, at: datetime, seen: int | None = None) -> None:
    """Take a ticket out of an incident: back to the unit that held it, else to the centre. Raises as the verbs do."""
    way = ticket.separate if ticket.set_aside_at is None else ticket.give_back
    way(words=words, by=by, at=at, seen=seen)


def _join(one: Chosen, main: Ticket, why: str, by: Account, at: datetime) -> Joined:
    if one.ticket is None:
        return Joined(one.number, False, _("没有找到这件工单。"))
    try:
        one.ticket.merge(parent=main, words=why, by=by, at=at, seen=one.seen)
    except Unavailable:  # nothing can be recorded now: that is no matter of this one ticket
        raise
    except Refusal as refusal:
        return Joined(one.number, False, refusal.message)
    return Joined(one.number, True, _("已并入%(number)s") % {"number": main.number})


def _candidates(rows: Sequence[tuple[int, list[int]]]) -> Iterator[tuple[int, int]]:
    """Yield pairs of tickets that share a number of their fingerprints, each with the next few that do."""
    sharing: dict[int, list[int]] = defaultdict(list)
    for pk, bands in sorted(rows):
        for band in bands:
            sharing[band].append(pk)
    for keys in sharing.values():
        for place, pk in enumerate(keys):
            yield from ((pk, other) for other in keys[place + 1 : place + 1 + SPAN])


def _linked(
    pairs: Sequence[tuple[int, int]], tickets: dict[int, Ticket], matters: dict[int, Matter]
) -> list[list[int]]:
    """Return the groups that hang together by pairs near enough; two that are in one already are not compared."""
    group_of = {pk: [pk] for pk in tickets}
    for one, other in pairs:
        if one not in tickets or other not in tickets or group_of[one] is group_of[other]:
            continue
        near = compare(matters[one], tickets[other], matters[other].words)
        if near.likeness < LEAST or _is_elsewhere(near, tickets[one]):
            continue
        group_of[one].extend(group_of[other])
        for pk in list(group_of[other]):
            group_of[pk] = group_of[one]
    groups = {id(group): group for group in group_of.values() if len(group) > 1}
    return list(groups.values())


def _is_elsewhere(near: Near, one: Ticket) -> bool:
    """Whether the places are known to be different ones: far from each other, or in two counties."""
    if near.metres is not None:
        return near.metres > FAR
    areas = [ticket.area.code[:6] for ticket in (one, near.ticket) if ticket.area is not None]
    return len(set(areas)) > 1


def _incident(tickets: list[Ticket], matters: dict[int, Matter], heat: Heat) -> Incident:
    """The main one is who was dispatched first, else who came first."""
    main = min(tickets, key=lambda one: (one.dispatched_at is None, one.dispatched_at or one.received_at, one.pk))
    others = [compare(matters[main.pk], one, matters[one.pk].words) for one in tickets if one.pk != main.pk]
    ordered = sorted(others, key=lambda near: (-near.likeness, near.ticket.pk))
    return Incident(main, [replace(near, likeness=round(near.likeness, 2)) for near in ordered], heat)
