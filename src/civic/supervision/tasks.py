"""The queue's door of supervision: telling complainants, opening what a red card brings."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.core.jobs import RETRY
from civic.notifications.services import notify
from civic.supervision.models import Card, Complaint
from civic.supervision.services import follow_up


@app.task(name="civic.supervision.tasks.follow_card", queue="clocks", retry=RETRY)
def follow_card(subject: int) -> None:
    """Open the order that a signed red card brings, and drop it where the card was revoked; safe to run twice."""
    follow_up(Card.objects.select_related("unit").get(pk=subject), at=now())


@app.task(name="civic.supervision.tasks.tell_complainant", queue="notices", retry=RETRY)
def tell_complainant(complaint: int) -> None:
    """Write to whoever complained what was found."""
    found = Complaint.objects.select_related("by").get(pk=complaint)
    notify(
        found.by, "complaint.decided", subject=f"{found.ledger_id()}/decided", variables={"number": found.number},
        at=now(),
    )  # fmt: skip
