"""The first rows of a long list: whichever way they are found, they are the same, and nothing stays set."""

import pytest
from django.db import connection

from civic.hotline.models import Ticket
from civic.hotline.services import reading
from tests.factories import hotline

pytestmark = pytest.mark.django_db
SLOW = "pg_sleep(0.03) IS NOT NULL"


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(("patience", "walk"), [(5000, 5000), (1, 5000), (1, 1)], ids=["planned", "walked", "gathered"])
def test_a_slow_question_is_asked_another_way_and_answered(
    patience: int, walk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp, lid = hotline.ticket(), hotline.ticket()
    monkeypatch.setattr(reading, "PATIENCE", patience)
    monkeypatch.setattr(reading, "LONGEST_WALK", walk)
    before = {name: setting(name) for name in (*reading.IN_ORDER, "statement_timeout")}

    found = reading.first_rows(Ticket.objects.extra(where=[SLOW]).order_by("-received_at", "-pk")[:20])

    assert {one.pk for one in found} == {lamp.pk, lid.pk}
    assert {name: setting(name) for name in before} == before
