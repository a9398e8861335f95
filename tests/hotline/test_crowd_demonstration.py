"""The demonstration's crowd: one incident, one early warning, hot topics; once, and marked as invented."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from civic.accounts.demonstration import create_demonstration_accounts
from civic.hotline.crowd_demonstration import VOICES, create_demonstration_crowd
from civic.hotline.demonstration import create_demonstration_tickets
from civic.hotline.models import Hotspot, Surge, Ticket
from civic.hotline.services.hotspots import find_hotspots
from civic.hotline.services.incidents import incidents

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 3, 20, 8, tzinfo=UTC)  # 16:00 in Lu'an


def test_the_crowd_is_an_incident_an_early_warning_and_a_hot_topic_and_a_second_run_changes_nothing(settings):
    settings.CITY_COMMANDS = ["load_hotline"]
    call_command("load_city", "cities/luan", verbosity=0)
    create_demonstration_accounts(at=FRIDAY)

    create_demonstration_tickets(at=FRIDAY)

    assert [create_demonstration_crowd(at=FRIDAY) for _ in range(2)] == [len(VOICES), 0]
    find_hotspots(at=FRIDAY)

    found = incidents(at=FRIDAY)[0]
    assert (found.main.clear("title"), len(found.others), found.heat.people) == ("磨子潭路下穿通道积水", 6, 9)
    surge = Surge.objects.get()
    assert (surge.category.code, surge.area.code, surge.unit.code, surge.people) == ("010203", "341502", "jaq", 7)
    assert Ticket.objects.filter(facts__crowd="yes", facts__demonstration="yes").count() == len(VOICES)
    spot = Hotspot.objects.hottest()[0]
    assert (spot.people, len(spot.tickets), spot.place) == (9, 7, "磨子潭路")
