"""The clocks of a case: for its acceptance, its decision, and the applicant's answer to a correction."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F

from civic.cases import rules
from civic.deadlines.models import Clock
from civic.deadlines.services import due_after

if TYPE_CHECKING:
    from civic.cases.models.case import Case
    from civic.cases.models.task import Task

ACCEPTANCE, DECISION, CORRECTION = "case.acceptance", "case.decision", "case.correction"


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


def task_end(task: "Task", case: "Case", *, at: datetime) -> datetime:
    """Return when a task that opens at `at` is due: after its own days, never after the case itself."""
    own = due_after(task.days, at=at) if task.days else None
    return rules.earlier(own, case.due_at) or case.act_by
