"""Jobs: outgoing work, enqueued in PostgreSQL inside the transaction that causes it."""

import json
from datetime import datetime

from procrastinate.contrib.django import app

JobValue = str | int | None


def enqueue(name: str, *, at: datetime | None = None, lock: str | None = None, **values: JobValue) -> int:
    """Put job `name` (the dotted path of a task) on the queue and return its id.

    The row is written on Django's own connection, so it commits or rolls back with the business rows.
    Values are ids, never contents: no personal data in the queue. `at` delays the job (None: at once).
    """
    deferrer = app.configure_task(name=name, allow_unknown=True, schedule_at=at, lock=lock)
    return deferrer.defer(**values)


def job_row(name: str, **values: JobValue) -> tuple[str, str, int, str]:
    """Return queue, name, priority and JSON arguments of a job due at once, for a caller's own statement."""
    job = app.configure_task(name=name, allow_unknown=True).job
    return job.queue, name, job.priority, json.dumps(values)
