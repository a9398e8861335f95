"""The queue's door: answers that nobody will ask for again are deleted."""

from datetime import timedelta

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.idempotency.models import Replay

KEPT_FOR = timedelta(days=30)  # a client may retry for as long; the drafts of an application live as long too


@app.periodic(cron="17 3 * * *", periodic_id="idempotency-forget")
@app.task(name="civic.idempotency.tasks.forget", queueing_lock="idempotency.forget", pass_context=False)
def forget(timestamp: int) -> int:
    """Delete stored answers older than thirty days; return how many."""
    return Replay.objects.older_than(at=now() - KEPT_FOR).delete()[0]
