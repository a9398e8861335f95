"""Counting: sheets packed and unpacked, percentiles, time that the offices worked, spans of a chart. No Django."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from civic.deadlines.calendars import Calendar, CalendarMissing
from civic.deadlines.measures import Unit, measure_of

Column = npt.NDArray[np.int64]
Table = Mapping[str, Column]
Pause = tuple[datetime, datetime | None]

COLUMNS = {
    "root": "<i8", "channel": "<u1", "told": "<u1", "category": "<i4", "area": "<i4", "unit": "<i4", "voices": "<i4",
    "contact_work": "<i4", "contact_all": "<i4", "answer_work": "<i4", "answer_all": "<i4",
}  # fmt: skip
"""The columns of a sheet in their order, each with its type. A missing class, area or unit is 0, a missing time -1."""
CALL_COLUMNS = {
    "ticket": "<i8", "category": "<i4", "area": "<i4", "unit": "<i4", "reached": "<u1", "asked": "<u1", "kept": "<u1",
    "solved": "<u1", "graded": "<u1", "content": "<u1", "out_response": "<u1", "out_solved": "<u1",
    "out_satisfied": "<u1",
}  # fmt: skip
"""The columns of a sheet of calls back: one row a ticket and day, what of it is true (1) for the three rates."""
RATES = (("kept", "asked", "out_response"), ("solved", "reached", "out_solved"), ("content", "graded", "out_satisfied"))
"""Of each rate what makes it, of whom, and what leaves a ticket out: response, solved, satisfied."""
CHANNELS = ("PHONE", "WEB", "MAILBOX", "FAILED", "WECHAT", "COUNTER", "GRID", "DEPUTY", "API", "IMPORT")
"""A sheet keeps a channel as its place in this list: it is only ever added to."""
NONE, UNKNOWN = 0, -1
MICROSECONDS = 60_000_000  # of a minute
DAYS_SHOWN, WEEKS_SHOWN = 31, 27


def pack(rows: Mapping[str, Sequence[int]], columns: Mapping[str, str] = COLUMNS) -> bytes:
    """Return the columns of one day, one after the other. Shape: rows[column] -> a value a row."""
    return b"".join(np.asarray(rows[name], dtype=kind).tobytes() for name, kind in columns.items())


def unpack(sheets: Iterable[tuple[date, int, bytes]], columns: Mapping[str, str] = COLUMNS) -> dict[str, Column]:
    """Return the columns of many days, each in one piece, and `day` (ordinals). Shape: (day, rows, packed)."""
    found: dict[str, list[npt.NDArray[np.integer]]] = {name: [] for name in (*columns, "day")}
    for day, size, packed in sheets:
        at = 0
        for name, kind in columns.items():
            found[name].append(np.frombuffer(packed, kind, size, at))
            at += size * np.dtype(kind).itemsize
        found["day"].append(np.full(size, day.toordinal(), "<i4"))
    return {name: np.concatenate(parts) if parts else np.zeros(0, "<i4") for name, parts in found.items()}


def narrow(table: Table, where: npt.NDArray[np.bool_] | Column) -> dict[str, Column]:
    """Return the rows of `table` for which `where` is true, or which stand at its places."""
    return {name: column[where] for name, column in table.items()}


def only(table: Table, wanted: Mapping[str, Sequence[int]]) -> Table:
    """Return the rows whose columns have one of the values wanted. Shape: wanted[column] -> values."""
    where = np.ones(size_of(table), dtype=bool)
    for name, values in wanted.items():
        where &= np.isin(table[name], np.asarray(values, dtype=np.int64))
    return table if where.all() else narrow(table, where)


def size_of(table: Table) -> int:
    """Return how many tickets a table has."""
    return len(table["day"])


def tally(column: Column) -> dict[int, int]:
    """Return how often each value stands in a column."""
    values, counts = np.unique(column, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def known(column: Column) -> Column:
    """Return the times of a column that are known."""
    found: Column = column[column != UNKNOWN]
    return found


def percentile(values: Column, share: float) -> int:
    """Return the least value that at least `share` of all reach, as PostgreSQL's percentile_disc does.

    Raises: ValueError, where there are no values.
    """
    if not len(values):
        raise ValueError("Nothing has no percentile.")
    place = max(math.ceil(share * len(values)) - 1, 0)
    return int(np.partition(values, place)[place])


def sums_by(keys: Column, values: Column) -> tuple[Column, Column, Column]:
    """Return each key once, how often it stands there, and the sum of its values."""
    each, places = np.unique(keys, return_inverse=True)
    counts = np.bincount(places, minlength=len(each))
    return each, counts, np.bincount(places, weights=values, minlength=len(each)).astype(np.int64)


def last_of_each(keys: Column) -> Column:
    """Return the places at which each key stands for the last time."""
    if not len(keys):
        return np.zeros(0, np.int64)
    least, places = keys.min(), np.arange(len(keys))
    last = np.full(int(keys.max() - least) + 1, -1)
    last[keys - least] = places  # of several the last one stays
    found: Column = places[last[keys - least] == places]
    return found


def rate_counts(calls: Table) -> list[tuple[int, int, int]]:
    """Return of each of RATES so many, of so many, and how many are left out; each ticket by its last call."""
    last = narrow(calls, last_of_each(calls["ticket"]))
    found = []
    for good, whom, out in RATES:
        of, kept_in = last[whom] == 1, last[out] == 0
        found.append(
            (int((of & kept_in & (last[good] == 1)).sum()), int((of & kept_in).sum()), int((of & ~kept_in).sum()))
        )
    return found


def spans(since: date, until: date) -> list[tuple[date, date]]:
    """Return the period [since, until) in days, in weeks from Monday, or in months, so that a chart can show them."""
    days, step = (until - since).days, _next_month
    if days <= WEEKS_SHOWN * 7:
        step = _next_day if days <= DAYS_SHOWN else _next_week
    found, begin = list[tuple[date, date]](), since
    while begin < until:
        end = min(step(begin), until)
        found.append((begin, end))
        begin = end
    return found


def _next_day(on: date) -> date:
    return on + timedelta(days=1)


def _next_week(on: date) -> date:
    return on + timedelta(days=7 - on.weekday())


def _next_month(on: date) -> date:
    return date(on.year + on.month // 12, on.month % 12 + 1, 1)


def natural_minutes(since: datetime | None, until: datetime | None) -> int:
    """Return the minutes from one instant to another, nights and weekends too; UNKNOWN where one is missing."""
    if since is None or until is None or until < since:
        return UNKNOWN
    return (until - since) // timedelta(minutes=1)


def office_minutes(
    calendar: Calendar, since: datetime | None, until: datetime | None, pauses: Sequence[Pause] = ()
) -> int:
    """Return the minutes that the offices were open in between, less those in which the clock stood still.

    UNKNOWN where an instant is missing, or lies in a year whose working days are not published.
    """
    if since is None or until is None or until < since:
        return UNKNOWN
    measure = measure_of(Unit.OFFICE_HOUR, calendar)
    first, last = measure.position(since), measure.position(until)
    try:
        open_for = measure.count(first, last)
        for begins, ends in pauses:
            begin, end = (
                max(measure.position(begins), first),
                min(last if ends is None else measure.position(ends), last),
            )
            open_for -= measure.count(begin, end) if begin < end else 0
    except CalendarMissing:
        return UNKNOWN
    return open_for // MICROSECONDS
