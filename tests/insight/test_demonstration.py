"""The demonstration's past: made once, never in the future, marked as invented, and enough of it for every figure."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from civic.accounts.demonstration import create_demonstration_accounts
from civic.audit.services.verify import verify_ledger
from civic.hotline.models import Ticket
from civic.insight.board import KEYS, board
from civic.insight.demonstration import A_DAY, DAYS, SAY_SO, create_demonstration_past
from civic.insight.scope import read_scope
from tests.factories import insight

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 3, 20, 8, tzinfo=UTC)  # 16:00 in Lu'an


@pytest.fixture
def demonstration(db, settings):
    settings.CITY_COMMANDS = ["load_hotline"]
    call_command("load_city", "cities/luan", verbosity=0)
    create_demonstration_accounts(at=FRIDAY)


def test_the_past_fills_every_figure_of_both_boards_and_a_second_run_changes_nothing(demonstration):
    assert create_demonstration_past(at=FRIDAY) == DAYS * A_DAY + SAY_SO
    assert create_demonstration_past(at=FRIDAY) == 0
    insight.counted(at=FRIDAY)

    for is_public in (True, False):
        scope, _wrong = read_scope({"days": "90"}, today=FRIDAY.date(), is_public=is_public)
        made = board(scope, today=FRIDAY.date())
        empty = [one.key for one in made.figures if not any(line.value for line in one.lines)]
        assert empty == []
        assert len(made.figures) == len(KEYS)
    assert not Ticket.objects.filter(received_at__gt=FRIDAY).exists()
    assert not Ticket.objects.filter(ended_at__gt=FRIDAY).exists()
    assert Ticket.objects.filter(facts__demonstration="board").count() == Ticket.objects.count()
    assert verify_ledger(at=FRIDAY, progress=lambda *_: None).findings == []


def test_the_command_makes_nothing_without_its_people(db, capsys):
    call_command("create_demonstration_board")

    assert Ticket.objects.count() == 0
    assert "none" in capsys.readouterr().err


def test_outside_a_demonstration_there_is_none(demonstration, settings):
    settings.DEMONSTRATION = False

    call_command("create_demonstration_board")

    assert Ticket.objects.count() == 0
