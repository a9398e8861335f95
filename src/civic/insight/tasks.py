"""The queue's door: counting anew, every minute, the days whose tickets have changed."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.insight.services import counting


@app.periodic(cron="* * * * *", periodic_id="insight-count")
@app.task(name="civic.insight.tasks.count_days", lock="insight", queueing_lock="insight.count_days", pass_context=False)
def count_days(timestamp: int) -> int:
    """Count the days that wait."""
    return counting.catch_up(at=now())
