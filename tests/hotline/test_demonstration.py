"""The demonstration's tickets: every stage, made by real verbs, once, never in the future, marked as invented."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from civic.accounts.demonstration import create_demonstration_accounts
from civic.audit.models import Entry
from civic.hotline.demonstration import SCENES, create_demonstration_tickets
from civic.hotline.models import Reception, Ticket

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 3, 20, 8, tzinfo=UTC)  # 16:00 in Lu'an


@pytest.fixture
def demonstration(db, settings):
    settings.CITY_COMMANDS = ["load_hotline"]
    call_command("load_city", "cities/luan", verbosity=0)
    create_demonstration_accounts(at=FRIDAY)


def test_tickets_stand_at_every_stage_and_a_second_run_changes_nothing(demonstration):
    assert create_demonstration_tickets(at=FRIDAY) == len(SCENES)
    entries = Entry.objects.count()
    assert create_demonstration_tickets(at=FRIDAY) == 0

    assert Counter(Ticket.objects.values_list("state", flat=True)) == {
        "RECEIVED": 2,
        "DISPATCHED": 1,
        "MERGED": 1,
        "OBJECTED": 1,
        "MEETING": 1,
        "HANDLING": 2,
        "WAITING": 1,
        "REPLIED": 1,
        "REVISIT": 1,
        "CLOSED": 3,
        "REFUSED": 1,
    }
    assert Entry.objects.count() == entries
    assert not Entry.objects.filter(subject__startswith="hotline.ticket:", at__gt=FRIDAY).exists()
    assert Ticket.objects.filter(facts__demonstration="yes").count() == len(SCENES)
    assert Ticket.objects.published().get().clear("title") == "健康路井盖破损"
    assert Ticket.objects.overdue(at=FRIDAY).exists()
    assert Ticket.objects.asking_for_time().count() == 1
    assert Ticket.objects.contested().count() == 1
    assert Ticket.objects.get(channel="DEPUTY").sponsor.username == "rd.daibiao1"


def test_the_stations_of_the_pack_stand_with_their_deputies_and_a_second_load_writes_nothing(demonstration, capsys):
    call_command("load_deputies", "cities/luan")
    call_command("load_deputies", "cities/luan")

    assert capsys.readouterr().err.splitlines() == ["deputies: 6 of 6 written", "deputies: 0 of 6 written"]
    assert {one.deputy.username for one in Reception.objects.select_related("deputy")} == {"rd.daibiao1", "rd.daibiao2"}


def test_the_command_makes_nothing_without_its_people(db, settings, capsys):
    call_command("create_demonstration_tickets")

    assert Ticket.objects.count() == 0
    assert "none" in capsys.readouterr().err


def test_outside_a_demonstration_there_is_none(demonstration, settings):
    settings.DEMONSTRATION = False

    call_command("create_demonstration_tickets")

    assert Ticket.objects.count() == 0
