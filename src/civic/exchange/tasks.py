"""The queue's door of data sharing: overdue answers, asking anew, what is kept no longer than it may be."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.core.jobs import RETRY
from civic.deadlines.models import Clock
from civic.exchange.models import Contest, Demand
from civic.exchange.services import reminding, upkeep
from civic.exchange.states import ContestState, DemandState
from civic.notifications.services import notify
from civic.workflow.models import StepRefused

LETTERS = {"yellow": "demand.waiting", "red": "demand.overdue"}


@app.task(name="civic.exchange.tasks.escalate_contest", queue="clocks", retry=RETRY)
def escalate_contest(clock: int, subject: str, rung: str) -> None:
    """Hand a contest that its source has not answered in time to the supervisors; not if it was answered since."""
    if not Clock.objects.running().filter(pk=clock, due_at__lte=now()).exists():
        return
    pk = int(subject.rpartition(":")[2])
    found = Contest.objects.filter(pk=pk, state=ContestState.OPENED, escalated_at=None).first()
    if found is None:
        return
    try:
        found.escalate(by="timer", at=now())
    except StepRefused:  # somebody was quicker
        return


@app.task(name="civic.exchange.tasks.tell_demand", queue="notices", retry=RETRY)
def tell_demand(clock: int, subject: str, rung: str) -> None:
    """Write that a demand is nearly due, or overdue, to those whom it concerns; not if it was answered since."""
    found = Clock.objects.running().filter(pk=clock).first()
    demand = Demand.objects.for_list().filter(pk=int(subject.rpartition(":")[2]), state=DemandState.PROPOSED).first()
    if found is None or demand is None:
        return
    letter, variables = LETTERS[rung], reminding.variables_of(demand, found)
    for account in reminding.told_of(demand, rung=rung):
        notify(account, letter, subject=f"{subject}/{rung}", variables=variables, at=now())


@app.task(name="civic.exchange.tasks.tell_contest", queue="notices", retry=RETRY)
def tell_contest(contest: int) -> None:
    """Write to the resident who contested a value what the source has answered."""
    found = Contest.objects.select_related("by__official", "resource__provider__department").get(pk=contest)
    if found.by.is_official:
        return
    resource = found.resource
    names = {"number": str(found.handle)[:8], "service": resource.name, "service_en": resource.name_en}
    notify(found.by, "contest.answered", subject=f"{found.ledger_id()}/answer", variables=names, at=now())


@app.task(name="civic.exchange.tasks.refresh", retry=RETRY)
def refresh(kept: int) -> None:
    """Ask again what could be answered only from the last good answer; a second run finds a fresh one."""
    upkeep.refresh(kept, at=now())


@app.periodic(cron="17 * * * *", periodic_id="exchange-sweep")
@app.task(name="civic.exchange.tasks.sweep", queueing_lock="exchange.sweep", pass_context=False)
def sweep(timestamp: int) -> int:
    """Delete answers that may no longer be shown and records whose time is over; note calls left hanging."""
    return upkeep.sweep(at=now())
