"""Whose turn it was when a clock of a ticket passed a rung: no card for what somebody else held up."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from civic.accounts.models import Department
from civic.deadlines.models import Clock
from civic.hotline.models import Dispatch, Extension, Ticket
from civic.hotline.states import CHECK, DISPATCH, RESOLVE, REVISIT

CENTRE_CLOCKS = (DISPATCH, CHECK, REVISIT)


@dataclass(frozen=True)
class Turn:
    """Who had the ticket (None: nobody who can be blamed), and why in words."""

    unit: Department | None
    reason: str


def turn_of(ticket: Ticket, clock: Clock, *, at: datetime) -> Turn:
    """Return whose turn it was when `clock` passed a rung at `at`."""
    if clock.kind in CENTRE_CLOCKS:
        centre = Department.objects.filter(code=settings.HOTLINE_CENTRE).first()
        return Turn(centre, _("热线中心没有按时分派、审核或者回访"))
    held = _holder(ticket, clock, at=at)
    if held is None:
        return Turn(None, _("当时工单不在任何承办单位手中"))
    if _asked_in_time(ticket, clock, at=at):
        return Turn(None, _("承办单位在期限内申请延期，热线中心还没有答复"))
    return Turn(held.unit, _("承办单位没有按时办理"))


def _holder(ticket: Ticket, clock: Clock, *, at: datetime) -> Dispatch | None:
    """Return the dispatch that this clock ran for, if its unit still held the ticket at `at`."""
    moment = min(at, clock.stopped_at or at)
    found: Dispatch | None = (
        Dispatch.objects.filter(ticket=ticket, at__lte=clock.started_at)
        .exclude(ended_at__lt=moment)
        .select_related("unit")
        .order_by("-at", "-pk")
        .first()
    )
    return found


def _asked_in_time(ticket: Ticket, clock: Clock, *, at: datetime) -> bool:
    """Whether at `at` more time for this very clock, asked for before its end, waited for the centre's answer."""
    due_at = clock.due_as_of(at=at) if clock.kind == RESOLVE else None
    if due_at is None:
        return False
    waited = Q(answered_at=None) | Q(answered_at__gt=at)
    asked = Extension.objects.filter(waited, ticket=ticket)
    return asked.filter(asked_at__gte=clock.started_at, asked_at__lte=min(at, due_at)).exists()
