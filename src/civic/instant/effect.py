"""效果对比: what a service took before, by a named source, and what it takes now, measured from its cases."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from civic.audit.models import Entry
from civic.cases.models import Case
from civic.cases.states import Channel, Delivery
from civic.deadlines.calendars import city_day
from civic.deadlines.services import workdays_between
from civic.instant.queries import decided_cases

if TYPE_CHECKING:
    from civic.catalogue.models import Version

LOOKED_AT = timedelta(days=365)
AT_ONCE = timedelta(minutes=1)
FEWEST = 5
SUBMIT = "cases.case.submit"
ONE_PLACE = Decimal("0.1")
BATCH = 1000


@dataclass(frozen=True)
class Measured:
    """What the decided cases of a year took. Days: working days, the median; the others are averages a case.

    `papers`, `typed` and `drawn` are None where no submission has noted them.
    """

    count: int
    days: Decimal
    at_once: int
    """The share decided within a minute of the submission, in percent."""
    visits: Decimal
    papers: Decimal | None
    typed: Decimal | None
    drawn: Decimal | None


@dataclass(frozen=True)
class Effect:
    """Before and after. `after` is None where there are fewer than FEWEST cases; `count` says how many."""

    before: Mapping[str, Any]
    count: int
    after: Measured | None
    since: datetime
    until: datetime


def effect_of(version: "Version", *, at: datetime) -> Effect:
    """Return what the service took before and what its cases decided in the past year took."""
    since = at - LOOKED_AT
    rows = list(decided_cases(version.service_id, since=since, until=at))
    after = _measured(rows) if len(rows) >= FEWEST else None
    return Effect(version.rules.get("before", {}), len(rows), after, since, at)


def _measured(rows: Sequence[Mapping[str, Any]]) -> Measured:
    days = [workdays_between(city_day(row["submitted_at"]), city_day(row["ended_at"])) for row in rows]
    at_once = sum(row["ended_at"] - row["submitted_at"] <= AT_ONCE for row in rows)
    visits = sum((row["channel"] == Channel.WINDOW) + (row["delivery"] == Delivery.SELF_PICK) for row in rows)
    noted = list(_noted([row["pk"] for row in rows]))
    return Measured(
        count=len(rows),
        days=_median(days),
        at_once=int((Decimal(100 * at_once) / len(rows)).quantize(Decimal(1), rounding=ROUND_HALF_UP)),
        visits=_one_place(Decimal(visits) / len(rows)),
        papers=_average(detail.get("papers") for detail in noted),
        typed=_average(detail.get("typed") for detail in noted),
        drawn=_average(detail.get("drawn") for detail in noted),
    )


def _noted(cases: Sequence[int]) -> Iterator[Mapping[str, str]]:
    """Yield what the ledger keeps of each submission: counts, no contents."""
    for first in range(0, len(cases), BATCH):
        subjects = [Case(pk=pk).ledger_id() for pk in cases[first : first + BATCH]]
        yield from Entry.objects.filter(step=SUBMIT, subject__in=subjects).values_list("detail", flat=True)


def _median(values: Sequence[int]) -> Decimal:
    ordered, middle = sorted(values), len(values) // 2
    if len(ordered) % 2:
        return Decimal(ordered[middle])
    return (Decimal(ordered[middle - 1] + ordered[middle]) / 2).normalize()


def _average(values: Iterable[str | None]) -> Decimal | None:
    known = [Decimal(value) for value in values if value is not None]
    return _one_place(sum(known, Decimal(0)) / len(known)) if known else None


def _one_place(value: Decimal) -> Decimal:
    """Return a figure as people read it: 0 and not 0.0."""
    rounded = value.quantize(ONE_PLACE, rounding=ROUND_HALF_UP)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded
