"""The clocks of a ticket: dispatch, objection, first contact, answer, check, call back."""

from datetime import datetime
from typing import TYPE_CHECKING

from civic.deadlines.models import Clock
from civic.deadlines.states import SUSPENDED, Reason
from civic.hotline.rules import Limit
from civic.hotline.states import CHECK, DISPATCH, OBJECT, RECONSIDER, RESOLVE, RESPONSE, REVISIT, Wait

if TYPE_CHECKING:
    from civic.hotline.models.ticket import Ticket

WAIT_BASIS = "12345热线时限方案：需要来电人补充情况或者等待第三方检测、鉴定的时间不计入办理时限"
JOINED_BASIS = "12345热线时限方案：并案期间由主件计时，分出后接着计算"
REASONS = {Wait.CALLER: Reason.CALLER, Wait.THIRD_PARTY: Reason.THIRD_PARTY}
STAGE_OF = {DISPATCH: "dispatch", OBJECT: "objection", RESPONSE: "response", RESOLVE: "resolve", CHECK: "check",
            RECONSIDER: "reconsider"}  # fmt: skip


def start(ticket: "Ticket", kind: str, *, by: object, at: datetime) -> datetime | None:
    """Start the clock of this kind after the ticket's profile; return when it ends."""
    limit, terms = _limit(ticket, kind), ticket.profile.read()
    most = terms.counts["extensions"] if kind == RESOLVE else 0
    clock = Clock.objects.start_in_any_year(
        subject=ticket, kind=kind, budget=limit.budget, unit=limit.unit, by=by, at=at, most_extensions=most
    )
    return clock.due_at


def running(ticket: "Ticket", kind: str) -> Clock | None:
    """Return the open clock of this kind; None where none is."""
    found: Clock | None = Clock.objects.of(ticket.ledger_id()).open().filter(kind=kind).first()
    return found


def stop(ticket: "Ticket", *kinds: str, by: object, at: datetime) -> None:
    """Stop the open clocks of these kinds, or all of them."""
    Clock.objects.stop_open(ticket, *kinds, by=by, at=at)


def pause(ticket: "Ticket", *, reason: str, basis: str, by: object, at: datetime) -> None:
    """Let the time to answer stand still."""
    clock = running(ticket, RESOLVE)
    if clock is not None:
        clock.suspend(reason=reason, basis=basis, by=by, at=at)


def go_on(ticket: "Ticket", *, by: object, at: datetime) -> datetime | None:
    """Let the time to answer run again; return when it ends."""
    clock = running(ticket, RESOLVE)
    if clock is None:
        return None
    clock.resume(by=by, at=at)
    return clock.due_at


def set_aside(ticket: "Ticket", *, by: object, at: datetime) -> None:
    """Let every clock stand still: the ticket is answered with another one."""
    for clock in Clock.objects.of(ticket.ledger_id()).running():
        clock.suspend(reason=Reason.OTHER, basis=JOINED_BASIS, by=by, at=at)


def take_up(ticket: "Ticket", *, by: object, at: datetime) -> dict[str, datetime | None]:
    """Let every clock run on from what is left of it; return when each ends, by kind."""
    ends = {}
    for clock in Clock.objects.of(ticket.ledger_id()).open():
        if clock.state == SUSPENDED:
            clock.resume(by=by, at=at)
        ends[clock.kind] = clock.due_at
    return ends


def _limit(ticket: "Ticket", kind: str) -> Limit:
    terms = ticket.profile.read()
    if kind == RESPONSE:
        return terms.limit("response", ticket.urgency)
    if kind == RESOLVE:
        return terms.limit("resolve", ticket.kind)
    if kind == REVISIT:
        return terms.limit("revisit", ticket.urgency)
    return terms.limit(STAGE_OF[kind], ticket.urgency)
