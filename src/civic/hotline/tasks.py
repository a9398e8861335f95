"""The queue's door of the hotline: telling callers what has happened, dispatching what is sure, giving cards."""

from importlib import import_module

from django.db import transaction
from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.accounts.models import Account
from civic.core.jobs import RETRY
from civic.deadlines.models import Clock
from civic.hotline.models import Ticket
from civic.hotline.notices import FOR_SPONSOR, NOTICES
from civic.hotline.services import answering
from civic.hotline.services.automatic import dispatch_by_rule
from civic.hotline.services.carding import give_card
from civic.hotline.services.rating import hear
from civic.hotline.services.rating import invite as invite_to_rate
from civic.hotline.services.surges import raise_surges
from civic.hotline.states import TicketState
from civic.notifications.services import notify
from civic.ratings.models import Rating

ANSWER = "pass_reply"


@app.task(name="civic.hotline.tasks.announce", queue="notices", retry=RETRY)
def announce(ticket: int, step: str, seen: int) -> None:
    """Tell the caller, and the deputy who brought it, what has happened, each once, however often this runs.

    An answer goes to those joined to the ticket too.
    """
    found = Ticket.objects.for_detail().get(pk=ticket)
    if step in NOTICES:
        _tell(found, step, seen)
    if found.sponsor is not None and step in FOR_SPONSOR:
        _notify(found, found.sponsor, FOR_SPONSOR[step], f"sponsor/{step}/{seen}")


def _tell(found: Ticket, step: str, seen: int) -> None:
    told = (
        [found, *found.joined.filter(state=TicketState.MERGED).select_related("caller")] if step == ANSWER else [found]
    )
    for one in told:
        if one.caller is not None:
            _notify(one, one.caller, NOTICES[step], f"{step}/{seen}" if one is found else f"{step}/{found.pk}.{seen}")


@app.task(name="civic.hotline.tasks.follow_main", queue="clocks", retry=RETRY)
def follow_main(ticket: int) -> None:
    """Do to those joined to a ticket what its end means for them."""
    with transaction.atomic():
        main = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket)
        answering.follow_main(main, at=now())


def _notify(ticket: Ticket, reader: Account, template: str, what: str) -> None:
    variables = {"number": ticket.number}
    notify(reader, template, subject=f"{ticket.ledger_id()}/{what}", variables=variables, at=now())


@app.task(name="civic.hotline.tasks.dispatch", queue="instant", retry=RETRY)
def dispatch(subject: int) -> None:
    """Dispatch a ticket that has come in, where the city lets the rule do so and it is sure; safe to run twice."""
    dispatch_by_rule(ticket=Ticket.objects.for_detail().get(pk=subject), at=now())


@app.task(name="civic.hotline.tasks.invite", queue="notices", retry=RETRY)
def invite(ticket: int) -> None:
    """Ask whoever spoke how content they are, after a handling is over."""
    invite_to_rate(Ticket.objects.for_detail().get(pk=ticket), at=now())


@app.task(name="civic.hotline.tasks.rated", retry=RETRY)
def rated(subject: int) -> None:
    """A rating was given or changed: a bad one of a ticket has it handled again, once."""
    hear(Rating.objects.select_related("right").get(pk=subject), at=now())


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
