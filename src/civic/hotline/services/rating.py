"""Ratings of tickets (好差评): the right to rate a handling that is over, and what a bad grade does.

A handling is rated once by whoever spoke, also by those whose ticket was joined to another, and once by the deputy who
brought it. The unit learns the grade, the reasons and a comment in which nobody is named; never who rated.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from civic.accounts.models import Account, Department
from civic.audit.models import Entry
from civic.hotline.models import Ticket
from civic.hotline.policies import CENTRE
from civic.hotline.states import Kind, Outcome, Secrecy, TicketState
from civic.hotline.wording import without_names
from civic.masking.models import Shredded
from civic.notifications.services import notify
from civic.ratings.models import Rating, Right
from civic.ratings.policies import speaks_for_residents
from civic.ratings.rules import SMALLEST_CELL
from civic.ratings.states import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable

HANDLING, SPONSOR = "handling", "sponsor"
BY = "rules"


@dataclass(frozen=True)
class Heard:
    """What was said of a handling, in words that name nobody."""

    at: datetime
    grade: int
    label: str
    reasons: str
    comment: str


def invite(ticket: Ticket, *, at: datetime) -> int:
    """Give everybody whose voice was handled the right to rate it, and tell them; return how many rights are new.

    Safe to call twice. With a main ticket those joined to it are asked about the same handling, each for themselves.
    """
    joined = ticket.joined.filter(state=TicketState.CLOSED).for_detail().order_by("pk")
    return sum(_invite_one(one, at=at) for one in (ticket, *joined))


def may_be_rated(ticket: Ticket) -> bool:
    """Whether a handling is over that somebody may rate; who reports wrongdoing without a name is not asked again."""
    is_secret = ticket.kind == Kind.REPORT and ticket.secrecy == Secrecy.ANONYMOUS
    return ticket.state == TicketState.CLOSED and ticket.outcome != Outcome.HANDED_OVER and not is_secret


def hear(rating: Rating, *, at: datetime) -> bool:
    """Have a ticket handled again because of a bad grade; return whether it was.

    One that was answered together with another becomes its own ticket. Once a handling, however often this runs; not
    if the grade has become a good one, if it is handled again already, or if the profile allows no further handling:
    then the remedy stands, and supervisors look into it.
    """
    right = rating.right
    if not rating.is_bad or not is_of_ticket(right):
        return False
    with transaction.atomic():
        held = Ticket.objects.select_for_update(of=("self",)).select_related("parent")
        ticket = held.get(pk=int(right.subject.rpartition(":")[2]))
        if ticket.round != _round_of(right) or ticket.why_not("handle_again", BY, at=at) is not None:
            return False
        why = "、".join(rating.reason_labels)
        words = f"回访或者评价反映没有办好{f'（{why}）' if why else ''}，请核实后重新办理。"
        ticket.handle_again(words=words, by=BY, at=at)
    return True


def is_of_ticket(right: Right) -> bool:
    """Whether a right is about a ticket."""
    return right.subject.startswith(f"{Ticket._meta.label_lower}:")


def right_of(ticket: Ticket, *, sponsor: bool = False) -> Right | None:
    """Return the newest right to rate this ticket: its caller's, or its sponsor's; None where there is none."""
    step = SPONSOR if sponsor else HANDLING
    found = Right.objects.about(ticket.ledger_id()).filter(step__startswith=f"{step}-").for_list().first()
    right: Right | None = found
    return right


def unused_right_of(ticket: Ticket, *, at: datetime) -> Right | None:
    """Return the caller's right that can be used now; None where there is none, or it was used."""
    mine = Right.objects.about(ticket.ledger_id()).open(at=at).filter(step__startswith=f"{HANDLING}-")
    right: Right | None = mine.for_list().first()
    return right


def heard_of(ticket: Ticket, *, reader: Account) -> list[Heard]:
    """Return what was said of a ticket and of those joined to it, newest first; who said which is not in it.

    Whoever is not of the centre reads nothing where fewer than five could have said it: it would tell who did.
    """
    joined = list(ticket.joined.select_related("key"))
    if not reader.has_any_role(*CENTRE) and 1 + len(joined) < SMALLEST_CELL:
        return []
    subjects = [one.ledger_id() for one in (ticket, *joined)]
    names = _names((ticket, *joined))
    found = Rating.objects.about(*subjects).counted().for_list()
    return [
        Heard(
            one.submitted_at, one.grade, str(one.get_grade_display()), "、".join(one.reason_labels),
            without_names(one.masked("comment", "strict"), names),
        )
        for one in found
    ]  # fmt: skip


def _invite_one(ticket: Ticket, *, at: datetime) -> int:
    main = ticket.parent or ticket
    unit = main.unit or _answered_by(main)
    if not may_be_rated(ticket) or unit is None:
        return 0
    made = 0
    if ticket.caller is None or speaks_for_residents(ticket.caller):
        made += _grant(ticket, main, unit, HANDLING, ticket.caller, at=at)
    if ticket.sponsor is not None and speaks_for_residents(ticket.sponsor):
        made += _grant(ticket, main, unit, SPONSOR, ticket.sponsor, at=at)
    return made


def _answered_by(ticket: Ticket) -> Department | None:
    """The unit whose answer ended a ticket that was never dispatched: the centre, at the phone."""
    reply = ticket.passed_reply
    return reply.unit if reply is not None else None


def _grant(ticket: Ticket, main: Ticket, unit: Department, step: str, holder: Account | None, *, at: datetime) -> int:
    category = main.category
    facts = {
        "service_code": f"12345-{category.code}" if category else "12345",
        "service_name": f"12345热线：{category.name}" if category else "12345热线",
        "service_name_en": f"12345 hotline: {category.name_en}" if category and category.name_en else "12345 hotline",
    }
    with transaction.atomic():
        right, token = Right.objects.grant(
            subject=ticket.ledger_id(), step=f"{step}-{ticket.round}", channel=Channel.HOTLINE, number=ticket.number,
            department=unit, handlers=_handlers(ticket, main), holder=holder, by="timer", at=at, **facts,
        )  # fmt: skip
        if token is None:
            return 0
        if holder is not None:
            names = {"number": ticket.number, "service": right.service_name, "service_en": right.service_name_en}
            about = f"{ticket.ledger_id()}/rate/{right.step}"
            notify(holder, "rating.invited", subject=about, variables={**names, "link": right.path(token)}, at=at)
    return 1


def _handlers(*tickets: Ticket) -> list[int]:
    """Return the ids of the accounts that did something with them; whoever only looked is free."""
    acts = Entry.objects.filter(subject__in=[one.ledger_id() for one in tickets]).exclude(step__endswith=".read")
    actors = acts.filter(actor__startswith="accounts.account:").values_list("actor", flat=True).distinct()
    speak = {one.caller_id for one in tickets} | {one.sponsor_id for one in tickets}
    return [pk for actor in actors if (pk := int(actor.rpartition(":")[2])) not in speak]


def _round_of(right: Right) -> int:
    return int(right.step.rpartition("-")[2])


def _names(tickets: "Iterable[Ticket]") -> tuple[str, ...]:
    found = []
    for ticket in tickets:
        try:
            found.append(ticket.clear("name"))
        except Shredded:
            continue
    return tuple(name for name in found if name)
