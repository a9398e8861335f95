"""POST /api/apply in two statements: services.submit_case says what is stored, this stores the same rows faster.

The plain path sends some thirty statements, of which most of the time is Django's and the wire's. Applications come
in waves on the day a subsidy opens, so this one journey is written by hand: one SELECT looks the key up and draws the
ids, one INSERT stores case, submission, tasks, commitments, clock, both ledger entries, the answer and the job. One
statement is one transaction. Whatever is not the common case (documents to grant, a repeated key, a version just
replaced, any refusal by the database) is left to the plain path, which answers it in the one way there is.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import connection, models, transaction

from civic.accounts.models import Department
from civic.audit.services import entry_values
from civic.cases import rules
from civic.cases.models import Case, Commitment, Submission, Task
from civic.cases.models.clocks import ACCEPTANCE, end_of
from civic.cases.services import (
    Application,
    Principal,
    check_application,
    new_case,
    new_commitments,
    new_tasks,
    numbered,
    require_online,
)
from civic.catalogue import shelf
from civic.catalogue.models import Service, Version
from civic.core.jobs import job_row
from civic.deadlines.measures import Unit
from civic.deadlines.models import Clock
from civic.deadlines.models.clock import clock_values
from civic.idempotency.models import Replay
from civic.idempotency.services import Claim, replay_of

if TYPE_CHECKING:
    from civic.accounts.models import Account

Answer = Callable[[Case, int], tuple[int, bytes, str]]

MODELS = (Case, Clock, Submission, Task, Commitment, Replay)
LOOK = """
SELECT s.current_id, EXISTS (SELECT FROM idempotency_replay r WHERE r.scope = %s AND r.key = %s),
       ARRAY(SELECT nextval(q) FROM pg_get_serial_sequence('cases_case', 'id') q, generate_series(1, 2)),
       ARRAY(SELECT nextval(q) FROM pg_get_serial_sequence('audit_entry', 'id') q, generate_series(1, 2)),
       nextval(pg_get_serial_sequence('deadlines_clock', 'id')),
       nextval(pg_get_serial_sequence('cases_submission', 'id')),
       nextval(pg_get_serial_sequence('idempotency_replay', 'id')),
       ARRAY(SELECT nextval(q) FROM pg_get_serial_sequence('cases_task', 'id') q, generate_series(1, %s::int)),
       ARRAY(SELECT nextval(q) FROM pg_get_serial_sequence('cases_commitment', 'id') q, generate_series(1, %s::int))
FROM catalogue_service s WHERE s.code = %s
"""
JOB = """
SELECT procrastinate_defer_jobs_v1(
    ARRAY[ROW(j->>0, j->>1, (j->>2)::int, NULL, NULL, (j->>3)::jsonb, NULL)]::procrastinate_job_to_defer_v1[])
