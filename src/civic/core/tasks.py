"""The queue's door to itself: what a dead worker left is taken up again, what is done is swept away at night."""

from datetime import timedelta

from django.conf import settings
from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.core import jobs

DONE_KEPT_FOR = timedelta(days=7)  # to look into what happened; the lasting record is the ledger


@app.periodic(cron="* * * * *", periodic_id="jobs-take-up")
@app.task(name="civic.core.tasks.take_up_stalled", queueing_lock="jobs.take_up_stalled", pass_context=False)
def take_up_stalled(timestamp: int) -> int:
    """Take up once a minute the jobs of workers that no longer beat; return how many."""
    at = now()
    return jobs.take_up_stalled(silent_since=at - timedelta(seconds=settings.WORKER_SILENT_SECONDS), at=at)


@app.periodic(cron="7 4 * * *", periodic_id="jobs-forget")
@app.task(name="civic.core.tasks.forget_done", queueing_lock="jobs.forget_done", pass_context=False)
def forget_done(timestamp: int) -> int:
    """Delete at night the jobs that succeeded a week ago; return how many."""
    return jobs.forget_done(older_than=DONE_KEPT_FOR, at=now())
