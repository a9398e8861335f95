"""效果对比: what a service took before, by a named source, and what it takes now, measured from its cases."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from civic.audit.models import Entry
from civic.cases.models import Case, Submission
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

    `typed`, `drawn`, `again` and `changed` are counted where the ledger has noted them of the submission, of `noted`
    cases; None where of none.
    """

    count: int
    days: Decimal
    at_once: int
    """The share decided within a minute of the submission, in percent."""
    visits: Decimal
    papers: Decimal
    """Documents handed in, those of corrections with them; the same one twice counts once."""
    noted: int
    typed: Decimal | None
    drawn: Decimal | None
    again: Decimal | None
    """Answers that the person had to give although a source is there for them."""
    changed: Decimal | None
    """Of these, answers in which the person put right what the source said."""


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
    cases = [row["pk"] for row in rows]
    noted = [detail for detail in _noted(cases) if "typed" in detail]
    return Measured(
        count=len(rows),
        days=_median(days),
        at_once=int((Decimal(100 * at_once) / len(rows)).quantize(Decimal(1), rounding=ROUND_HALF_UP)),
        visits=_one_place(Decimal(visits) / len(rows)),
        papers=_one_place(Decimal(_papers(cases)) / len(rows)),
        noted=len(noted),
        **{name: _average(detail.get(name) for detail in noted) for name in ("typed", "drawn", "again", "changed")},
    )


def _papers(cases: Sequence[int]) -> int:
    """Return how many documents were handed in for these cases."""
    handed_in = set[tuple[int, str]]()
    for first in range(0, len(cases), BATCH):
        sent = Submission.objects.filter(case__in=cases[first : first + BATCH]).values_list("case_id", "documents")
        handed_in |= {(case, token) for case, papers in sent for tokens in papers.values() for token in tokens}
    return len(handed_in)


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
