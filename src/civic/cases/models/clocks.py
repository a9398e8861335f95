"""The clocks of a case: for its acceptance, its decision, and the applicant's answer to a correction."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext

from civic.cases import rules
from civic.cases.models.parts import ReasonMissing
from civic.cases.states import SUSPENSION_BASIS, Outcome
from civic.core.errors import Conflict, FieldError
from civic.deadlines.calendars import CalendarMissing
from civic.deadlines.measures import Unit
from civic.deadlines.models import Clock
from civic.deadlines.services import due_after
from civic.deadlines.states import Reason

if TYPE_CHECKING:
    from civic.cases.models.case import Case
    from civic.cases.models.task import Task

ACCEPTANCE, DECISION, CORRECTION = "case.acceptance", "case.decision", "case.correction"
STATEMENT = "case.statement"  # the applicant's time to be heard before a decision is revoked
HEARING = "case.hearing"  # the department's time to hold a hearing that was asked for
COMMITMENT = "case.commitment"  # no clock: the time to check commitments follows from the decision


class StatementPending(Conflict):
    """Nobody's decision is revoked before they could say something to it."""

    code = "statement-pending"


def running(case: "Case", kind: str) -> Clock:
    """Return the open clock of this kind."""
    clock: Clock = Clock.objects.of(case.ledger_id()).open().get(kind=kind)
    return clock


def newest(case: "Case") -> Clock | None:
    """Return the clock that counts now, or the last one that did."""
    clocks = Clock.objects.of(case.ledger_id()).order_by(F("stopped_at").desc(nulls_first=True), "-pk")
    found: Clock | None = clocks.prefetch_related("intervals").first()
    return found


def end_of(clock: Clock) -> datetime:
    """Return when a running clock ends."""
    if clock.due_at is None:
        raise RuntimeError(f"{clock} is not running, so it has no end.")
    return clock.due_at


def start_acceptance(case: "Case", *, by: object, at: datetime) -> datetime:
    """Start the time in which the department has to answer whether it takes the application up; return its end."""
    budget = rules.ACCEPTANCE_WORKDAYS
    return end_of(Clock.objects.start(subject=case.ledger_id(), kind=ACCEPTANCE, budget=budget, by=by, at=at))


def start_decision(case: "Case", *, by: object, at: datetime) -> datetime:
    """Start the promised time and return when it ends: of a 即办件 with the same working day.

    Source: Administrative Licensing Law art. 34: what can be decided on the spot is decided on the spot.
    """
    version = case.service_version
    start = partial(Clock.objects.start, subject=case.ledger_id(), kind=DECISION, by=by, at=at)
    if case.is_instant:
        return end_of(start(budget=0, unit=Unit.NATURAL_DAY, rolls=True))
    days = version.promised_days or 1
    return end_of(start(budget=days, unit=version.day_unit, most_extensions=rules.MAX_EXTENSIONS))


def start_answer(case: "Case", kind: str, *, by: object, at: datetime) -> datetime:
    """Start the time to answer, so many working days as the city has set, and return when it ends."""
    days = settings.CASE_WORKDAYS[kind]
    return end_of(Clock.objects.start_in_any_year(subject=case.ledger_id(), kind=kind, budget=days, by=by, at=at))


def suspension_basis(reason: str) -> str:
    """Return the article on which the clock may stand still for `reason`. Raises: ReasonMissing."""
    if reason not in SUSPENSION_BASIS:
        wrong = FieldError("/reason", "enum", gettext("请从列表中选择。"))
        raise ReasonMissing(gettext("请选择中止计时的法定事由。"), errors=[wrong])
    return SUSPENSION_BASIS[Reason(reason)]


def require_over(case: "Case", kind: str, *, at: datetime) -> None:
    """Refuse while the applicant's time to be heard runs. Raises: StatementPending."""
    clock = Clock.objects.of(case.ledger_id()).open().filter(kind=kind).first()
    if clock is not None and not clock.is_overdue(at=at):
        raise StatementPending(
            gettext("申请人可以陈述、申辩到%(day)s，期满之前不能撤销。") % {"day": localdate(clock.due_at).isoformat()}
        )


def heard_until(case: "Case", *, at: datetime) -> datetime | None:
    """Return the end of the applicant's time to be heard while it runs; None when it does not."""
    clock = Clock.objects.of(case.ledger_id()).open().filter(kind=STATEMENT).first()
    return clock.due_at if clock is not None and not clock.is_overdue(at=at) else None


def latest_end(case: "Case") -> datetime:
    """Return when the last of the running clocks ends; what the case has been waiting for, if none runs."""
    ends = Clock.objects.of(case.ledger_id()).running().values_list("due_at", flat=True)
    return max(ends, default=case.act_by)


def stop_open(case: "Case", kind: str, *, by: object, at: datetime) -> None:
    """Stop the open clock of this kind, if there is one."""
    for clock in Clock.objects.of(case.ledger_id()).open().filter(kind=kind):
        clock.stop(by=by, at=at)


def resume(case: "Case", kind: str, *, by: object, at: datetime) -> datetime:
    """Let the clock of this kind run again and return when it ends."""
    clock = running(case, kind)
    clock.resume(by=by, at=at)
    return end_of(clock)


def stop_all(case: "Case", *, by: object, at: datetime) -> None:
    """Stop every clock of the case."""
    for clock in Clock.objects.of(case.ledger_id()).open():
        clock.stop(by=by, at=at)


def check_by(case: "Case") -> datetime | None:
    """Return until when the commitments of a granted case are to be checked.

    None, if it was not granted, or while nobody knows the working days of the year in which that time ends: it is
    counted from the decision whenever it is asked for, so entering that year is enough.
    """
    if case.outcome != Outcome.GRANTED or case.ended_at is None:
        return None
    try:
        return due_after(settings.CASE_WORKDAYS[COMMITMENT], at=case.ended_at)
    except CalendarMissing:
        return None


def task_end(task: "Task", case: "Case", *, at: datetime) -> datetime:
    """Return when a task that opens at `at` is due: after its own days, never after the case itself."""
    try:
        own = due_after(task.days, at=at) if task.days else None
    except CalendarMissing:  # past the published years, and so past the case's own end
        own = None
    return rules.earlier(own, case.due_at) or case.act_by
