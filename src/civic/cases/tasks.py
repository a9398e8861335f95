"""The queue's door of a case: telling people, and what happens when a clock runs out."""

from collections.abc import Callable
from datetime import timedelta

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.cases.invitations import invite_rating
from civic.cases.models import Case, CreditMark, Draft, LookUp
from civic.cases.models.draft import KEPT_FOR
from civic.cases.notices import NOTICES, applicants_of
from civic.cases.states import SYSTEM, CaseState, Delivery
from civic.core.jobs import RETRY
from civic.deadlines.models import Clock
from civic.notifications.services import notify
from civic.workflow.models import StepRefused

LOOK_UPS_KEPT_FOR = timedelta(days=1)
SWEPT_AT_ONCE = 500


@app.task(name="civic.cases.tasks.announce", queue="notices", retry=RETRY)
def announce(case: int, step: str, seen: int) -> None:
    """Tell all who see the case as its applicant what has happened, each once, however often this runs."""
    found = Case.objects.for_list().get(pk=case)
    template = NOTICES.get(step)
    if template is None:
        return
    version, at = found.service_version, now()
    variables = {"number": found.number, "service": version.name, "service_en": version.name_en}
    for reader in applicants_of(found, at=at):
        notify(reader, template, subject=f"{found.ledger_id()}/{step}/{seen}", variables=variables, at=at)


@app.task(name="civic.cases.tasks.invite", queue="notices", retry=RETRY)
def invite(case: int, step: str) -> None:
    """Invite the applicant to rate a step that is over."""
    invite_rating(case=Case.objects.for_list().get(pk=case), step=step, at=now())


@app.task(name="civic.cases.tasks.accept_silent", queue="clocks", retry=RETRY)
def accept_silent(clock: int, subject: str, rung: str) -> None:
    """Accept a case whose acceptance clock has run out without an answer; not if the clock was answered meanwhile."""
    if not _is_over(clock):
        return
    found = Case.objects.filter(pk=int(subject.rpartition(":")[2]), state=CaseState.SUBMITTED).first()
    if found is not None:
        _try(found.accept_by_silence, by="timer")


@app.task(name="civic.cases.tasks.lapse_unanswered", queue="clocks", retry=RETRY)
def lapse_unanswered(clock: int, subject: str, rung: str) -> None:
    """End a case whose correction was not answered in time; not if it was, or another one was asked since."""
    if not _is_over(clock):
        return
    states = (CaseState.CORRECTION, CaseState.CORRECTION_IN_REVIEW)
    found = Case.objects.filter(pk=int(subject.rpartition(":")[2]), state__in=states).first()
    if found is not None:
        _try(found.lapse, by="timer")


@app.task(name="civic.cases.tasks.deliver", queue="notices", retry=RETRY)
def deliver(case: int) -> None:
    """Deliver a result that is read online, right after the decision; a second run finds it delivered."""
    found = Case.objects.filter(pk=case, state=CaseState.DECIDED, delivery=Delivery.ELECTRONIC).first()
    if found is not None:
        _try(found.deliver, by=SYSTEM)


@app.task(name="civic.cases.tasks.tell_credit", queue="notices", retry=RETRY)
def tell_credit(mark: int) -> None:
    """Write to whoever asked for repair of a mark what was answered."""
    found = CreditMark.objects.for_list().select_related("asked_by").get(pk=mark)
    if found.asked_by is None or found.answered_at is None:
        return
    version = found.case.service_version
    variables = {"number": found.case.number, "service": version.name, "service_en": version.name_en}
    subject = f"{found.ledger_id()}/answer/{found.version}"
    notify(found.asked_by, "case.credit_answered", subject=subject, variables=variables, at=now())


def _is_over(clock: int) -> bool:
    """Whether the clock that rang still runs and has come to its end: a job may be tried again a day after that."""
    return Clock.objects.running().filter(pk=clock, due_at__lte=now()).exists()


def _try(step: Callable[..., None], *, by: str) -> None:
    """Take a step without a person; somebody who was quicker has made it unnecessary."""
    try:
        step(by=by, at=now())
    except StepRefused:
        return


@app.periodic(cron="27 3 * * *", periodic_id="cases-sweep")
@app.task(name="civic.cases.tasks.sweep", queueing_lock="cases.sweep", pass_context=False)
def sweep(timestamp: int) -> int:
    """Delete old drafts and counters of look-ups of past days, close marks whose time is over; return how many."""
    at = now()
    for mark in CreditMark.objects.over(at=at)[:SWEPT_AT_ONCE]:
        _try(mark.expire, by="timer")
    drafts = Draft.objects.older_than(at=at - KEPT_FOR).delete()[0]
    return drafts + LookUp.objects.filter(window_start__lt=at - LOOK_UPS_KEPT_FOR).delete()[0]
