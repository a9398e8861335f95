"""The demonstration's two consultations: made by real verbs, once, never in the future, marked as invented."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from civic.accounts.demonstration import create_demonstration_accounts
from civic.audit.models import Entry
from civic.consultation.demonstration import create_demonstration_consultations
from civic.consultation.models import Consultation, Opinion

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 3, 20, 8, tzinfo=UTC)


def test_one_runs_and_one_has_ended_and_a_second_run_changes_nothing(settings: object) -> None:
    settings.CITY_COMMANDS = []  # type: ignore[attr-defined]
    call_command("load_city", "cities/luan", verbosity=0)
    create_demonstration_accounts(at=FRIDAY)

    assert create_demonstration_consultations(at=FRIDAY) == 2
    entries = Entry.objects.count()
    assert create_demonstration_consultations(at=FRIDAY) == 0

    running, ended = Consultation.objects.order_by("-state")
    assert (running.state, running.is_open(at=FRIDAY), running.versions.count()) == ("PUBLISHED", True, 2)
    assert (ended.state, ended.is_open(at=FRIDAY)) == ("CONCLUDED", False)
    assert Opinion.objects.filter(consultation=running).count() >= 3
    assert Opinion.objects.filter(source="MEETING").count() == 1
    assert not Consultation.objects.filter(is_demonstration=False).exists()
    assert all(one.title.startswith("【示范】") for one in (running, ended))
    assert not Entry.objects.filter(subject__startswith="consultation.", at__gt=FRIDAY).exists()
    assert Entry.objects.count() == entries
