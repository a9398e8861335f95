"""Reading the first rows of a long list that several conditions narrow."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
PATIENCE = 50  # milliseconds
LONGEST_WALK = 1000
IN_ORDER = ("enable_bitmapscan", "enable_seqscan", "enable_sort", "max_parallel_workers_per_gather")


def first_rows(found: QuerySet[M]) -> list[M]:
    """Return the rows of an ordered, cut query: as the planner thinks best, or else walked in order.

    PostgreSQL takes conditions for independent and expects few rows where words stand together: it gathers all to
    show twenty. Where that takes too long the rows are many, and a walk from the newest has soon met twenty.
    """
    rows = _within(found, (), PATIENCE)
    if rows is None:
        rows = _within(found, IN_ORDER, LONGEST_WALK)
    return list(found.all()) if rows is None else rows


def _within(found: QuerySet[M], without: Sequence[str], milliseconds: int) -> list[M] | None:
    """Return the rows, or None where they did not come in time; what was set holds for this question only."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _set({**dict.fromkeys(without, "0"), "statement_timeout": str(milliseconds)}, cursor)
            rows = list(found.all())
            _set(dict.fromkeys((*without, "statement_timeout"), "DEFAULT"), cursor)
    except OperationalError:
        return None
    return rows


def _set(values: Mapping[str, str], cursor: CursorWrapper) -> None:
    cursor.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in values.items()))
