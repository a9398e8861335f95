"""Tickets of the past: taken in with their real times, once, whatever system they come from.

An imported ticket has the life that its source tells, no more: clocks start and stop at the times given, a card is
given for what ended after its time, and nothing that runs now is told to anybody. Its ledger entry is of today.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from civic.accounts.models import Account, Department
from civic.areas.models import Area
from civic.audit.services import record
from civic.deadlines.measures import Unit
from civic.deadlines.models import Clock, Fired
from civic.deadlines.services import workdays_between
from civic.hotline.models import Category, Dispatch, Profile, Reply, Revisit, Ticket
from civic.hotline.models.clocks import start
from civic.hotline.models.parts import difficulty_of
from civic.hotline.models.questions import Call
from civic.hotline.services.carding import give_card
from civic.hotline.services.intake import draw_number
from civic.hotline.services.near import bands_of
from civic.hotline.states import RESOLVE, Channel, Kind, Outcome, TicketState
from civic.masking.models import SubjectKey

BY = "import"
CARDED = ("yellow", "red")  # near its end is a reminder: it is given to those who can still act on it


@dataclass(frozen=True)
class Past:
    """One ticket as its source tells it. Times are None where the source is silent; `deadline` is the published one."""

    origin: str
    title: str
    detail: str
    received_at: datetime
    kind: str = Kind.HELP
    channel: str = Channel.IMPORT
    author: str = ""
    category: Category | None = None
    unit: Department | None = None
    area: Area | None = None
    dispatched_at: datetime | None = None
    deadline: datetime | None = None
    contacted_at: datetime | None = None
    done_at: datetime | None = None
    reply: str = ""
    replied_at: datetime | None = None
    call: Call | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


def take_in_past(past: Past, *, by: Account, at: datetime) -> tuple[Ticket, bool]:
    """Take one ticket of the past in; return it and whether it is new. A second time changes nothing.

    `by` stands for the import in what names a person: whoever started it.
    """
    with transaction.atomic():
        known = Ticket.objects.filter(origin=past.origin).first()
        if known is not None:
            return known, False
        ticket = _new(past, at=at)
        ticket.save(force_insert=True)
        clock = _start_clock(ticket, past)
        ticket.save(update_fields=["due_at", "act_by"])
        ticket.new_parts = None
        _add_parts(ticket, past, by=by)
        record(at=at, actor=by, step="hotline.ticket.import", subject=ticket, detail={"channel": ticket.channel})
        if clock is not None and past.done_at is not None:
            _run_out(clock, until=past.done_at)
    return ticket, True


def author_mark(source: str, user: str) -> str:
    """Return a mark under which one author of a source is counted once, and from which nobody reads who it is."""
    return hashlib.blake2b(
        f"{source}:{user}".encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=8
    ).hexdigest()


def _new(past: Past, *, at: datetime) -> Ticket:
    pk, number = draw_number(past.received_at)
    ticket = Ticket(
        pk=pk, number=number, origin=past.origin, profile=Profile.objects.in_force(settings.TICKET_PROFILE),
        channel=past.channel, kind=past.kind, secrecy="ANONYMOUS", category=past.category, unit=past.unit,
        area=past.area,
        key=SubjectKey.objects.create_key(), received_at=past.received_at, dispatched_at=past.dispatched_at,
        contacted_at=past.contacted_at, replied_at=past.replied_at, ended_at=past.done_at,
        facts={**past.facts, **({"author": past.author} if past.author else {})}, state=_state(past),
        outcome=Outcome.EXPLAINED if past.done_at else "",
    )  # fmt: skip
    ticket.new_parts = {}
    ticket.set_personal("title", past.title)
    ticket.set_personal("detail", past.detail)
    ticket.bands = bands_of(f"{past.title}\n{past.detail}")
    return ticket


def _state(past: Past) -> str:
    """Return where it stands: ended, at its unit, or with nothing known of its life."""
    if past.done_at is not None or past.unit is None or past.dispatched_at is None:
        return TicketState.CLOSED
    return TicketState.HANDLING


def _start_clock(ticket: Ticket, past: Past) -> Clock | None:
    """Start the time to answer when it really began; its limit is the published one where there is one."""
    if past.dispatched_at is None:
        return None
    if past.deadline is None:
        ticket.due_at = start(ticket, RESOLVE, by=BY, at=past.dispatched_at)
    else:
        days = workdays_between(localdate(past.dispatched_at), localdate(past.deadline))
        budget, unit = (Decimal(days), Unit.WORKDAY) if days > 0 else (Decimal(1), Unit.NATURAL_DAY)
        ticket.due_at = Clock.objects.start(
            subject=ticket, kind=RESOLVE, budget=budget, unit=unit, by=BY, at=past.dispatched_at
        ).due_at
    ticket.act_by = ticket.due_at if past.done_at is None else None
    clock: Clock = Clock.objects.of(ticket.ledger_id()).get(kind=RESOLVE)
    return clock


def _add_parts(ticket: Ticket, past: Past, *, by: Account) -> None:
    if past.unit is not None and past.dispatched_at is not None:
        Dispatch.objects.create(
            ticket=ticket, round=1, nth=1, unit=past.unit, difficulty=difficulty_of(ticket), reason=BY, is_final=True,
            at=past.dispatched_at, acknowledged_at=past.dispatched_at, acknowledged_by=by, ended_at=past.done_at,
        )  # fmt: skip
    if past.reply:
        unit = past.unit or Department.objects.get(code=settings.HOTLINE_CENTRE)
        when = past.replied_at or past.done_at or past.received_at
        reply = Reply(ticket=ticket, round=1, nth=1, unit=unit, outcome=Outcome.EXPLAINED, by=by, at=when)
        reply.is_passed, reply.checked_by, reply.checked_at = True, by, when
        reply.set_personal("words", past.reply)
        reply.save(force_insert=True)
    if past.call is not None and past.done_at is not None:
        said = past.call
        Revisit.objects.create(
            ticket=ticket, round=1, nth=1, way=said.way, reached=said.reached, contacted=said.contacted,
            solved=said.solved, stars=said.stars, by=by, at=past.done_at,
        )  # fmt: skip


def _run_out(clock: Clock, *, until: datetime) -> None:
    """Let the clock run as it did: pass its rungs at their times, stop, and bring the cards of what was late."""
    passed = [(rung, when) for rung, when in clock.ladder() if when <= until]
    for rung, when in passed:
        if Fired.objects.claim(clock_id=clock.pk, rung=rung, at=when):
            clock.ring(rung=rung, at=when)
    clock.stop(by=BY, at=until)
    if clock.is_overdue(at=until):
        for rung, when in passed:
            if rung in CARDED:
                give_card(clock, rung, past=True, at=when)