FROM given, LATERAL (SELECT rows->'job' AS j) AS job
"""


@dataclass(frozen=True)
class Drawn:
    """The primary keys of everything that one application stores."""

    cases: list[int]
    entries: list[int]
    clock: int
    submission: int
    replay: int
    tasks: list[int]
    commitments: list[int]


def apply(
    asked: Claim, service: str, application: Application, *, by: "Account", at: datetime, answer: Answer
) -> Replay | None:
    """Take in the application for the caller's own person; None, if the plain path has to.

    Raises: as services.submit_case.
    """
    version = _version_of(service)
    if version is None or any(application.documents.values()):
        return None
    drawn = _look(asked, service, version, application)
    number = next(((pk, words) for pk in drawn.cases if (words := numbered(pk, at=at))), None) if drawn else None
    if drawn is None or number is None:
        return None
    require_online(version)
    who = Principal(person=by.person)
    check_application(version, application, by=by, who=who)
    case = new_case(number, version, application, by=by, who=who, at=at)
    clock = _new_clock(case, drawn.clock, by=by, at=at)
    case.act_by = end_of(clock)
    parts = _parts(case, version, application, drawn, by=by, at=at)
    case.new_parts = dict(zip(("submissions", "tasks", "commitments"), parts, strict=True))
    status, body, location = answer(case, drawn.entries[1])
    replay = replay_of(asked, status=status, body=body, location=location, at=at)
    replay.pk = drawn.replay
    entries = _entries(case, clock, application, drawn.entries, by=by, at=at)
    return replay if _store([[case], [clock], *parts, [replay]], entries, case) else None


@lru_cache(maxsize=512)
def _departments(version_id: int) -> dict[str, int]:
    """Return the primary keys of all departments by code; those that a published version names are there to stay."""
    return dict(Department.objects.values_list("code", "pk"))


_in_force: dict[str, int] = {}


def _version_of(service: str) -> Version | None:
    """Return the version that was in force when this process last looked; _look makes sure that it still is."""
    pk = _in_force.get(service)
    if pk is None:
        pk = Service.objects.published().filter(code=service).values_list("current_id", flat=True).first()
        if pk is None:
            return None
        _in_force[service] = pk
    return shelf.version(pk)


def _look(asked: Claim, service: str, version: Version, application: Application) -> Drawn | None:
    """Draw the ids; None, if the key was used before or another version is in force by now."""
    counts = [len(version.steps), len(application.commitments)]
    try:
        row = _ask(LOOK, [asked.scope, asked.key, *counts, service])
    except psycopg.OperationalError:  # this is also the look whether the connection is alive
        connection.close()
        return None
    if row is None or row[0] != version.pk:
        _in_force.pop(service, None)
        return None
    if row[1]:
        return None
    return Drawn(*row[2:])


def _new_clock(case: Case, pk: int, *, by: "Account", at: datetime) -> Clock:
    values = clock_values(
        subject=case, kind=ACCEPTANCE, budget=rules.ACCEPTANCE_WORKDAYS, unit=Unit.WORKDAY, by=by, at=at
    )
    clock = Clock(pk=pk, **values)
    # nothing can hang on a clock that is not stored yet, so nobody has to ask
    clock._prefetched_objects_cache = {"intervals": [], "fired": []}  # type: ignore[attr-defined]
    return clock


def _parts(
    case: Case, version: Version, application: Application, drawn: Drawn, *, by: "Account", at: datetime
) -> list[list[Any]]:
    """Return submission, tasks and commitments, each with its key."""
    sent = Submission(pk=drawn.submission, case=case, round=1, submitted_at=at, by=by)
    sent.hold(application.form, application.documents)
    tasks: list[Task] = new_tasks(case, version, _departments(version.pk))
    made: list[Commitment] = new_commitments(case, version, application.commitments, at=at)
    for rows, keys in ((tasks, drawn.tasks), (made, drawn.commitments)):
        for row, pk in zip(rows, keys, strict=False):
            row.pk = pk
    return [[sent], tasks, made]


def _entries(
    case: Case, clock: Clock, application: Application, keys: Sequence[int], *, by: "Account", at: datetime
) -> list[dict[str, Any]]:
    """Return the columns of the two ledger entries; `detail` becomes JSON of its own again."""
    started = entry_values(at=at, actor=by, step="deadlines.clock.start", subject=clock, detail={"of": clock.subject})
    submitted = entry_values(
        at=at, actor=by, step="cases.case.submit", subject=case, detail={"channel": application.channel}
    )
    return [
        {**values, "id": pk, "detail": json.loads(values["detail"])}
        for pk, values in zip(keys, (started, submitted), strict=True)
    ]


def _store(groups: Sequence[Sequence[models.Model]], entries: list[dict[str, Any]], case: Case) -> bool:
    """Store everything in one statement; False, if the database refuses: then nothing is stored."""
    rows = {
        "job": job_row("civic.cases.tasks.announce", case=case.pk, step="submit", seen=0),
        "audit_entry": entries,
        **{_table(group[0]): [_columns(row) for row in group] for group in groups if group},
    }
    try:
        # a statement by itself is a transaction; only inside another one does a failure need a savepoint
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            _ask(_insert(), [json.dumps(rows, default=_as_text, ensure_ascii=False)])
    except psycopg.Error:
        return False
    return True


def _ask(statement: str, values: Sequence[Any]) -> Any:
    """Return the first row of a statement that the server keeps prepared, unless a pooler stands between.

    Planning the INSERT costs more than twice its execution, and Django never prepares.
    """
    connection.ensure_connection()
    if not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        connection.connection.prepare_threshold = 0
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values).fetchone()


@cache
def _insert() -> str:
    """Return the one INSERT: each table takes its rows from the same JSON, each value by its column's own type."""
    columns = {model._meta.db_table: [field.column for field in _fields(model)] for model in MODELS}
    columns["audit_entry"] = ["id", "at", "actor", "step", "subject", "purpose", "detail", "salt", "digest", "mark"]
    parts = [
        f"{table}_rows AS (INSERT INTO {table} ({names}) SELECT {names}"  # noqa: S608 (names of our own models)
        f" FROM given, jsonb_populate_recordset(NULL::{table}, rows->'{table}'))"
        for table, names in ((table, ", ".join(f'"{name}"' for name in found)) for table, found in columns.items())
    ]
    return "WITH given AS MATERIALIZED (SELECT %s::jsonb AS rows),\n" + ",\n".join(parts) + JOB


@cache
def _fields(model: type[models.Model]) -> "tuple[models.Field[Any, Any], ...]":
    return tuple(field for field in model._meta.concrete_fields if not field.generated)


def _columns(row: models.Model) -> dict[str, Any]:
    return {str(field.column): getattr(row, field.attname) for field in _fields(type(row))}


def _table(row: models.Model) -> str:
    return row._meta.db_table


def _as_text(value: Any) -> str:
    """Return a value that JSON does not know as PostgreSQL reads it."""
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    return value.isoformat() if isinstance(value, datetime) else str(value)
