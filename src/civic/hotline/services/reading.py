"""Reading the first rows of a long list that several conditions narrow."""

from typing import TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
PATIENCE = 80  # milliseconds


def first_rows(found: QuerySet[M]) -> list[M]:
    """Return the rows of an ordered, cut query: walked in order where they come soon, else gathered and sorted.

    PostgreSQL takes conditions for independent and often gathers a hundred thousand rows to show twenty. Where the
    walk takes too long the rows are few, and gathering them is quick.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL enable_bitmapscan = off; SET LOCAL statement_timeout = {PATIENCE}")
            rows = list(found.all())
            cursor.execute("SET LOCAL enable_bitmapscan = on; SET LOCAL statement_timeout = DEFAULT")
    except OperationalError:
        return list(found.all())
    return rows
