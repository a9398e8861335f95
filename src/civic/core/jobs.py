"""Jobs: outgoing work, enqueued in PostgreSQL inside the transaction that causes it, taken up again if it is left."""

import json
from datetime import datetime, timedelta
from functools import cache

from django.db import connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager

JobValue = str | int | None

MOST_ATTEMPTS = 8
# After 4, 16, 64 … seconds, the last after 18 hours: a day of trouble heals by itself, more of it needs a person.
# Periodic tasks have none: their next turn does the same, and may already wait under the same queueing lock.
RETRY = RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=4)

STALLED = """
    select job.id, job.attempts, exists (
        select from procrastinate_jobs as turn where turn.queueing_lock = job.queueing_lock and turn.status = 'todo')
    from procrastinate_jobs as job left join procrastinate_workers as worker on worker.id = job.worker_id
    where job.status = 'doing' and (worker.id is null or worker.last_heartbeat < %s)
    order by job.id for update of job skip locked
"""
DONE = """
    delete from procrastinate_jobs as job using procrastinate_events as event
    where event.job_id = job.id and event.type = 'succeeded' and event.at < %s and job.status = 'succeeded'
"""


def enqueue(name: str, *, at: datetime | None = None, lock: str | None = None, **values: JobValue) -> int:
    """Put job `name` (the dotted path of a task) on the queue and return its id.

    The row is written on Django's own connection, in a worker too (whose app has connections of its own), so it commits
    or rolls back with the business rows. Values are ids, never contents: no personal data in the queue. `at` delays
    the job (None: at once).
    """
    job = app.configure_task(name=name, allow_unknown=True, schedule_at=at, lock=lock).job
    return JobDeferrer(job_manager=JobManager(DjangoConnector()), job=job).defer(**values)


def job_row(name: str, **values: JobValue) -> tuple[str, str, int, str]:
    """Return queue, name, priority and JSON arguments of a job due at once, for a caller's own statement."""
    queue, priority = _turn(name)
    return queue, name, priority, json.dumps(values)


@cache
def _turn(name: str) -> tuple[str, int]:
    """Return queue and priority of a task: they are the same for all its jobs."""
    job = app.configure_task(name=name, allow_unknown=True).job
    return job.queue, job.priority


def take_up_stalled(*, silent_since: datetime, at: datetime) -> int:
    """Give back to the queue what workers were doing that have been silent since then; return how many jobs.

    A job whose next turn already waits is closed, and so is one that outlived its workers `MOST_ATTEMPTS` times:
    it may be what kills them.
    """
    taken = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STALLED, [silent_since])
        for job, attempts, turn_waits in cursor.fetchall():
            if turn_waits:
                cursor.execute("select procrastinate_finish_job_v1(%s, 'aborted', false)", [job])
            elif attempts >= MOST_ATTEMPTS:
                cursor.execute("select procrastinate_finish_job_v1(%s, 'failed', false)", [job])
            else:
                cursor.execute("select procrastinate_retry_job_v2(%s, %s, null, null, null)", [job, at])
                taken += 1
    return taken


def forget_done(*, older_than: timedelta, at: datetime) -> int:
    """Delete jobs that succeeded longer ago; what failed stays until a person has looked at it. Return how many."""
    with connection.cursor() as cursor:
        cursor.execute(DONE, [at - older_than])
        return int(cursor.rowcount)
