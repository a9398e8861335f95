"""Statements that many requests ask: prepared once on each connection, as planning them takes longer than the rest."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def ask(statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """Return the first row of a statement that the server keeps prepared, None if there is no row.

    Django itself never prepares. Where a pooler stands between, which may give the next statement to another
    connection, nothing is prepared either. The text must not change: what differs comes in `values`.
    Raises: the errors of django.db.
    """
    connection.ensure_connection()
    if not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        connection.connection.prepare_threshold = 0
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        row: tuple[Any, ...] | None = cursor.execute(statement, values).fetchone()
        return row
