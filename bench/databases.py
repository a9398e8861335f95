"""Scratch databases on the server that DATABASE_URL names: made, filled and dropped by the bench."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.servers import ROOT


def url(name: str) -> str:
    """Return the address of the scratch database `name`."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{name}"))


@contextmanager
def scratch(name: str, *, template: str = "template1") -> Iterator[str]:
    """Provide an empty database, or a copy of `template`; yield its address."""
    _forget(name)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        words = sql.SQL("create database {} template {}")
        connection.execute(words.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield url(name)
    finally:
        _forget(name)


def _forget(name: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def django(database: str, module: str, *arguments: str, settings: str = "civic.config.settings") -> Any:
    """Run a module of the bench in a process of its own, on `database`; return the JSON it prints."""
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])
