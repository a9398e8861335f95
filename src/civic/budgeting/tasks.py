"""The queue's door of budgeting: moving ballots, opening boxes, telling people what became of a proposal."""

from django.utils.timezone import localtime, now
from procrastinate.contrib.django import app

from civic.accounts.models import Account
from civic.budgeting.models import CoAuthor, Proposal
from civic.budgeting.notices import AUTHORS, NOTICES
from civic.budgeting.services import mix_open_polls, open_due_boxes
from civic.budgeting.services_of_rounds import lapse_unmended
from civic.core.jobs import RETRY
from civic.notifications.services import notify


@app.periodic(cron="* * * * *", periodic_id="budgeting-mix")
@app.task(name="civic.budgeting.tasks.mix", queueing_lock="budgeting.mix", pass_context=False)
def mix(timestamp: int) -> int:
    """Move ballots into the boxes of votes that run, where enough wait; return how many."""
    return mix_open_polls(at=now())


@app.periodic(cron="*/5 * * * *", periodic_id="budgeting-open")
@app.task(name="civic.budgeting.tasks.open_boxes", queueing_lock="budgeting.open_boxes", pass_context=False)
def open_boxes(timestamp: int) -> int:
    """Open the boxes of votes that are over and were held without paper; return how many."""
    return open_due_boxes(at=now())


@app.task(name="civic.budgeting.tasks.announce", queue="notices", retry=RETRY)
def announce(proposal: int, step: str, seen: int) -> int:
    """Write to everybody whom a step of a proposal concerns, each once, however often this runs; return how many."""
    found = Proposal.objects.select_related("round").get(pk=proposal)
    whom, letter = NOTICES[step]
    until = f"{localtime(found.repair_by):%Y-%m-%d %H:%M}" if found.repair_by else ""
    variables = {
        "title": found.title, "round": found.round.title, "until": until, "link": f"/budget/proposals/{found.pk}/"
    }  # fmt: skip
    told = 0
    for account in _readers(found, whom):
        subject = f"{found.ledger_id()}/{step}/{seen}"
        notify(account, letter, subject=subject, variables=variables, at=now())
        told += 1
    return told


@app.periodic(cron="13 * * * *", periodic_id="budgeting-lapse")
@app.task(name="civic.budgeting.tasks.lapse", queueing_lock="budgeting.lapse", pass_context=False)
def lapse(timestamp: int) -> int:
    """Refuse what nobody has mended in time."""
    return lapse_unmended(at=now())


def _readers(found: Proposal, whom: str) -> list[Account]:
    if whom != AUTHORS:
        return list(found.followers())
    signed = CoAuthor.objects.filter(proposal=found).values_list("account", flat=True)
    return list(Account.objects.filter(pk__in=[found.author_id, *signed], is_active=True).order_by("pk"))
