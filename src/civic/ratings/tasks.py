"""The queue's door: what time decides, bursts, and telling the rater what became of a bad rating."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.ratings import services
from civic.ratings.models import Rating


@app.periodic(cron="7 * * * *", periodic_id="ratings-settle")
@app.task(name="civic.ratings.tasks.settle", queueing_lock="ratings.settle", pass_context=False)
def settle(timestamp: int) -> int:
    """Settle once an hour what time has decided."""
    return services.settle(at=now())


@app.task(name="civic.ratings.tasks.look_for_burst")
def look_for_burst(rating: int) -> int:
    """Look whether this rating is one of many from one address."""
    return services.flag_burst(rating=Rating.objects.select_related("right").get(pk=rating), at=now())
