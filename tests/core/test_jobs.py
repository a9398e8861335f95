"""A job is never lost: it is tried again, taken up from a dead worker, and seen by the operator when it is given up."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.core import jobs, tasks
from civic.core.jobs import RETRY, enqueue, take_up_stalled

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
HALF_A_MINUTE = timedelta(seconds=30)


def _doing(job: int, *, last_beat: datetime | None, attempts: int = 0) -> None:
    """Let a worker hold the job that beat last at `last_beat`; None: its row is gone."""
    with connection.cursor() as cursor:
        worker = None
        if last_beat is not None:
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id", [last_beat])
            (worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s WHERE id = %s",
            [worker, attempts, job],
        )


def _look(job: int) -> tuple[str, int]:
    found = ProcrastinateJob.objects.get(pk=job)
    return found.status, found.attempts


def _take_up() -> int:
    return take_up_stalled(silent_since=MONDAY - HALF_A_MINUTE, at=MONDAY)


@pytest.mark.django_db
def test_what_a_silent_worker_was_doing_goes_back_to_the_queue_and_what_a_living_one_does_stays() -> None:
    left, forgotten, running = (enqueue("civic.nowhere.work") for _ in range(3))
    _doing(left, last_beat=MONDAY - timedelta(seconds=31))
    _doing(forgotten, last_beat=None)
    _doing(running, last_beat=MONDAY - timedelta(seconds=29))

    assert _take_up() == 2

    assert [_look(left), _look(forgotten), _look(running)] == [("todo", 1), ("todo", 1), ("doing", 0)]
    assert _take_up() == 0


@pytest.mark.django_db
def test_a_turn_that_already_waits_makes_the_one_left_behind_needless() -> None:
    left = tasks.take_up_stalled.defer(timestamp=1)
    _doing(left, last_beat=None)
    waiting = tasks.take_up_stalled.defer(timestamp=2)

    assert _take_up() == 0

    assert [_look(left), _look(waiting)] == [("aborted", 1), ("todo", 0)]


@pytest.mark.django_db
def test_a_job_that_outlives_its_workers_again_and_again_is_given_up() -> None:
    poison = enqueue("civic.nowhere.poison")
    _doing(poison, last_beat=None, attempts=8)

    assert _take_up() == 0

    assert _look(poison) == ("failed", 9)


@pytest.mark.django_db
def test_only_what_succeeded_a_week_ago_is_forgotten() -> None:
    old, failed = enqueue("civic.nowhere.old"), enqueue("civic.nowhere.failed")
    with connection.cursor() as cursor:
        for job, end in ((old, "succeeded"), (failed, "failed")):
            _doing(job, last_beat=None)
            cursor.execute("SELECT procrastinate_finish_job_v1(%s, %s, false)", [job, end])
        cursor.execute("UPDATE procrastinate_events SET at = %s", [MONDAY - timedelta(days=7, seconds=1)])

    assert jobs.forget_done(older_than=tasks.DONE_KEPT_FOR, at=MONDAY) == 1

    assert [job.pk for job in ProcrastinateJob.objects.all()] == [failed]


def test_trying_again_lasts_a_day() -> None:
    waits = [4 ** (attempts + 1) for attempts in range(RETRY.max_attempts or 0)]

    assert (waits[0], waits[-1], sum(waits)) == (4, 65536, 87380)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Work off the queue once, as the worker does: on connections of its own, in threads of its own."""
    known = set(app.tasks)
    monkeypatch.setitem(connections.databases["default"], "CONN_MAX_AGE", 0)  # its threads leave no connection behind

    def run() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
            worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)

    yield run
    for name in set(app.tasks) - known:
        del app.tasks[name]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_waits_for_its_next_attempt(work: Callable[[], None]) -> None:
    @app.task(name="tests.stumble", retry=RETRY)
    def stumble() -> None:
        raise ConnectionError("the gateway is away")

    job = enqueue("tests.stumble")

    work()

    found = ProcrastinateJob.objects.get(pk=job)
    assert (found.status, found.attempts) == ("todo", 1)
    assert timedelta(seconds=3) < found.scheduled_at - datetime.now(UTC) < timedelta(seconds=4)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_rolls_back_in_a_worker_takes_the_jobs_along_that_it_enqueued(work: Callable[[], None]) -> None:
    @app.task(name="tests.roll_back", retry=RETRY)
    def roll_back() -> None:
        with transaction.atomic():
            enqueue("civic.nowhere.follows", case=1)
            raise ValueError("the row that it belongs to was refused")

    enqueue("tests.roll_back")

    work()

    names = set(ProcrastinateJob.objects.values_list("task_name", flat=True))
    assert "tests.roll_back" in names
    assert "civic.nowhere.follows" not in names


@pytest.mark.django_db
def test_the_periodic_look_asks_for_workers_that_missed_three_beats(monkeypatch: Any) -> None:
    monkeypatch.setattr(tasks, "now", lambda: MONDAY)
    left, running = enqueue("civic.nowhere.work"), enqueue("civic.nowhere.work")
    _doing(left, last_beat=MONDAY - timedelta(seconds=31))
    _doing(running, last_beat=MONDAY - timedelta(seconds=29))

    assert tasks.take_up_stalled(timestamp=0) == 1
    assert tasks.forget_done(timestamp=0) == 0

    assert [_look(left), _look(running)] == [("todo", 1), ("doing", 0)]
