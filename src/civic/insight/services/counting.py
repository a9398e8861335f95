"""Keeping the sheets: which days have changed, and what their tickets come to."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Max, Min

from civic.audit.models import Entry, Leaf
from civic.audit.services.sequence import ledger_lag
from civic.deadlines.calendars import CITY, city_day
from civic.deadlines.models import Interval, published_calendar
from civic.hotline.models import Exclusion, Revisit, Ticket, Voice
from civic.hotline.rates import SATISFIED_FROM, judged_calls
from civic.hotline.states import RESOLVE
from civic.insight import rules
from civic.insight.models import Reading, Sheet

if TYPE_CHECKING:
    from django.db.models import QuerySet

DAYS_A_TURN = 120
LEAVES_A_TURN = 200_000
TICKET = "hotline.ticket:"
BATCH = 10_000
EXCLUSION, CALENDAR = "hotline.exclusion:", "deadlines.calendaryear.enter"
CALL_FACTS = (
    "ticket", "ticket__category", "ticket__area", "unit", "contacted", "solved", "stars", "in_time",
    "out_response", "out_solved", "out_satisfied",
)  # fmt: skip
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
    """Make the sheets of one day anew: of the tickets that came in, and of the calls back."""
    with transaction.atomic():
        Sheet.fill(Sheet.Kind.TICKETS, day=day, rows=_rows(day), at=at)
        Sheet.fill(Sheet.Kind.CALLS, day=day, rows=_calls(day), at=at)


def day_starts(on: date) -> datetime:
    """Return the instant at which the city's day begins."""
    return datetime.combine(on, time(), CITY)


def _note_changes(at: datetime) -> None:
    """Mark the sheets of tickets that the ledger tells of since the last time."""
    settled_at = at - timedelta(seconds=ledger_lag(at=at))  # what came later may have no leaf yet
    while not _note_some(settled_at):
        pass


def _note_some(at: datetime) -> bool:
    """Read on in the ledger; return whether its end is reached. The first time every day is counted anyway."""
    with transaction.atomic():
        reading = Reading.locked()
        last = Leaf.objects.aggregate(last=Max("index"))["last"]
        end = 0 if last is None else last + 1
        until = end if reading.at is None else min(end, reading.leaf + LEAVES_A_TURN)
        if reading.at is not None and until > reading.leaf:
            _mark(Entry.objects.placed(since=reading.leaf, until=until))
        is_end = until >= end
        reading.go_on(leaf=max(until, reading.leaf), at=at if is_end else reading.at)
    return is_end


def _mark(entries: "QuerySet[Entry]") -> None:
    """Mark the sheets that these entries may have changed."""
    if entries.filter(step=CALENDAR).exists():
        Sheet.objects.update(is_stale=True)  # what was no working day may be one
    Sheet.objects.of_days(_days_of(_changed(entries))).update(is_stale=True)


def _changed(entries: "QuerySet[Entry]") -> set[int]:
    """Return the tickets of which these entries tell: of themselves, of who says "me too", of what is left out."""
    told = entries.filter(step__startswith="hotline.").values_list("subject", "detail")
    named = {name for subject, detail in told for name in (subject, detail.get("of", ""))}
    left_out = Exclusion.objects.filter(pk__in=_numbers(named, EXCLUSION)).values_list("ticket", flat=True)
    return _numbers(named, TICKET) | set(left_out)


def _numbers(names: Collection[str], noun: str) -> set[int]:
    """Return the primary keys of the nouns of one kind among ledger ids."""
    return {int(pk) for name in names if name.startswith(noun) and (pk := name.removeprefix(noun)).isdecimal()}


def _days_of(tickets: set[int]) -> set[date]:
    """Return the days on which these tickets came in and their callers were called back."""
    wanted, days = sorted(tickets), set[date]()
    for first in range(0, len(wanted), BATCH):
        some = wanted[first : first + BATCH]
        days |= {city_day(at) for at in Ticket.objects.filter(pk__in=some).values_list("received_at", flat=True)}
        days |= {city_day(at) for at in Revisit.objects.filter(ticket__in=some).values_list("at", flat=True)}
    return days


def _waiting(today: date) -> list[date]:
    """Return the days that have no sheet or a stale one, newest first."""
    first = Ticket.objects.aggregate(first=Min("received_at"))["first"]
    begin = today if first is None else min(city_day(first), today)
    every = {begin + timedelta(days=n) for n in range((today - begin).days + 1)}
    return sorted((every - Sheet.objects.days()) | Sheet.objects.stale().days(), reverse=True)  # both kinds at once


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


def _calls(day: date) -> dict[str, list[int]]:
    """Return the columns of a day's calls back that reached somebody, the earliest first."""
    since, until = day_starts(day), day_starts(day + timedelta(days=1))
    columns: dict[str, list[int]] = {name: [] for name in rules.CALL_COLUMNS}
    for row in judged_calls(since=since, until=until).order_by("pk").values(*CALL_FACTS):
        values = {
            "ticket": row["ticket"], "category": row["ticket__category"], "area": row["ticket__area"],
            "unit": row["unit"], "reached": 1, "asked": row["contacted"] is not None,
            "kept": row["contacted"] and row["in_time"], "solved": row["solved"], "graded": row["stars"] is not None,
            "content": (row["stars"] or 0) >= SATISFIED_FROM,
            **{name: row[name] for name in ("out_response", "out_solved", "out_satisfied")},
        }  # fmt: skip
        for name, column in columns.items():
            column.append(int(values[name] or 0))
    return columns


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
