"""Whether this installation may take traffic: one question each, answered from the database."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.timezone import localdate

from civic.deadlines.services import calendar_covers

DAYS_AHEAD = 60
OLDEST_JOB = """
    select extract(epoch from %s - min(coalesce(job.scheduled_at, event.at)))
    from (select id, scheduled_at from procrastinate_jobs
          where status = 'todo' and (scheduled_at is null or scheduled_at <= %s) order by id limit 100) as job
    left join procrastinate_events as event on event.job_id = job.id and event.type = 'deferred'
"""
JOBS = """
    select count(*) filter (where job.status = 'failed'),
           count(*) filter (where job.status = 'doing' and (worker.id is null or worker.last_heartbeat < %s)),
           count(*) filter (where job.status = 'todo' and job.attempts > 0)
    from procrastinate_jobs as job left join procrastinate_workers as worker on worker.id = job.worker_id
    where job.status <> 'succeeded'
"""
# The tree takes entries in the order of their transactions, so a loose one may have a lower number than the last leaf.
OLDEST_ENTRY = """
    select extract(epoch from %s - min(entry.recorded_at)) from audit_entry as entry
    where entry.id > coalesce((select max(entry_id) from audit_leaf), 0) - 10000
      and not exists (select from audit_leaf as leaf where leaf.entry_id = entry.id)
"""


@dataclass(frozen=True)
class Finding:
    """What one question found: `ok`, or not; a warning does not take the process out of service."""

    name: str
    ok: bool
    detail: str
    warning: bool = False


def findings(at: datetime) -> list[Finding]:
    """Return every finding at instant `at`; without a database there is only that one."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("set local statement_timeout = 2000")
            return [Finding("database", True, "answers"), *(answer for ask in QUESTIONS for answer in ask(at))]
    except DatabaseError as error:
        return [Finding("database", False, f"does not answer ({type(error).__name__})")]


def is_ready(found: list[Finding]) -> bool:
    return all(finding.ok or finding.warning for finding in found)


def as_json(found: list[Finding]) -> list[dict[str, object]]:
    return [asdict(finding) for finding in found]


def migrations(_at: datetime) -> Iterator[Finding]:
    """Every migration of this image is applied."""
    missing = _shipped() - set(MigrationRecorder(connection).applied_migrations())
    names = ", ".join(sorted(f"{app}.{name}" for app, name in missing))
    yield Finding("migrations", not missing, names or "applied")


def queue(at: datetime) -> Iterator[Finding]:
    """The worker keeps up: no job waits longer than it may."""
    lag = queue_lag(at)
    yield Finding("queue", lag <= settings.QUEUE_LAG_SECONDS, f"oldest job waits {lag:.1f} s")


def jobs(at: datetime) -> Iterator[Finding]:
    """No job was given up and none is stalled; both are for a person to look at, the pages go on."""
    state = job_state(at)
    yield Finding("jobs failed", state.failed == 0, f"{state.failed} given up", warning=True)
    yield Finding("jobs stalled", state.stalled == 0, f"{state.stalled} of workers that no longer beat", warning=True)


def ledger(at: datetime) -> Iterator[Finding]:
    """The ledger's tree keeps up with its entries."""
    lag = ledger_lag(at)
    yield Finding("ledger", lag <= settings.LEDGER_LAG_SECONDS, f"oldest entry outside the tree is {lag:.1f} s old")


def calendar(at: datetime) -> Iterator[Finding]:
    """The published calendar covers today; a year that will soon be missing is a warning.

    The State Council publishes a year in November: until its notice is entered, limits that reach
    into that year are refused by name, and everything else goes on.
    """
    today = localdate(at)
    missing = calendar_covers(on=today, days=0).missing
    yield Finding("calendar", missing is None, f"{missing} is not published" if missing else "covers today")
    coming = calendar_covers(on=today, days=DAYS_AHEAD).missing
    yield Finding("calendar ahead", coming is None, f"{coming} is not published" if coming else
                  f"covers {DAYS_AHEAD} days", warning=True)  # fmt: skip


@dataclass(frozen=True)
class JobState:
    """How many jobs were given up, how many lie with dead workers, how many wait for another attempt."""

    failed: int
    stalled: int
    retrying: int


def job_state(at: datetime) -> JobState:
    """Count the jobs that did not go as they should."""
    with connection.cursor() as cursor:
        cursor.execute(JOBS, [at - timedelta(seconds=settings.WORKER_SILENT_SECONDS)])
        return JobState(*cursor.fetchone())


def queue_lag(at: datetime) -> float:
    """Return how many seconds the oldest ready job has been waiting."""
    return _seconds(OLDEST_JOB, [at, at])


def ledger_lag(at: datetime) -> float:
    """Return the age in seconds of the oldest entry that is not yet in the tree."""
    return _seconds(OLDEST_ENTRY, [at])


def _seconds(question: str, values: list[datetime]) -> float:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        (seconds,) = cursor.fetchone()
    return max(float(seconds or 0), 0.0)


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


QUESTIONS: list[Callable[[datetime], Iterator[Finding]]] = [migrations, queue, jobs, ledger, calendar]
