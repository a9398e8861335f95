"""In a process of its own: makes the sheets of every day that has tickets and prints how long that took."""

import json
import time

import django

django.setup()

from datetime import timedelta  # noqa: E402 (the settings first)

from django.db.models import Sum  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from civic.deadlines.calendars import city_day  # noqa: E402
from civic.insight.models import Sheet  # noqa: E402
from civic.insight.services.counting import catch_up, count_day  # noqa: E402


def main() -> None:
    """Count everything, then one day more."""
    begun = time.monotonic()
    catch_up(at=now(), most=10_000)
    seconds = time.monotonic() - begun
    begun = time.monotonic()
    count_day(city_day(now()) - timedelta(days=20), at=now())
    tickets = Sheet.objects.of_kind(Sheet.Kind.TICKETS)
    facts = {"days": tickets.count(), "tickets": tickets.aggregate(n=Sum("size"))["n"], "seconds": seconds}
    print(json.dumps({**facts, "one_day": time.monotonic() - begun}))


if __name__ == "__main__":
    main()
