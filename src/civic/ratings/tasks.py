"""The queue's door: what time decides, bursts, and telling the rater what became of a bad rating."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.core.jobs import RETRY
from civic.notifications.services import notify
from civic.ratings import services
from civic.ratings.models import Rating, Remedy
from civic.ratings.notices import NOTICES


@app.periodic(cron="7 * * * *", periodic_id="ratings-settle")
@app.task(name="civic.ratings.tasks.settle", queueing_lock="ratings.settle", pass_context=False)
def settle(timestamp: int) -> int:
    """Settle once an hour what time has decided."""
    return services.settle(at=now())


@app.task(name="civic.ratings.tasks.look_for_burst", retry=RETRY)
def look_for_burst(rating: int) -> int:
    """Look whether this rating is one of many from one address."""
    return services.flag_burst(rating=Rating.objects.select_related("right").get(pk=rating), at=now())


@app.task(name="civic.ratings.tasks.tell", queue="notices", retry=RETRY)
def tell(remedy: int, step: str) -> None:
    """Write to the rater what became of a bad rating; somebody without an account reads it behind their link."""
    found = Remedy.objects.select_related("rating__right__holder").get(pk=remedy)
    right = found.rating.right
    if right.holder is None:
        return
    names = {"number": right.number, "service": right.service_name}
    names["service_en"] = right.service_name_en or right.service_name
    round_ = "again" if found.reopened_at else "first"
    subject = f"{found.ledger_id()}/{step}/{round_}"
    notify(right.holder, NOTICES[step], subject=subject, variables=names, at=now())
