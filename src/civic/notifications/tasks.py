"""The queue's door: one text message a job, and a look every five minutes at what was left lying."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.core.jobs import RETRY
from civic.notifications import services


@app.task(name="civic.notifications.tasks.send", queue="notices", retry=RETRY)
def send(delivery: int) -> bool:
    """Send one text message; safe to run twice."""
    return services.send_delivery(delivery, at=now())


@app.periodic(cron="*/5 * * * *", periodic_id="notifications-pick-up")
@app.task(name="civic.notifications.tasks.pick_up", queueing_lock="notifications.pick_up", pass_context=False)
def pick_up(timestamp: int) -> int:
    """Pick up what a dead worker left."""
    return services.pick_up(at=now())
