"""Keeping the sheets: which days have changed, and what their tickets come to."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min

from civic.audit.models import Entry, Leaf
from civic.deadlines.calendars import CITY, city_day
from civic.deadlines.models import Interval, published_calendar
from civic.hotline.models import Ticket, Voice
from civic.hotline.states import RESOLVE
from civic.insight import rules
from civic.insight.models import Reading, Sheet

DAYS_A_TURN = 120
LEAVES_A_TURN = 200_000
TICKET = "hotline.ticket:"
BATCH = 10_000
FACTS = (
    "pk", "parent", "channel", "category", "area", "unit", "received_at", "dispatched_at", "contacted_at", "replied_at",
)  # fmt: skip


def catch_up(*, at: datetime, most: int = DAYS_A_TURN) -> int:
    """Note which days have changed, then count the newest `most` of those that wait; return how many were counted.

    Safe to run twice and by two at once: what changes while a day is counted has a later leaf, so it is noted next
    time.
    """
    _note_changes(at)
    waiting = _waiting(city_day(at))
    for day in waiting[:most]:
        count_day(day, at=at)
    return min(len(waiting), most)


def count_day(day: date, *, at: datetime) -> None:
    """Make the sheet of one day anew out of its tickets."""
    with transaction.atomic():
        Sheet.fill(day=day, rows=_rows(day), at=at)


def day_starts(on: date) -> datetime:
    """Return the instant at which the city's day begins."""
    return datetime.combine(on, time(), CITY)


def _note_changes(at: datetime) -> None:
    """Mark the sheets of tickets that the ledger tells of since the last time."""
    with transaction.atomic():
        reading = Reading.locked()
        end = Leaf.objects.aggregate(last=Max("index"))["last"]
        until = min(-1 if end is None else end, reading.leaf + LEAVES_A_TURN - 1) + 1
        days = _days_of(_changed(reading.leaf, until))
        Sheet.objects.of_days(days).update(is_stale=True)
        reading.go_on(leaf=max(until, reading.leaf), at=at)


def _changed(since: int, until: int) -> set[int]:
    """Return the tickets of which the ledger tells in leaves [since, until)."""
    entries = Entry.objects.placed(since=since, until=until).filter(step__startswith="hotline.")
    told = [(subject, detail.get("of", "")) for subject, detail in entries.values_list("subject", "detail")]
    named = (name for pair in told for name in pair if isinstance(name, str) and name.startswith(TICKET))
    return {int(pk) for name in named if (pk := name.removeprefix(TICKET)).isdecimal()}


def _days_of(tickets: set[int]) -> set[date]:
    wanted, days = sorted(tickets), set[date]()
    for first in range(0, len(wanted), BATCH):
        found = Ticket.objects.filter(pk__in=wanted[first : first + BATCH]).values_list("received_at", flat=True)
        days |= {city_day(received) for received in found}
    return days


def _waiting(today: date) -> list[date]:
    """Return the days that have no sheet or a stale one, newest first."""
    first = Ticket.objects.aggregate(first=Min("received_at"))["first"]
    begin = today if first is None else min(city_day(first), today)
    every = {begin + timedelta(days=n) for n in range((today - begin).days + 1)}
    return sorted((every - Sheet.objects.days()) | Sheet.objects.stale().days(), reverse=True)


def _rows(day: date) -> dict[str, list[int]]:
    """Return the columns of a day's tickets."""
    found = Ticket.objects.received(since=day_starts(day), until=day_starts(day + timedelta(days=1)))
    told = set(found.told_openly().order_by().values_list("pk", flat=True))
    facts = list(found.order_by("pk").values_list(*FACTS))
    tickets = [row[0] for row in facts]
    voices, pauses = _voices(tickets), _pauses(tickets)
    columns: dict[str, list[int]] = {name: [] for name in rules.COLUMNS}
    for row in facts:
        values = _values(row, row[0] in told, voices.get(row[0], 0), pauses.get(row[0], []))
        for name, value in zip(rules.COLUMNS, values, strict=True):
            columns[name].append(value)
    return columns


def _values(row: Sequence[Any], told: bool, voices: int, pauses: list[rules.Pause]) -> Iterator[int]:
    """Yield what one ticket has in each column, in the order of rules.COLUMNS."""
    pk, parent, channel, category, area, unit, received, dispatched, contacted, replied = row
    calendar = published_calendar()
    yield parent or pk
    yield rules.CHANNELS.index(channel)
    yield int(told)
    yield from (value or rules.NONE for value in (category, area, unit))
    yield voices
    yield rules.office_minutes(calendar, dispatched, contacted)
    yield rules.natural_minutes(received, contacted)
    yield rules.office_minutes(calendar, dispatched, replied, pauses)
    yield rules.natural_minutes(received, replied)


def _voices(tickets: list[int]) -> dict[int, int]:
    """Return how many people say "me too" to each of these tickets."""
    said = Voice.objects.filter(ticket__in=tickets).order_by().values_list("ticket").annotate(n=Count("pk"))
    return dict(said)


def _pauses(tickets: list[int]) -> dict[int, list[rules.Pause]]:
    """Return when the time to answer of each of these tickets stood still."""
    found: dict[int, list[rules.Pause]] = defaultdict(list)
    rows = Interval.objects.filter(
        kind=Interval.Kind.SUSPENSION, clock__kind=RESOLVE, clock__subject__in=[f"{TICKET}{pk}" for pk in tickets]
    )
    for subject, begins, ends in rows.values_list("clock__subject", "begins_at", "ends_at"):
        found[int(subject.removeprefix(TICKET))].append((begins, ends))
    return found
