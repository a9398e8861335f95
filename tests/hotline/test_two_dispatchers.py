"""Two dispatchers press at the same moment: one of them wins, and the other is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from civic.audit.models import Entry
from civic.hotline.models import Ticket
from civic.hotline.states import TicketState
from tests.factories import hotline
from tests.factories.accounts import MONDAY, official
from tests.hotline.desk import at_desk, page_of


@pytest.fixture
def waiting(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ticket]:
    hotline.city()
    monkeypatch.setattr("civic.hotline.office.ticket.now", lambda: MONDAY)
    yield hotline.ticket()
    connection.close()


def test_one_dispatch_stands_and_nothing_is_sent_twice(waiting: Ticket) -> None:
    people = [hotline.gao_fei(), official("吴静", department=hotline.unit("rx"), roles=("dispatcher",))]
    desks, start = [at_desk(one) for one in people], Barrier(2)
    sorted_to = {"proposed": "010201", "kind": "HELP", "urgency": "NORMAL", "seen": str(waiting.version)}
    units = ["cgj", "jaq"]

    def press(place: int) -> int:
        try:
            start.wait()
            body = {**sorted_to, "unit": units[place], "reason": "按现场情况由这个单位办理"}
            return int(desks[place].post(page_of(waiting, "dispatch/"), body).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, range(2)))

    waiting.refresh_from_db()
    assert sorted(answers) == [302, 412]
    assert waiting.state == TicketState.DISPATCHED
    assert waiting.dispatches.get().unit.code == units[answers.index(302)]
    assert Entry.objects.filter(subject=waiting.ledger_id(), step="hotline.ticket.dispatch").count() == 1
