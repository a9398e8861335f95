"""In a process of its own: draws a property from three sources through the exchange and prints the seconds it took."""

import json
import sys
import time

import django

django.setup()

from django.conf import settings  # noqa: E402 (the settings first)
from django.utils.timezone import now  # noqa: E402

from civic.accounts.models import Department  # noqa: E402
from civic.exchange.models import Breaker, Duty  # noqa: E402
from civic.exchange.services import Ask, Context, draw  # noqa: E402
from civic.exchange.services.loading import load_lists, read_lists  # noqa: E402

NAMES = ("gaj", "wjw", "mzj", "zrzy", "sw", "zjj", "rsj", "scjg", "ybj")
ASKS = {name: Ask(name, {"property_id": "LA2023001"}) for name in ("zrzy.land", "sw.property_tax", "zjj.house")}


def main(rounds: int) -> None:
    """Load the lists, give every source more time than there is, and draw."""
    for code in NAMES:
        Department.objects.describe(code=code, name=code, by="bench", at=now())
    load_lists(read_lists(settings.CITY_PACK / "exchange.yaml"), by="bench", at=now())
    Duty.objects.update(answer_ms=5000)
    seconds = []
    for _round in range(rounds):
        Breaker.objects.all().delete()  # a breaker that has opened would answer at once
        context = Context(service="LA-ZR-001", case="", purpose="decide", on_behalf_of="", by="bench")
        started = time.monotonic()
        drawn = draw(ASKS, context=context, at=now())
        seconds.append(time.monotonic() - started)
        if {found.reason for found in drawn.values()} != {"TIMEOUT"}:
            raise SystemExit({name: (found.state, found.reason) for name, found in drawn.items()})
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
