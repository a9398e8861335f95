"""Tickets as matters of supervision: complaining of how one is handled, and putting one on an agenda."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Department
from civic.core.errors import Conflict, NotAllowed
from civic.core.ids import normalise_number
from civic.hotline.models import Ticket
from civic.hotline.models.parts import difficulty_of
from civic.hotline.states import TicketState
from civic.supervision.models import Complaint
from civic.supervision.models.matter import Supervised

LABEL = "hotline.ticket"


class NobodyHandlesIt(Conflict):
    """There is no unit yet whose handling one could complain of."""

    code = "nobody-handles-it"


def matter_of(ticket: Ticket) -> Supervised:
    """Return what supervision knows of a ticket."""
    category = ticket.category
    return Supervised(
        subject=ticket.ledger_id(), number=ticket.number, label=LABEL, category=category.code if category else "",
        difficulty=difficulty_of(ticket), units=frozenset(_units(ticket)),
    )  # fmt: skip


def _units(ticket: Ticket) -> set[int]:
    """Return the units that hold or have held it, and the centre that takes, checks and calls back."""
    centre = Department.objects.filter(code=settings.HOTLINE_CENTRE).values_list("pk", flat=True)
    return {*ticket.dispatches.values_list("unit", flat=True), *centre}


def find_matter(number: str) -> Supervised | None:
    """Return the matter with a number as typed; None where there is none."""
    ticket = Ticket.objects.filter(number=normalise_number(number)).select_related("category").first()
    return matter_of(ticket) if ticket is not None else None


def stuck_matters(*, at: datetime, most: int = 30) -> list[dict[str, str]]:
    """Return the matters that no unit settles alone, the most urgent first, each with `words` that say why."""
    found = Ticket.objects.stuck(at=at).by_urgency()[:most]
    return [{**matter_of(ticket).names(), "words": _why_stuck(ticket)} for ticket in found]


def _why_stuck(ticket: Any) -> str:
    facts = {"objections": ticket.objections_count, "units": ticket.units_count}
    if ticket.state == TicketState.MEETING:
        return _("正在会商：退单%(objections)s次，先后派过%(units)s个单位。") % facts
    if ticket.objections_count >= 2:
        return _("多次退单：退单%(objections)s次，先后派过%(units)s个单位。") % facts
    return _("超过期限：先后派过%(units)s个单位，仍没有办好。") % facts


def why_not_complain(ticket: Ticket, by: Account | str) -> str | None:
    """Only the caller, logged in: the answer is theirs to read."""
    if isinstance(by, str) or ticket.caller_id != by.pk:
        return _("请登录提交诉求的账户后再投诉，结果会写信告诉您；也可以拨打12345。")
    return None if ticket.answering_unit is not None else _("诉求还没有分派给承办单位，可以先催办。")


def complain(*, ticket: Ticket, topic: str, words: str, by: Account | str, at: datetime) -> Complaint:
    """Complain of how the unit handles the ticket; another unit looks into it within three working days.

    Raises: NotAllowed, NobodyHandlesIt; Invalid, naming the field; ComplainedAlready.
    """
    if isinstance(by, str) or ticket.caller_id != by.pk:
        raise NotAllowed(why_not_complain(ticket, by) or "")
    unit = ticket.answering_unit
    if unit is None:
        raise NobodyHandlesIt(why_not_complain(ticket, by) or "")
    made: Complaint = Complaint.objects.lodge(
        about=unit, topic=topic, words=words, matter=matter_of(ticket).names(), by=by, at=at
    )
    return made
