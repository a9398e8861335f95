"""How much time is left on a list: of each ticket the clock of whose turn it is, with one question for all of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from civic.deadlines.models import Clock
from civic.hotline.models import Ticket
from civic.hotline.states import CHECK, DISPATCH, OBJECT, RECONSIDER, RESOLVE, RESPONSE, REVISIT, TicketState

S = TicketState
TURN = {
    S.RECEIVED: (DISPATCH,),
    S.OBJECTED: (DISPATCH,),
    S.MEETING: (DISPATCH,),
    S.DISPATCHED: (RESPONSE, RESOLVE),
    S.HANDLING: (RESPONSE, RESOLVE),
    S.WAITING: (RESOLVE,),
    S.REPLIED: (CHECK,),
    S.REVISIT: (REVISIT,),
    S.REFUSED: (RECONSIDER,),
}
NAMES = {
    DISPATCH: _("分派"),
    OBJECT: _("退单"),
    RESPONSE: _("联系来电人"),
    RESOLVE: _("办理答复"),
    CHECK: _("审核答复"),
    REVISIT: _("回访"),
    RECONSIDER: _("复核"),
}


@dataclass(frozen=True)
class Left:
    """What is left of a clock: the colour, the words, and what has to be done until then."""

    light: str
    words: str
    what: str
    due_at: datetime | None


def lights_of(tickets: Collection[Ticket], *, at: datetime) -> dict[int, Left]:
    """Return what is left for each ticket, by its key; one question for all."""
    running: dict[str, dict[str, Clock]] = {}
    for clock in Clock.objects.of(*(ticket.ledger_id() for ticket in tickets)).open():
        running.setdefault(clock.subject, {})[clock.kind] = clock
    return {ticket.pk: _left(ticket, running.get(ticket.ledger_id(), {}), at) for ticket in tickets}


def left_of(clock: Clock, *, at: datetime) -> Left:
    """Return what is left of one clock."""
    left, what = clock.countdown(at=at), str(NAMES.get(clock.kind, ""))
    words = "" if left.is_overdue and not left.amount else str(left)  # the light itself says that it is over
    return Left(clock.light(at=at).value, words, what, clock.due_at)


def _left(ticket: Ticket, clocks: dict[str, Clock], at: datetime) -> Left:
    kind = next((kind for kind in TURN.get(S(ticket.state), ()) if kind in clocks), None)
    if kind is not None:
        return left_of(clocks[kind], at=at)
    return Left("done" if ticket.ended_at else "paused", "", "", None)
