"""POST /api/apply in one statement: services.submit_case says what is stored, this stores the same rows faster.

The plain path sends some thirty statements, of which most of the time is Django's and the wire's. Applications come
in waves on the day a subsidy opens, so this one journey is written by hand: one INSERT stores case, submission,
tasks, commitments, clock, both ledger entries, the answer and the job; primary keys are drawn a block at a time. One
statement is one transaction. Whatever is not the common case (documents to grant, licences to use, a repeated key, a
version just replaced, any refusal by the database) is left to the plain path, which answers in the one way there is.
"""

import json
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import Error, OperationalError, connection, models, transaction
from django.db.models.base import ModelState

from civic.accounts.models import Department
from civic.audit.services import entry_values
from civic.cases import rules
from civic.cases.licensed import supplies_of
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
    submit_detail,
)
from civic.catalogue import shelf
from civic.catalogue.models import Service, Version
from civic.core.jobs import job_row
from civic.core.statements import ask
from civic.deadlines.measures import Unit
from civic.deadlines.models import Clock
from civic.deadlines.models.clock import clock_values
from civic.idempotency.models import Replay
from civic.idempotency.services import Claim, replay_of

if TYPE_CHECKING:
    from civic.accounts.models import Account

M = TypeVar("M", bound=models.Model)
Answer = Callable[[Case, bytes], tuple[int, bytes, str]]

MODELS = (Case, Clock, Submission, Task, Commitment, Replay)
GIVEN = """
WITH given AS MATERIALIZED (
    SELECT %s::jsonb AS rows FROM catalogue_service WHERE code = %s AND current_id = %s)"""
DRAW = "SELECT ARRAY(SELECT nextval(%s::regclass) FROM generate_series(1, %s))"
BLOCK = 64  # keys; those that a process does not use before it ends are gaps
JOB = """
SELECT procrastinate_defer_jobs_v1(
    ARRAY[ROW(j->>0, j->>1, (j->>2)::int, NULL, NULL, (j->>3)::jsonb, NULL)]::procrastinate_job_to_defer_v1[])
FROM given, LATERAL (SELECT rows->'job' AS j) AS job
"""


class Keys:
    """Primary keys of one table, drawn from its sequence ahead of use."""

    def __init__(self, model: type[models.Model]) -> None:
        self._sequence = f"{model._meta.db_table}_id_seq"
        self._drawn: list[int] = []
        self._lock = threading.Lock()

    def take(self, count: int = 1) -> list[int]:
        """Return `count` keys that nobody else has."""
        with self._lock:
            if len(self._drawn) < count:
                (drawn,) = ask(DRAW, [self._sequence, max(count, BLOCK)]) or ([],)
                self._drawn += drawn
            taken, self._drawn = self._drawn[:count], self._drawn[count:]
            return taken


_keys = {model: Keys(model) for model in MODELS}


def apply(
    asked: Claim, service: str, application: Application, *, by: "Account", at: datetime, answer: Answer
) -> Replay | None:
    """Take in the application for the caller's own person; None, if the plain path has to.

    Raises: as services.submit_case.
    """
    version = _version_of(service)
    if version is None or version.rules.get("facts_by") or any(application.documents.values()):
        return None
    supplies = supplies_of(version, by.person, by=by, at=at)
    if supplies.agreed(application.licences):
        return None
    require_online(version)
    check_application(version, application, by=by, who=Principal(person=by.person), supplies=supplies)
    try:
        return _store(asked, service, version, application, by=by, at=at, answer=answer)
    except OperationalError:  # the connection has died: the plain path sees by the key whether this was stored
        connection.close()
    except Error:  # the plain path will say what it is
        pass
    return None


_in_force: dict[str, int] = {}


def _version_of(service: str) -> Version | None:
    """Return the version that was in force when this process last looked; the INSERT makes sure that it still is."""
    pk = _in_force.get(service)
    if pk is None:
        pk = Service.objects.published().filter(code=service).values_list("current_id", flat=True).first()
        if pk is None:
            return None
        _in_force[service] = pk
    return shelf.version(pk)


