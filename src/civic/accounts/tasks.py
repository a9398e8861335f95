"""The queue's door: what is over is closed, and swept away at night."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.accounts.mandates import expire_over
from civic.accounts.models import OneTimeCode, Tally


@app.periodic(cron="15 * * * *", periodic_id="accounts-mandates")
@app.task(name="civic.accounts.tasks.expire_mandates", queueing_lock="accounts.expire_mandates", pass_context=False)
def expire_mandates(timestamp: int) -> int:
    """Close the mandates whose time has passed; a second run finds none."""
    return expire_over(at=now())


@app.periodic(cron="45 3 * * *", periodic_id="accounts-sweep")
@app.task(name="civic.accounts.tasks.sweep", queueing_lock="accounts.sweep", pass_context=False)
def sweep(timestamp: int) -> int:
    """Delete codes and counts that are over; a second run finds none."""
    at = now()
    return OneTimeCode.objects.sweep(at=at) + Tally.objects.sweep(at=at)
