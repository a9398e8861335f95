"""A database migrated once, from which every worker's and every run's is copied: migrating anew takes half a minute."""

import hashlib
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import psycopg
from django.apps import apps
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
BEGINNING = "template_of_tests_"
ALONE = 20260301  # advisory lock: two workers do not make the same template


def template(url: str) -> str:
    """Return the name of a migrated database on the server of `url`; makes it where there is none."""
    name = BEGINNING + _fingerprint()
    beside = psycopg.connect(url, dbname="postgres", autocommit=True)
    with beside, beside.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ALONE])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [BEGINNING])
        there = {found for (found,) in cursor.fetchall()}
        if name not in there:
            for old in there:
                cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(old)))
            _make(cursor, name, url)
    return name


def _make(cursor: psycopg.Cursor[Any], name: str, url: str) -> None:
    unfinished = "unfinished_" + name
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(unfinished)))
    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
    address = urlsplit(url)._replace(path=f"/{unfinished}").geturl()
    migrate = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
    subprocess.run(migrate, env={**os.environ, "DATABASE_URL": address}, check=True)
    cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name)))


def _fingerprint() -> str:
    """Of all migrations, ours and those of the packages: any change is a template of its own."""
    found = hashlib.sha256(f"{django.get_version()} {version('procrastinate')}".encode())
    for config in sorted(apps.get_app_configs(), key=lambda one: one.name):
        for file in sorted(Path(config.path).glob("migrations/*.py")):
            found.update(f"{config.name}/{file.name}".encode() + file.read_bytes())
    return found.hexdigest()[:16]