def _store(
    asked: Claim,
    service: str,
    version: Version,
    application: Application,
    *,
    by: "Account",
    at: datetime,
    answer: Answer,
) -> Replay | None:
    """Store the whole application; None, if another version is in force by now: then nothing is stored."""
    case = new_case(_draw_number(at), version, application, by=by, who=Principal(person=by.person), at=at)
    clock = _new_clock(case, by=by, at=at)
    case.act_by = end_of(clock)
    parts = _parts(case, version, application, by=by, at=at)
    case.new_parts = dict(zip(("submissions", "tasks", "commitments"), parts, strict=True))
    entries = [
        entry_values(at=at, actor=by, step="deadlines.clock.start", subject=clock, detail={"of": clock.subject}),
        entry_values(at=at, actor=by, step="cases.case.submit", subject=case, detail=submit_detail(application)),
    ]
    status, body, location = answer(case, entries[-1]["digest"])
    replay = replay_of(asked, status=status, body=body, location=location, at=at)
    replay.pk = _keys[Replay].take()[0]
    groups: list[Sequence[models.Model]] = [[case], [clock], *parts, [replay]]
    rows = {
        "job": job_row("civic.cases.tasks.announce", case=case.pk, step="submit", seen=0),
        "audit_entry": entries,
        **{group[0]._meta.db_table: [_columns(row) for row in group] for group in groups if group},
    }
    if not _insert_rows(rows, service, version):
        _in_force.pop(service, None)
        return None
    return replay


def _draw_number(at: datetime) -> tuple[int, str]:
    while True:
        (key,) = _keys[Case].take()
        if (number := numbered(key, at=at)) is not None:
            return key, number


def _new_clock(case: Case, *, by: "Account", at: datetime) -> Clock:
    values = clock_values(
        subject=case, kind=ACCEPTANCE, budget=rules.ACCEPTANCE_WORKDAYS, unit=Unit.WORKDAY, by=by, at=at
    )
    clock: Clock = _like(_blank(Clock), id=_keys[Clock].take()[0], **values)
    return clock


def _parts(
    case: Case, version: Version, application: Application, *, by: "Account", at: datetime
) -> tuple[list[Submission], list[Task], list[Commitment]]:
    """Return submission, tasks and commitments, each with its key."""
    sent: Submission = _like(_blank(Submission), id=_keys[Submission].take()[0], round=1, submitted_at=at, by_id=by.pk)
    sent.case = case
    sent.hold(application.form, application.documents)
    flow = _flow(version.pk)
    tasks = [_like(task, id=pk, case_id=case.pk) for task, pk in zip(flow, _keys[Task].take(len(flow)), strict=True)]
    made = new_commitments(case, version, application.commitments, at=at)
    for row, pk in zip(made, _keys[Commitment].take(len(made)), strict=True):
        row.pk = pk
    return [sent], tasks, made


@lru_cache(maxsize=512)
def _flow(version_id: int) -> list[Task]:
    """Return the tasks of a version as they are before they belong to a case."""
    departments = dict(Department.objects.values_list("code", "pk"))
    return new_tasks(Case(), shelf.version(version_id), departments)


@cache
def _blank(model: type[models.Model]) -> Any:
    """Return a new row of `model` with its defaults."""
    return model()


def _like(row: M, **columns: Any) -> M:
    """Return a copy of `row` with other columns, at a twentieth of what a constructor takes."""
    made = row.__class__.__new__(row.__class__)
    made.__dict__.update(row.__dict__, _state=ModelState(), **columns)
    return made


def _insert_rows(rows: dict[str, Any], service: str, version: Version) -> bool:
    """Insert everything in one statement; False, if `version` is not in force: then nothing is stored."""
    text = json.dumps(rows, default=_as_text, ensure_ascii=False)
    # a statement by itself is a transaction; only inside another one does a failure need a savepoint
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        return ask(_insert(), [text, service, version.pk]) is not None


@cache
def _insert() -> str:
    """Return the one INSERT: each table takes its rows from the same JSON, each value by its column's own type."""
    columns = {model._meta.db_table: [column for column, _ in _fields(model)] for model in MODELS}
    columns["audit_entry"] = ["at", "actor", "step", "subject", "purpose", "detail", "salt", "digest", "mark"]
    parts = [
        f"{table}_rows AS (INSERT INTO {table} ({names}) SELECT {names}"  # noqa: S608 (names of our own models)
        f" FROM given, jsonb_populate_recordset(NULL::{table}, rows->'{table}'))"
        for table, names in ((table, ", ".join(f'"{name}"' for name in found)) for table, found in columns.items())
    ]
    return GIVEN + ",\n" + ",\n".join(parts) + JOB


@cache
def _fields(model: type[models.Model]) -> tuple[tuple[str, str], ...]:
    """Return each column of `model` with the attribute that holds its value."""
    return tuple((str(field.column), field.attname) for field in model._meta.concrete_fields if not field.generated)


def _columns(row: models.Model) -> dict[str, Any]:
    values = row.__dict__
    return {column: value for column, name in _fields(type(row)) if (value := values[name]) is not None}


def _as_text(value: Any) -> str:
    """Return a value that JSON does not know as PostgreSQL reads it."""
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    return _instant(value) if isinstance(value, datetime) else str(value)


@lru_cache(maxsize=64)
def _instant(value: datetime) -> str:
    """Return an instant in words: the same few stand in a dozen columns of one application."""
    return value.isoformat()
