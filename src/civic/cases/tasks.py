"""The queue's door of a case: telling people, and what happens when a clock runs out."""

from collections.abc import Callable
from datetime import timedelta

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.cases.invitations import invite_rating
from civic.cases.models import Case, Draft, LookUp
from civic.cases.notices import NOTICES
from civic.cases.states import SYSTEM, CaseState, Delivery
from civic.notifications.services import notify
from civic.workflow.models import StepRefused

DRAFT_KEPT_FOR = timedelta(days=30)  # as the start page promises
LOOK_UPS_KEPT_FOR = timedelta(days=1)


@app.task(name="civic.cases.tasks.announce", queue="notices")
def announce(case: int, step: str, seen: int) -> None:
    """Tell the applicant what has happened; safe to run twice, since a notice is unique by case, step and round."""
    found = Case.objects.for_list().get(pk=case)
    template = NOTICES.get(step)
    if template is None:
        return
    notify(
        found.applicant,
        template,
        subject=f"{found.ledger_id()}/{step}/{seen}",
        variables={
            "number": found.number,
            "service": found.service_version.name,
            "service_en": found.service_version.name_en,
        },
        at=now(),
    )


@app.task(name="civic.cases.tasks.invite", queue="notices")
def invite(case: int, step: str) -> None:
    """Invite the applicant to rate a step that is over."""
    invite_rating(case=Case.objects.for_list().get(pk=case), step=step, at=now())


@app.task(name="civic.cases.tasks.accept_silent", queue="clocks")
def accept_silent(clock: int, subject: str, rung: str) -> None:
    """Accept a case whose acceptance clock has run out without an answer."""
    found = Case.objects.filter(pk=int(subject.rpartition(":")[2]), state=CaseState.SUBMITTED).first()
    if found is not None:
        _try(found.accept_by_silence, by="timer")


@app.task(name="civic.cases.tasks.lapse_unanswered", queue="clocks")
def lapse_unanswered(clock: int, subject: str, rung: str) -> None:
    """End a case whose correction was not answered in time."""
    states = (CaseState.CORRECTION, CaseState.CORRECTION_IN_REVIEW)
    found = Case.objects.filter(pk=int(subject.rpartition(":")[2]), state__in=states).first()
    if found is not None:
        _try(found.lapse, by="timer")


@app.task(name="civic.cases.tasks.deliver", queue="notices")
def deliver(case: int) -> None:
    """Deliver a result that is read online, right after the decision; a second run finds it delivered."""
    found = Case.objects.filter(pk=case, state=CaseState.DECIDED, delivery=Delivery.ELECTRONIC).first()
    if found is not None:
        _try(found.deliver, by=SYSTEM)


def _try(step: Callable[..., None], *, by: str) -> None:
    """Take a step without a person; somebody who was quicker has made it unnecessary."""
    try:
        step(by=by, at=now())
    except StepRefused:
        return


@app.periodic(cron="27 3 * * *", periodic_id="cases-sweep")
@app.task(name="civic.cases.tasks.sweep", queueing_lock="cases.sweep", pass_context=False)
def sweep(timestamp: int) -> int:
    """Delete drafts that were left for thirty days, and counters of look-ups of past days; return how many."""
    at = now()
    drafts = Draft.objects.older_than(at=at - DRAFT_KEPT_FOR).delete()[0]
    return drafts + LookUp.objects.filter(window_start__lt=at - LOOK_UPS_KEPT_FOR).delete()[0]
