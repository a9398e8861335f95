"""setup, migrate, database: brings the database to where the programs expect it."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from civic.config.commands import attached
from civic.config.embedded import ADMIN, Cluster

MODULE = "civic.config.cli"
MAY_GRANT = """
    select role.rolsuper or role.rolcreaterole or pg_has_role(%(app)s, 'member')
    from pg_roles as role
    where role.rolname = current_user and (role.rolsuper or role.rolcreaterole
          or exists (select from pg_roles where rolname = %(app)s))
"""


def add_to(commands: Any) -> None:
    setup = commands.add_parser("setup", help="database, migrations and the city's data, without starting")
    setup.set_defaults(run=run_setup)
    migrating = commands.add_parser("migrate", help="bring the tables up to date, as their owner, and grant the rest")
    migrating.set_defaults(run=run_migrate)
    preparing = commands.add_parser("prepare", help="load the city where there is none; print the demonstration people")
    preparing.set_defaults(run=run_prepare)
    private = commands.add_parser("database", help="a private PostgreSQL: start, stop, url, or run a command with one")
    private.add_argument("what", choices=["start", "stop", "url", "run"])
    private.add_argument("--dir", type=Path, help="folder of the cluster (default: var)")
    private.add_argument("--fast", action="store_true", help="for tests: a crash of the machine may lose data")
    private.add_argument("command", nargs=argparse.REMAINDER, help="after `run --`: the command and its arguments")
    private.set_defaults(run=run_database)


def run_setup(_options: argparse.Namespace) -> int:
    """Make the database, migrate, load."""
    with attached.database():
        return setup()


def setup() -> int:
    """Migrate and load in processes of their own: they need other rights, and their memory goes back."""
    for step in ("migrate", "prepare"):
        status = subprocess.run([sys.executable, "-m", MODULE, step], check=False).returncode
        if status:
            return status
    return 0


def run_migrate(_options: argparse.Namespace) -> int:
    """Migrate as the owner of the tables, then give the runtime role what it may do."""
    with attached.database():
        if owner := os.environ.get("DATABASE_OWNER_URL"):
            os.environ["DATABASE_URL"] = owner
        import django
        from django.core.management import call_command

        attached.say("bringing the tables up to date")
        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        _grant()
    return 0


def _grant() -> None:
    """Give the runtime role its rights: rows of every table, but the ledger's only to add."""
    from django.conf import settings
    from django.db import connection

    from civic.audit.services.grants import grant_application_role

    app = settings.APP_DATABASE_ROLE
    with connection.cursor() as cursor:
        cursor.execute(MAY_GRANT, {"app": app})
        allowed = cursor.fetchone()
    if allowed and allowed[0]:
        grant_application_role(connection)
    else:
        attached.say(f"the owner of the tables is no member of role {app}: the platform runs as the owner itself")


def run_prepare(_options: argparse.Namespace) -> int:
    """Load the city where there is none, and print who can log in."""
    with attached.database():
        import django
        from django.conf import settings
        from django.core.management import call_command, get_commands

        django.setup()
        if "load_city" not in get_commands():
            attached.say("no city loaded: this build has no command load_city")
        elif not settings.CITY_PACK.exists():
            attached.say(f"no city loaded: {settings.CITY_PACK} does not exist")
        elif _is_empty():
            attached.say(f"loading the city {settings.CITY_PACK.name}")
            call_command("load_city", str(settings.CITY_PACK), stdout=sys.stderr)
        if settings.DEMONSTRATION and not _is_empty():
            _welcome_demonstration_people()
    return 0


def _is_empty() -> bool:
    from django.apps import apps

    services: Any = apps.get_model("catalogue", "Service")
    return not services._default_manager.exists()


def _welcome_demonstration_people() -> None:
    """Make the demonstration's people where they are missing, and print how they log in."""
    from importlib import import_module
    from importlib.util import find_spec

    from django.utils.timezone import now

    if find_spec("civic.accounts.demonstration") is None:
        return
    people = import_module("civic.accounts.demonstration")
    people.create_demonstration_accounts(at=now())
    print(people.describe(), flush=True)


def run_database(options: argparse.Namespace) -> int:
    """Start, stop or show the private cluster, or run a command with its superuser's address."""
    chosen = attached.cluster()
    private = Cluster(options.dir or chosen.var, fast=options.fast, say=attached.say)
    if options.what == "stop":
        private.stop()
        return 0
    if options.what == "run":
        return _run_with(private, [word for word in options.command if word != "--"])
    private.start()
    print(private.url(ADMIN) if options.what == "url" else json.dumps({"port": private.port}))
    return 0


def _run_with(private: Cluster, command: list[str]) -> int:
    was_running = private.is_running()
    private.start()
    try:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": private.url(ADMIN)}, check=False).returncode
    finally:
        if not was_running:
            private.stop()
