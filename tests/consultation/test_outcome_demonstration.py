"""The demonstration's finished consultation has votes, a map, answers and a report; made once, never in the future."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from civic.accounts.demonstration import create_demonstration_accounts
from civic.audit.models import Entry
from civic.consultation.demonstration import create_demonstration_consultations
from civic.consultation.models import Consultation, MapEdition, Opinion, Report, Theme
from civic.consultation.outcome_demonstration import create_demonstration_outcome

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 3, 20, 8, tzinfo=UTC)


def test_the_finished_one_is_answered_and_adopted_and_a_second_run_changes_nothing(settings: object) -> None:
    settings.CITY_COMMANDS = []  # type: ignore[attr-defined]
    call_command("load_city", "cities/luan", verbosity=0)
    create_demonstration_accounts(at=FRIDAY)
    create_demonstration_consultations(at=FRIDAY)

    assert create_demonstration_outcome(at=FRIDAY) == 1
    entries = Entry.objects.count()
    assert create_demonstration_outcome(at=FRIDAY) == 0
    assert Entry.objects.count() == entries

    ended = Consultation.objects.get(state="ADOPTED")
    assert [(one.title, one.verdict) for one in Theme.objects.of(ended).order_by("number")] == [
        ("公示时间", "ADOPTED"), ("消防通道", "PARTLY")
    ]  # fmt: skip
    told = MapEdition.objects.get(consultation=ended).told
    assert [(one["name"], one["people"]) for one in told["groups"]] == [("A", 20), ("B", 20)]
    assert Report.objects.get().figures["participation"]["took_part"] >= 42
    assert not Opinion.objects.filter(consultation=ended, placing=None).public().exists()
    assert not Entry.objects.filter(subject__startswith="consultation.", at__gt=FRIDAY).exists()
