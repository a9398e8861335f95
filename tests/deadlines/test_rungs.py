"""Rungs fire exactly once, with their jobs, under any number of workers."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.audit.models import Entry
from civic.deadlines import services
from civic.deadlines.models import Clock, Fired, Rung
from civic.deadlines.models.rung import FiredQuerySet
from tests.factories.deadlines import CLERK, LEADER, city, clock

CARD = "civic.cases.tasks.show_card"


@pytest.fixture
def reactions(settings: pytest.FixtureRequest) -> None:
    settings.REACTIONS = {
        "deadlines.clock.rung:promise:yellow": [CARD],
        "deadlines.clock.rung:promise:red": [CARD],
    }


def jobs() -> list[dict[str, object]]:
    return [job.args for job in ProcrastinateJob.objects.filter(task_name=CARD).order_by("id")]


@pytest.mark.django_db
def test_a_rung_fires_once_with_its_job_and_its_entry(reactions: None) -> None:
    running = clock(budget=4)

    assert services.fire_due_rungs(at=city("2026-03-05 23:59:58")) == 0
    assert services.fire_due_rungs(at=city("2026-03-06 00:00")) == 1
    assert services.fire_due_rungs(at=city("2026-03-06 00:01")) == 0

    assert jobs() == [{"clock": running.pk, "subject": "cases.case:7", "rung": "yellow"}]
    assert Entry.objects.filter(step="deadlines.clock.ring").count() == 1
    running.refresh_from_db()
    assert running.next_rung_at == running.due_at


@pytest.mark.django_db
def test_rungs_missed_while_no_worker_ran_all_fire_in_order(reactions: None) -> None:
    clock(budget=4)

    assert services.fire_due_rungs(at=city("2026-03-20 09:00")) == 2

    assert [job["rung"] for job in jobs()] == ["yellow", "red"]
    assert Clock.objects.get().next_rung_at is None


@pytest.mark.django_db
def test_a_rung_that_has_fired_does_not_fire_again_after_an_extension(reactions: None) -> None:
    running = clock(budget=4)
    services.fire_due_rungs(at=city("2026-03-06 09:00"))

    running.extend(units=4, basis="第四十二条", by=CLERK, approver=LEADER, at=city("2026-03-06 10:00"))

    assert services.fire_due_rungs(at=city("2026-03-12 09:00")) == 0
    assert services.fire_due_rungs(at=city("2026-03-13 09:00")) == 1
    assert [job["rung"] for job in jobs()] == ["yellow", "red"]


@pytest.mark.django_db
def test_suspended_and_stopped_clocks_do_not_ring(reactions: None) -> None:
    suspended, stopped = clock(subject="cases.case:1", budget=4), clock(subject="cases.case:2", budget=4)
    suspended.suspend(reason="HEARING", basis="第四十五条", by=CLERK, at=city("2026-03-03 09:00"))
    stopped.stop(by=CLERK, at=city("2026-03-03 09:00"))

    assert services.fire_due_rungs(at=city("2026-03-20 09:00")) == 0

    assert (jobs(), Fired.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_a_ladder_is_data_of_its_kind(reactions: None) -> None:
    Rung.objects.set_profile(
        kind="promise",
        rungs=(("blue", Decimal("0.5"), 0), ("red", Decimal(1), 2)),
        by=CLERK,
        at=city("2026-03-01 09:00"),
    )

    running = clock(budget=4)

    assert running.next_rung_at == city("2026-03-04 23:59:59")
    assert services.fire_due_rungs(at=city("2026-03-07 09:00")) == 1
    assert services.fire_due_rungs(at=city("2026-03-11 09:00")) == 1
    assert [job["rung"] for job in jobs()] == ["red"]


@pytest.mark.django_db
def test_a_rung_of_a_later_year_waits_until_that_year_is_published() -> None:
    Rung.objects.set_profile(kind="promise", rungs=(("red", Decimal(1), 5),), by=CLERK, at=city("2026-03-01 09:00"))

    running = clock(budget=5, at=city("2026-12-22 09:00"))

    assert running.due_at == city("2026-12-29 23:59:59")
    assert running.next_rung_at is None


WORKERS, CLOCKS = 8, 12


@pytest.fixture
def clean() -> Iterator[None]:
    """Leave nothing behind: the threads commit."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("truncate deadlines_clock, deadlines_fired, deadlines_interval, procrastinate_jobs cascade")


def race(work: Callable[[], object]) -> None:
    barrier = threading.Barrier(WORKERS)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            barrier.wait()
            work()
        except BaseException as error:  # noqa: BLE001 shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def fired_by_eight_workers() -> Counter[tuple[object, object]]:
    for n in range(CLOCKS):
        clock(subject=f"cases.case:{n}", budget=4)
    race(lambda: services.fire_due_rungs(at=city("2026-03-20 09:00")))
    return Counter((job["subject"], job["rung"]) for job in jobs())


@pytest.mark.django_db(transaction=True)
def test_eight_workers_fire_each_rung_exactly_once(reactions: None, clean: None) -> None:
    fired = fired_by_eight_workers()

    assert fired == {(f"cases.case:{n}", rung): 1 for n in range(CLOCKS) for rung in ("yellow", "red")}


@pytest.mark.django_db(transaction=True)
def test_the_same_race_is_lost_without_the_claim(reactions: None, clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FiredQuerySet, "claim", lambda self, **_: True)

    fired = fired_by_eight_workers()

    assert sum(fired.values()) > 2 * CLOCKS


@pytest.mark.django_db
def test_a_rung_struck_from_the_table_of_those_fired_is_found_by_the_seal(reactions: None) -> None:
    running = clock(budget=4)
    services.fire_due_rungs(at=city("2026-03-06 09:00"))
    before = Clock.sealed_rows().get(pk=running.pk).sealed_content()

    Fired.objects.all().delete()

    assert Clock.sealed_rows().get(pk=running.pk).sealed_content() != before
