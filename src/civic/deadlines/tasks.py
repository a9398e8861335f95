"""The queue's door: rungs every minute, counting anew after the calendar has changed."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.core.jobs import RETRY
from civic.deadlines import services


@app.periodic(cron="* * * * *", periodic_id="deadlines-rungs")
@app.task(name="civic.deadlines.tasks.fire_rungs", queueing_lock="deadlines.fire_rungs", pass_context=False)
def fire_rungs(timestamp: int) -> int:
    """Fire the rungs that have come."""
    return services.fire_due_rungs(at=now())


@app.task(name="civic.deadlines.tasks.recount_clocks", retry=RETRY)
def recount_clocks(year: int | None = None, kind: str | None = None) -> int:
    """Count clocks anew that a new calendar year or a new ladder can change."""
    return services.recount_clocks(at=now(), year=year, kind=kind)
