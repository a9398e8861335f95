"""In a process of its own: the whole demonstration city, and how its people come in; run by tests/chaos/sources.py."""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 (the settings first)
from django.core.management import call_command  # noqa: E402
from django.utils.timezone import localdate, now  # noqa: E402

from bench.seed import session  # noqa: E402
from civic.accounts.models import Account, Person  # noqa: E402
from civic.adapters.departments.fake.world import world  # noqa: E402
from tests.factories import accounts  # noqa: E402

WANG_FANG = "341502199001010025"


def main() -> None:
    """Load the city and print what the test needs."""
    call_command("load_city", str(settings.CITY_PACK), stdout=sys.stderr)
    clerk = Account.objects.get(username="zrzy.zhangmin")
    mother = Account.objects.get(person__in=Person.objects.with_id_number(id_number=WANG_FANG))
    homes = world(localdate()).registers.properties.values()
    people = {
        "token": accounts.token(clerk, at=now()),
        "clerk": session(clerk),
        "mother": session(mother),
        "properties": [home.property_id for home in homes if home.has_house],
    }
    print(json.dumps(people))


if __name__ == "__main__":
    main()
