"""A call at the seat: who rang before, what is near, and the ticket with the end that the call took."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Account
from civic.audit.services import record
from civic.catalogue.models import Service
from civic.core.errors import FieldError, Invalid
from civic.core.personal import same_width
from civic.hotline.models import Ticket
from civic.hotline.services.intake import Caller, Intake, take_in
from civic.hotline.states import Emergency
from civic.masking.keys import indexes

HISTORY, ARTICLES = 5, 5
REGISTER, ANSWER, JOIN = "register", "answer", "join"


@dataclass(frozen=True)
class Ending:
    """How a call ends: REGISTER for dispatch, ANSWER with `words`, JOIN to the ticket `parent`, or 110, 119, 120."""

    how: str = REGISTER
    words: str = ""
    parent: Ticket | None = None


def take_call(*, intake: Intake, caller: Caller, ending: Ending, by: Account, at: datetime) -> Ticket:
    """Write down what a caller says and end the call; all of it or nothing.

    Raises: TicketIncomplete, and what the verb of the ending raises.
    """
    with transaction.atomic():
        ticket = take_in(intake, caller=caller, by=by, at=at)
        if ending.how == ANSWER:
            ticket.answer_live(words=ending.words, by=by, at=at)
        elif ending.how == JOIN:
            ticket.merge(parent=_parent(ending), by=by, at=at)
        elif ending.how in Emergency.values:
            ticket.hand_over(to=ending.how, by=by, at=at)
    return ticket


def _parent(ending: Ending) -> Ticket:
    if ending.parent is None:
        wrong = _("没有找到要并入的工单，请核对编号。")
        raise Invalid(wrong, errors=[FieldError("parent", "not-found", wrong)])
    return ending.parent


def earlier_of(phone: str, *, by: Account, at: datetime) -> list[Ticket]:
    """Return the newest tickets of the caller with this number; that they were read is recorded."""
    digits = "".join(c for c in same_width(phone) if c.isdigit())
    if len(digits) < 7:
        return []
    found = Ticket.objects.visible_to(by).of_phone(indexes(phone.strip()[:20], "phone"))
    tickets = list(found.newest_first().for_list()[:HISTORY])
    with transaction.atomic():
        for ticket in tickets:
            record(at=at, actor=by, step="hotline.ticket.read", subject=ticket.ledger_id(), purpose="来电识别")
    return tickets


def articles_about(typed: str, hints: Collection[str] = ()) -> list[Service]:
    """Return what the catalogue of services knows about it: by what was typed, else by a word that was said."""
    for words in (typed, *sorted(hints, key=len, reverse=True)):
        if words.strip():
            found = list(Service.objects.published().search(q=words[:40]).for_list()[:ARTICLES])
            if found or words == typed:
                return found
    return []
