"""A demand nearly due or overdue: whoever answers it, and then whoever waits, gets one letter a rung."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from civic.accounts.models import Account
from civic.config.reactions import REACTIONS
from civic.deadlines.models import Clock
from civic.deadlines.services import fire_due_rungs
from civic.exchange import tasks
from civic.exchange.models import Demand
from civic.notifications.models import Notice
from tests.factories import exchange as make
from tests.factories.accounts import MONDAY, official

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
NEARLY = MONDAY + timedelta(days=11)  # Friday of the second week: eight of ten working days are over
LATE = MONDAY + timedelta(days=15)


def staff(name: str, code: str, *roles: str) -> Account:
    return official(name, department=make.office_of(code), roles=roles)


@pytest.fixture
def people() -> dict[str, Account]:
    return {
        "asker": staff("李强", "rsj", "unit_handler"),
        "asker's leader": staff("陈静", "rsj", "unit_leader"),
        "provider's leader": staff("刘洋", "zrzy", "unit_leader"),
        "steward": staff("赵敏", "sjzy", "data_steward"),
        "provider's handler": staff("孙浩", "zrzy", "unit_handler"),
        "another's leader": staff("周建国", "gaj", "unit_leader"),
    }


def told(letter: str) -> set[int]:
    return set(Notice.objects.filter(template__code=letter).values_list("recipient_id", flat=True))


def those(people: dict[str, Account], *names: str) -> set[int]:
    return {people[name].pk for name in names}


def ring(demand: Demand, rung: str, monkeypatch: pytest.MonkeyPatch, *, at: Any) -> None:
    monkeypatch.setattr("civic.exchange.tasks.now", lambda: at)
    clock = Clock.objects.of(demand.ledger_id()).get()
    tasks.tell_demand(clock.pk, demand.ledger_id(), rung)


def test_both_rungs_of_a_demands_clock_lead_to_the_letter() -> None:
    for rung in ("yellow", "red"):
        assert REACTIONS[f"deadlines.clock.rung:exchange.demand:{rung}"] == ["civic.exchange.tasks.tell_demand"]


def test_each_rung_queues_one_job_however_often_the_clocks_are_looked_at(people: dict[str, Account]) -> None:
    demand = make.demand(by=people["asker"])

    assert [fire_due_rungs(at=MONDAY), fire_due_rungs(at=NEARLY), fire_due_rungs(at=NEARLY)] == [0, 1, 0]
    assert [fire_due_rungs(at=LATE), fire_due_rungs(at=LATE)] == [1, 0]

    assert queued(demand) == [("yellow", 1), ("red", 1)]


def queued(demand: Demand) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'rung', count(*) FROM procrastinate_jobs WHERE task_name = %s AND args->>'subject' = %s"
            " GROUP BY 1 ORDER BY min(id)",
            ["civic.exchange.tasks.tell_demand", demand.ledger_id()],
        )
        return list(cursor.fetchall())


def test_nearly_due_those_who_answer_are_told_once(people: dict[str, Account], monkeypatch: pytest.MonkeyPatch) -> None:
    demand = make.demand(by=people["asker"])

    ring(demand, "yellow", monkeypatch, at=NEARLY)
    ring(demand, "yellow", monkeypatch, at=NEARLY)

    assert told("demand.waiting") == those(people, "provider's leader", "steward")
    assert Notice.objects.count() == 2
    letter = Notice.objects.get(recipient=people["steward"])
    assert f"/office/exchange/demands/{demand.pk}/" in letter.body
    assert "2026-03-16" in letter.body


def test_overdue_those_who_wait_are_told_too(people: dict[str, Account], monkeypatch: pytest.MonkeyPatch) -> None:
    demand = make.demand(by=people["asker"])
    ring(demand, "yellow", monkeypatch, at=NEARLY)

    ring(demand, "red", monkeypatch, at=LATE)
    ring(demand, "red", monkeypatch, at=LATE)

    assert told("demand.overdue") == those(people, "provider's leader", "steward", "asker", "asker's leader")
    assert Notice.objects.count() == 6


def test_a_steward_who_asks_is_not_asked_to_answer(people: dict[str, Account], monkeypatch: pytest.MonkeyPatch) -> None:
    demand = make.demand(by=people["steward"])

    ring(demand, "yellow", monkeypatch, at=NEARLY)

    assert told("demand.waiting") == those(people, "provider's leader")


@pytest.mark.parametrize("step", ["approve", "withdraw"])
def test_what_was_answered_meanwhile_is_told_to_nobody(
    people: dict[str, Account], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    demand = make.demand(by=people["asker"])
    getattr(demand, step)(by=people["provider's leader" if step == "approve" else "asker"], at=MONDAY)

    ring(demand, "red", monkeypatch, at=LATE)

    assert not Notice.objects.exists()


def test_who_has_left_office_is_told_nothing(people: dict[str, Account], monkeypatch: pytest.MonkeyPatch) -> None:
    demand = make.demand(by=people["asker"])
    Account.objects.filter(pk=people["provider's leader"].pk).update(is_active=False)

    ring(demand, "yellow", monkeypatch, at=NEARLY)

    assert told("demand.waiting") == those(people, "steward")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_letter_to_each(
    people: dict[str, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    demand = make.demand(by=people["asker"])
    monkeypatch.setattr("civic.exchange.tasks.now", lambda: NEARLY)
    clock = Clock.objects.of(demand.ledger_id()).get()
    ready = threading.Barrier(2)

    def work() -> None:
        try:
            ready.wait()
            tasks.tell_demand(clock.pk, demand.ledger_id(), "yellow")
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told("demand.waiting") == those(people, "provider's leader", "steward")
    assert Notice.objects.count() == 2


def test_an_official_reads_the_letter_at_the_desk(people: dict[str, Account], monkeypatch: pytest.MonkeyPatch) -> None:
    demand = make.demand(by=people["asker"])
    ring(demand, "red", monkeypatch, at=LATE)
    client = Client()
    client.force_login(people["asker"])
    letter = Notice.objects.get(recipient=people["asker"])

    listed = client.get("/office/letters/?show=unread").content.decode()
    opened = client.get(f"/office/letters/{letter.handle}/").content.decode()

    assert "数据需求超过答复期限：" in listed
    assert f'href="/office/exchange/demands/{demand.pk}/"' in opened
    assert client.get("/office/letters/?show=unread").content.decode().count("数据需求超过答复期限") == 0
    stranger = Client()
    stranger.force_login(people["another's leader"])
    assert stranger.get(f"/office/letters/{letter.handle}/").status_code == 404


def test_the_list_of_letters_asks_a_fixed_number_of_questions(
    people: dict[str, Account], monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        ring(make.demand(by=people["asker"], service=f"LA-JY-00{number}"), "red", monkeypatch, at=LATE)
    client = Client()
    client.force_login(people["steward"])

    with django_assert_max_num_queries(6):
        assert client.get("/office/letters/").status_code == 200
