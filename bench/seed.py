"""Fills a scratch database: tables, one service, its people; `--cases N` adds N cases by INSERT … SELECT."""

import argparse
import json
from datetime import timedelta
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, models
from django.utils.timezone import now

DEPARTMENTS = 4  # the cases of the table are shared out among so many
OPEN_SHARE = 5  # one case in so many is open
BATCH = 100_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--services", type=int, default=200)
    options = parser.parse_args()
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    people = _people(options.services)
    if options.cases:
        _cases(options.cases)
    print(json.dumps(people))


def _people(services: int) -> dict[str, Any]:
    """Make one resident, one clerk, a service with four tasks, and a list of services; return how they come in."""
    from civic.catalogue.services import Loaded, publish_batch
    from civic.catalogue.states import Source
    from tests.factories import accounts, cases, catalogue

    accounts.MONDAY = cases.MONDAY = now() - timedelta(minutes=5)
    version = cases.transfer_of_home()
    resident, staff = accounts.resident("王芳", phone="13800005678"), cases.officials()
    batch = [Loaded(f"LA-BB-{n:03d}", catalogue.content(name=f"示范事项{n:03d}")) for n in range(services - 1)]
    if batch:
        catalogue.ensure_departments(batch[0].content)
        publish_batch(batch, source=Source.CITY, by="operator", at=now())
    case = cases.case(by=resident, version=version, at=now())
    return {
        "token": accounts.token(resident, at=now()),
        "clerk_session": session(staff["clerk"]),
        "case": case.pk,
        "department": version.service.department_id,
    }


def session(account: Any) -> str:
    """Return the key of a session in which `account` is logged in."""
    from allauth.usersessions.models import UserSession
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    at = now()
    store.update(
        {
            SESSION_KEY: str(account.pk),
            BACKEND_SESSION_KEY: "civic.accounts.backends.AccountBackend",
            HASH_SESSION_KEY: account.get_session_auth_hash(),
            "signed_in_at": int(at.timestamp()),
            "seen_at": int(at.timestamp()),
        }
    )
    store.create()
    UserSession.objects.create(user=account, session_key=store.session_key, ip="127.0.0.1", user_agent="bench")
    return str(store.session_key)


def _cases(count: int) -> None:
    """Copy the one case with its tasks, as often as asked: no seals, which lists do not read."""
    from civic.cases.models import Case, Task

    first = Case.objects.get()
    departments = f"(SELECT array_agg(id ORDER BY id) FROM accounts_department)[1 + n %% {DEPARTMENTS}]"
    is_open = f"n %% {OPEN_SHARE} = 0"
    own = {
        "id": "n",
        "number": "'LA' || to_char(n, 'FM0000000000000000') || 'X'",
        "department_id": departments,
        "act_by": "act_by + make_interval(mins => (n %% 14400)::int)",
        "state": f"CASE WHEN {is_open} THEN state ELSE 'WITHDRAWN' END",
        "ended_at": f"CASE WHEN {is_open} THEN ended_at ELSE submitted_at END",
    }
    with connection.cursor() as cursor:
        for begin in range(0, count, BATCH):
            numbers = f"generate_series({begin} + %s, {min(begin + BATCH, count)} + %s - 1) AS n"
            where = f"FROM {{table}} AS t CROSS JOIN {numbers}"
            base = first.pk + 1
            _copy(cursor, Case, own, f"{where} WHERE t.id = %s", [base, base, first.pk])
            _copy(cursor, Task, {"case_id": "n"}, f"{where} WHERE t.case_id = %s", [base, base, first.pk])
        for model in (Case, Task):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{model._meta.db_table}', 'id'),"
                f" (SELECT max(id) FROM {model._meta.db_table}))"
            )
        cursor.execute("VACUUM ANALYZE")


def _copy(cursor: Any, model: type[models.Model], own: dict[str, str], rest: str, values: list[int]) -> None:
    columns = [field.column for field in model._meta.concrete_fields if "id" in own or not field.primary_key]
    wanted = ", ".join(own.get(name, f"t.{name}") for name in columns)
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {wanted} "
        + rest.format(table=model._meta.db_table),
        values,
    )


if __name__ == "__main__":
    main()
