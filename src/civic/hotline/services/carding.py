"""Cards for tickets: what a rung brings, to whose turn it was, with its evidence."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from civic.deadlines.models import Clock, Fired
from civic.hotline.models import Ticket
from civic.hotline.services.blame import turn_of
from civic.hotline.services.complaining import matter_of
from civic.supervision.models import Card
from civic.supervision.services import give_for_rung

WORDS = {"blue": _("临近期限"), "yellow": _("超过期限"), "red": _("超期较久仍未办结")}


def give_card(clock: Clock, rung: str, *, past: bool = False, at: datetime) -> Card | None:
    """Give the card that `rung` of a ticket's clock brings; None where nobody is to blame.

    Who is to blame is judged as of when the rung was passed, however late the job runs. `past`: see give_for_rung.
    """
    ticket = Ticket.objects.select_related("category").get(pk=int(clock.subject.rpartition(":")[2]))
    fired = Fired.objects.filter(clock=clock, rung=rung).first()
    turn = turn_of(ticket, clock, at=fired.at if fired else at)
    if turn.unit is None:
        return None
    reason = f"{turn.reason}：{WORDS[rung]}"
    return give_for_rung(
        clock=clock, rung=rung, unit=turn.unit, matter=matter_of(ticket), reason=reason, past=past, at=at
    )[0]
