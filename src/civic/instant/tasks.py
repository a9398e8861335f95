"""The queue's door of instant approval: decide, complete, tell, undo."""

import secrets
from contextlib import suppress

from django.utils.timezone import now
from procrastinate import JobContext
from procrastinate.contrib.django import app

from civic.adapters.departments.failure import SourceFailed
from civic.cases.models import Case
from civic.catalogue.models import Service
from civic.core.jobs import MOST_ATTEMPTS, RETRY
from civic.instant import advising, checking, completing, services
from civic.instant.departments import take_back, tell_department
from civic.instant.facts import gather
from civic.instant.models import Onward
from civic.instant.offers import find_offers, lapse_offers
from civic.instant.states import OnwardState
from civic.licences.models import FieldWrong, UseRequest

LOTS = 1_000_000
AT_ONCE = 500
WAITED_FOR = 10  # somebody looks at a page until these are done: they come before letters and printing


@app.task(name="civic.instant.tasks.rule", queue="instant", retry=RETRY, priority=WAITED_FOR)
def rule(subject: int) -> None:
    """Draw the facts of an application and decide it; safe to run twice."""
    ruling = services.begin(case=Case.objects.for_detail().get(pk=subject), at=now())
    if ruling is not None:
        sheet = services.draw_sheet(ruling=ruling, at=now())
        services.settle(ruling=ruling, sheet=sheet, lots=secrets.randbelow(LOTS) / LOTS, at=now())


@app.task(name="civic.instant.tasks.advise", queue="instant", retry=RETRY)
def advise(subject: int) -> None:
    """Draw the facts of an application that people decide, and keep what the rules say; safe to run twice."""
    ruling = advising.begin_advice(case=Case.objects.for_detail().get(pk=subject), at=now())
    if ruling is not None:
        advising.advise(ruling=ruling, sheet=gather(ruling.case, at=now()), at=now())


@app.task(name="civic.instant.tasks.hear", queue="instant", retry=RETRY, priority=WAITED_FOR)
def hear(subject: int) -> None:
    """Look anew at an application, because the other parent or party has answered, or taken the answer back."""
    request = UseRequest.objects.get(pk=subject)
    found = Case.objects.filter(number=request.case).first() if request.case else None
    if found is not None:
        rule(subject=found.pk)
        advise(subject=found.pk)


@app.task(name="civic.instant.tasks.complete", queue="instant", retry=RETRY, priority=WAITED_FOR)
def complete(subject: int) -> None:
    """Issue the licence of a granted case and plan what follows; with a source silent, it tries again later."""
    case = Case.objects.for_detail().get(pk=subject)
    if not case.service_version.rules.get("facts_by"):
        return
    if decided := completing.as_decided(case):
        with suppress(FieldWrong):  # a source that is not needed for the decision had not answered: ask it again
            completing.complete(case=case, sheet=decided, at=now())
            return
    completing.complete(case=case, sheet=gather(case, at=now()), at=now())


@app.task(name="civic.instant.tasks.tell", queue="onward", retry=RETRY, pass_context=True)
def tell(context: JobContext, onward: int) -> None:
    """Tell one department; one that does not answer is tried again, and at last a person looks after it."""
    row = Onward.objects.select_related("case__key", "case__service_version", "department").get(pk=onward)
    if row.state != OnwardState.PLANNED:
        return
    try:
        receipt = tell_department(row, services.body_of(row))
    except SourceFailed as failure:
        if context.job.attempts < MOST_ATTEMPTS:
            raise
        services.settle_onward(onward=row, accepted=False, reference="", message=failure.message, at=now())
        return
    services.settle_onward(
        onward=row, accepted=receipt.accepted, reference=receipt.reference, message=receipt.message, at=now()
    )


@app.task(name="civic.instant.tasks.undo", queue="onward", retry=RETRY)
def undo(subject: int) -> None:
    """Take back the licence of a revoked case, and have every department undo what it did; safe to run twice."""
    case = Case.objects.get(pk=subject)
    for row in services.undo(case=case, at=now()):
        take_back(row)
        row.withdraw(at=now())


@app.task(name="civic.instant.tasks.check", queue="instant", retry=RETRY)
def check(subject: int) -> None:
    """Hold the commitments of a granted case against the records that prove them; safe to run twice."""
    checking.check_commitments(Case.objects.for_detail().get(pk=subject), at=now())


@app.periodic(cron="10 6 * * *", periodic_id="instant-check-again")
@app.task(name="civic.instant.tasks.check_again", queueing_lock="instant.check_again", pass_context=False)
def check_again(timestamp: int) -> int:
    """Every morning: draw again what no record has answered yet; return for how many cases."""
    waiting = Case.objects.with_commitments_to_check().filter(pk__in=checking.unanswered()).for_detail()[:AT_ONCE]
    for case in waiting:
        checking.check_commitments(case, at=now())
    return len(waiting)


@app.periodic(cron="40 6 * * 1", periodic_id="instant-offer")
@app.task(name="civic.instant.tasks.offer", queueing_lock="instant.offer", pass_context=False)
def offer(timestamp: int) -> int:
    """Every Monday: offer what people have a right to and have not asked for; return how many were told."""
    offered = Service.objects.filter(current__rules__has_key="offer").select_related("current", "department")
    return sum(find_offers(service=service, at=now()) for service in offered.order_by("code"))


@app.periodic(cron="35 6 * * *", periodic_id="instant-lapse-offers")
@app.task(name="civic.instant.tasks.lapse", queueing_lock="instant.lapse", pass_context=False)
def lapse(timestamp: int) -> int:
    """Close offers that nobody answered in their time; return how many."""
    return lapse_offers(at=now())
