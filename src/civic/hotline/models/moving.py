"""What the ticket's verbs share: holding it at a unit, ending it, telling its caller."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from civic.accounts.models import Account
from civic.core.jobs import enqueue
from civic.documents.models import Document
from civic.hotline.models import clocks
from civic.hotline.models.parts import open_dispatch
from civic.hotline.states import OBJECT, RESOLVE, RESPONSE, TicketState

if TYPE_CHECKING:
    from civic.accounts.models import Department
    from civic.hotline.models.ticket import Ticket

KEEPS_WORDS = 200


def unit_of(ticket: "Ticket") -> "Department":
    """Return the unit that holds or held the ticket."""
    if ticket.unit is None:
        raise RuntimeError(f"{ticket} was never at a unit.")
    return ticket.unit


def send_to(
    ticket: "Ticket", unit: "Department", *, reason: str, by: object, at: datetime, final: bool = False
) -> None:
    """Let `unit` hold it and read what was handed in: the clocks for an objection, the contact and the answer start.

    `final`: the unit may not object any more.
    """
    _let_go(ticket, by=by, at=at)
    ticket.unit, ticket.dispatched_at = unit, at
    open_dispatch(ticket, unit, reason=reason, final=final, by=by, at=at)
    for paper in Document.objects.filter(token__in=ticket.documents) if ticket.documents else ():
        paper.grant(unit, by=by, at=at)
    if not final:
        clocks.start(ticket, OBJECT, by=by, at=at)
    ticket.act_by = clocks.start(ticket, RESPONSE, by=by, at=at)
    ticket.due_at = clocks.start(ticket, RESOLVE, by=by, at=at)


def end(ticket: "Ticket", outcome: str, *, by: object, at: datetime) -> None:
    """Stop every clock; nobody holds the ticket any longer. What was joined to it follows it."""
    _let_go(ticket, by=by, at=at)
    drop_request(ticket, gettext("工单已经结束，延期申请随之撤回。"), by=by, at=at)
    ticket.outcome, ticket.ended_at, ticket.act_by = outcome, at, None
    if ticket.joined.filter(state=TicketState.MERGED).exists():
        enqueue("civic.hotline.tasks.follow_main", ticket=ticket.pk)


def drop_request(ticket: "Ticket", words: str, *, by: object, at: datetime) -> None:
    """Withdraw a request for more time that waits for an answer: there is nothing left to decide."""
    if (asked := ticket.pending_extension) is not None:
        asked.withdraw(words=words, by=by if isinstance(by, Account) else None, at=at)


def tell(ticket: "Ticket", step: str) -> None:
    """Have the caller told of `step`."""
    enqueue("civic.hotline.tasks.announce", ticket=ticket.pk, step=step, seen=ticket.version)


def ask_rating(ticket: "Ticket") -> None:
    """Have those who spoke asked to rate the handling that is over."""
    enqueue("civic.hotline.tasks.invite", ticket=ticket.pk)


def _let_go(ticket: "Ticket", *, by: object, at: datetime) -> None:
    clocks.stop(ticket, by=by, at=at)
    for held in ticket.dispatches.filter(ended_at=None):
        held.end(at=at)
