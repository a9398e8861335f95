"""The queue's door of the hotline: telling callers what has happened to their tickets."""

from importlib import import_module

from django.db import transaction
from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.accounts.models import Account
from civic.core.jobs import RETRY
from civic.deadlines.models import Clock
from civic.hotline.models import Ticket
from civic.hotline.notices import NOTICES
from civic.hotline.services import answering
from civic.hotline.services.carding import give_card
from civic.hotline.services.surges import raise_surges
from civic.hotline.states import TicketState
from civic.notifications.services import notify

ANSWER = "pass_reply"


@app.task(name="civic.hotline.tasks.announce", queue="notices", retry=RETRY)
def announce(ticket: int, step: str, seen: int) -> None:
    """Tell the caller what has happened, once, however often this runs; an answer also those joined to it."""
    found = Ticket.objects.for_detail().get(pk=ticket)
    if step not in NOTICES:
        return
    told = (
        [found, *found.joined.filter(state=TicketState.MERGED).select_related("caller")] if step == ANSWER else [found]
    )
    for one in told:
        if one.caller is not None:
            _notify(one, one.caller, NOTICES[step], f"{step}/{seen}" if one is found else f"{step}/{ticket}.{seen}")


@app.task(name="civic.hotline.tasks.follow_main", queue="clocks", retry=RETRY)
def follow_main(ticket: int) -> None:
    """Do to those joined to a ticket what its end means for them."""
    with transaction.atomic():
        main = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket)
        answering.follow_main(main, at=now())


def _notify(ticket: Ticket, reader: Account, template: str, what: str) -> None:
    variables = {"number": ticket.number}
    notify(reader, template, subject=f"{ticket.ledger_id()}/{what}", variables=variables, at=now())


@app.task(name="civic.hotline.tasks.card", queue="clocks", retry=RETRY)
def card(clock: int, subject: str, rung: str) -> None:
    """Give the card that a rung of a ticket's clock brings, to the unit whose turn it was; once."""
    give_card(Clock.objects.get(pk=clock), rung, at=now())


@app.periodic(cron="23 * * * *", periodic_id="hotline-surges")
@app.task(name="civic.hotline.tasks.watch", queueing_lock="hotline.watch", pass_context=False)
def watch(timestamp: int) -> int:
    """Raise a warning for each topic that grows unusually; as often as it runs, one an episode."""
    return raise_surges(at=now())


@app.periodic(cron="41 * * * *", periodic_id="hotline-hotspots")
@app.task(name="civic.hotline.tasks.find_hotspots", queueing_lock="hotline.hotspots", pass_context=False)
def find_hotspots(timestamp: int) -> int:
    """Find and name anew what many speak of; scipy is loaded where this runs, and in no web process."""
    return int(import_module("civic.hotline.services.hotspots").find_hotspots(at=now()))
