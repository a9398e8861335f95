"""The queue's door of budgeting: moving ballots into the box, opening boxes. No job is about one ballot."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.budgeting.services import mix_open_polls, open_due_boxes


@app.periodic(cron="* * * * *", periodic_id="budgeting-mix")
@app.task(name="civic.budgeting.tasks.mix", queueing_lock="budgeting.mix", pass_context=False)
def mix(timestamp: int) -> int:
    """Move ballots into the boxes of votes that run, where enough wait; return how many."""
    return mix_open_polls(at=now())


@app.periodic(cron="*/5 * * * *", periodic_id="budgeting-open")
@app.task(name="civic.budgeting.tasks.open_boxes", queueing_lock="budgeting.open_boxes", pass_context=False)
def open_boxes(timestamp: int) -> int:
    """Open the boxes of votes that are over and were held without paper; return how many."""
    return open_due_boxes(at=now())
