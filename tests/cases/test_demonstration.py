"""The demonstration's cases: every stage, made by real verbs, once, never in the future."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.utils.timezone import localdate

from civic.accounts.demonstration import create_demonstration_accounts
from civic.audit.models import Entry
from civic.cases.demonstration import SCENES, create_demonstration_cases, workdays_before
from civic.cases.lights import light_of
from civic.cases.models import Case, Task
from civic.deadlines.calendars import CalendarMissing

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 3, 20, 8, tzinfo=UTC)  # 16:00 in Lu'an
AFTER_SPRING_FESTIVAL = datetime(2026, 2, 25, 1, tzinfo=UTC)


@pytest.fixture
def demonstration(db, settings):
    settings.CITY_COMMANDS = []
    call_command("load_city", "cities/luan", verbosity=0)
    create_demonstration_accounts(at=FRIDAY)


def test_cases_stand_at_every_stage_and_a_second_run_changes_nothing(demonstration):
    assert create_demonstration_cases(at=FRIDAY) == len(SCENES)
    entries = Entry.objects.count()
    assert create_demonstration_cases(at=FRIDAY) == 0

    counts = dict.fromkeys(Case.objects.values_list("state", flat=True), 0)
    for state in Case.objects.values_list("state", flat=True):
        counts[state] += 1
    assert counts == {
        "SUBMITTED": 3,
        "CORRECTION": 1,
        "IN_REVIEW": 5,
        "SUSPENDED": 1,
        "DECIDED": 2,
        "DELIVERED": 2,
        "WITHDRAWN": 1,
    }
    assert Entry.objects.count() == entries
    assert not Entry.objects.filter(subject__startswith="cases.", at__gt=FRIDAY).exists()
    lights = [light_of(case, at=FRIDAY)[0] for case in Case.objects.open().for_list()]
    assert {"green", "yellow", "red", "paused"} == set(lights)
    home = Case.objects.filter(service__code="LA-ZR-001", state="IN_REVIEW").latest("submitted_at")
    assert dict(Task.objects.filter(case=home).values_list("key", "state")) == {
        "land": "DONE",
        "tax": "OPEN",
        "house": "OPEN",
        "register": "WAITING",
    }


def test_only_working_days_count_backwards():
    days = workdays_before(AFTER_SPRING_FESTIVAL, most=3)

    assert [day.isoformat() for day in days] == ["2026-02-24", "2026-02-14", "2026-02-13"]
    assert localdate(AFTER_SPRING_FESTIVAL).isoformat() == "2026-02-25"


def test_without_a_calendar_there_are_no_cases(demonstration):
    with pytest.raises(CalendarMissing):
        create_demonstration_cases(at=datetime(2031, 6, 2, tzinfo=UTC))

    assert Case.objects.count() == 0
