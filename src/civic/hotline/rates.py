"""The three rates (响应率, 解决率, 满意率): of callers who were reached in a call back, how many say what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import BooleanField, CharField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.deadlines.models import Clock
from civic.hotline.models import Category, Exclusion, Revisit, Ticket
from civic.hotline.querysets import RevisitQuerySet
from civic.hotline.rules import Rate, in_percent, rises_by_exclusion
from civic.hotline.states import RESPONSE, RateName

ANSWERED_BY = Coalesce("ticket__parent__unit", "ticket__unit")  # of a joined ticket the main one's unit
SATISFIED_FROM = 4  # stars, as in 好差评: very satisfied and satisfied


@dataclass(frozen=True)
class Rates:
    """The three rates of a period, and what they stand on.

    `called`: tickets whose callers were called back; `reached`: those that were spoken to. `grounds` says of each
    ground how often it keeps a ticket out of a rate.
    """

    since: datetime
    until: datetime
    called: int
    reached: int
    response: Rate
    solved: Rate
    satisfied: Rate
    grounds: Mapping[str, int]

    @property
    def unreached(self) -> int:
        """Tickets whose callers were called and never reached."""
        return self.called - self.reached

    @property
    def unreachable_share(self) -> float | None:
        """The share of those called who were not reached; None where nobody was called."""
        return self.unreached / self.called if self.called else None

    @property
    def unreachable_percent(self) -> Decimal | None:
        return None if self.unreachable_share is None else in_percent(Fraction(self.unreached, self.called))

    @property
    def named(self) -> list[tuple[RateName, Rate]]:
        """The three rates in their order, each with its name."""
        return [(name, self.of(name)) for name in RateName]

    def of(self, name: str) -> Rate:
        """Return the rate of that name (see `RateName`)."""
        return {
            RateName.RESPONSE: self.response, RateName.SOLVED: self.solved, RateName.SATISFIED: self.satisfied,
        }[RateName(name)]  # fmt: skip


def three_rates(
    *,
    since: datetime,
    until: datetime,
    unit: Department | None = None,
    area: Area | None = None,
    category: Category | None = None,
) -> Rates:
    """Return the three rates of the calls back in [since, until): of everybody, or of one unit, area, class.

    Of each ticket the last call of the period that reached its caller counts. Response: of those who said whether
    the unit had contacted them, whose unit had and in time. Solved: of all reached, who say so. Satisfied: of those
    who graded, four stars or five. Each without what a second person has confirmed to be left out of it.
    Source: the practice of 接诉即办 (three rates over successful calls back); a city's own formula is not retrieved.
    """
    calls = Revisit.objects.between(since=since, until=until)
    if unit is not None or area is not None or category is not None:
        calls = calls.filter(ticket__in=_tickets(unit, area, category).values("pk"))
    called = calls.aggregate(n=Count("ticket", distinct=True))["n"]
    counted = _judged(calls, until=until)
    return _rates(since, until, called, counted.aggregate(**COUNTS), _grounds(counted))


def rates_by_unit(*, since: datetime, until: datetime) -> list[tuple[Department, Rates]]:
    """Return the rates of every unit whose callers were called back in [since, until), by the unit's order."""
    calls = Revisit.objects.between(since=since, until=until).annotate(unit=ANSWERED_BY).exclude(unit=None).order_by()
    called = dict(calls.values_list("unit").annotate(n=Count("ticket", distinct=True)))
    counted = _judged(calls, until=until)
    rows: dict[int, Any] = {
        row["unit"]: row for row in counted.annotate(unit=ANSWERED_BY).values("unit").annotate(**COUNTS)
    }
    nothing = dict.fromkeys(COUNTS, 0)
    units = Department.objects.filter(pk__in=called).order_by("pk")
    return [(one, _rates(since, until, called[one.pk], rows.get(one.pk, nothing), {})) for one in units]


def suspicious(before: Rates, now: Rates) -> tuple[str, ...]:
    """Return the names of the rates that rose while more was left out of them."""
    return tuple(name for name in RateName.values if rises_by_exclusion(before.of(name), now.of(name)))


def _tickets(unit: Department | None, area: Area | None, category: Category | None) -> Any:
    found = Ticket.objects.all()
    if unit is not None:
        found = found.answered_by(unit.pk)
    if area is not None:
        found = found.in_area(area)
    return found.of_class(category.code) if category is not None else found


def _judged(calls: RevisitQuerySet, *, until: datetime) -> RevisitQuerySet:
    """Say of each call that counts whether the contact was in time, and which rates its ticket is left out of."""
    return calls.last_that_reached(until=until).annotate(
        in_time=_contact_in_time(), **{f"out_{name.value.lower()}": _left_out(name) for name in RateName}
    )


def _contact_in_time() -> Coalesce:
    """Whether the clock of the contact that started last before the call was stopped within its time."""
    answered = Coalesce(OuterRef("ticket__parent"), OuterRef("ticket"))  # joined: with the main ticket, on its clock
    subject = Concat(Value(f"{Ticket._meta.label_lower}:"), Cast(answered, CharField()))
    ran = Clock.objects.filter(subject=subject, kind=RESPONSE, started_at__lte=OuterRef("at"))
    kept = ran.annotate(kept=ExpressionWrapper(Q(stopped_at__lte=F("due_at")), BooleanField()))
    return Coalesce(Subquery(kept.order_by("-started_at", "-pk").values("kept")[:1]), False)


def _left_out(name: RateName) -> Exists:
    return Exists(Exclusion.objects.confirmed().filter(ticket=OuterRef("ticket"), rate=name))


ASKED, GRADED = Q(contacted__isnull=False), Q(stars__isnull=False)
IN_TIME, CONTENT = Q(contacted=True, in_time=True), Q(stars__gte=SATISFIED_FROM)
COUNTS = {
    "reached": Count("pk"),
    "response": Count("pk", filter=ASKED & IN_TIME & Q(out_response=False)),
    "response_of": Count("pk", filter=ASKED & Q(out_response=False)),
    "response_out": Count("pk", filter=ASKED & Q(out_response=True)),
    "solved_n": Count("pk", filter=Q(solved=True, out_solved=False)),
    "solved_of": Count("pk", filter=Q(out_solved=False)),
    "solved_out": Count("pk", filter=Q(out_solved=True)),
    "satisfied": Count("pk", filter=CONTENT & Q(out_satisfied=False)),
    "satisfied_of": Count("pk", filter=GRADED & Q(out_satisfied=False)),
    "satisfied_out": Count("pk", filter=GRADED & Q(out_satisfied=True)),
}


def _rates(since: datetime, until: datetime, called: int, row: Mapping[str, int], grounds: Mapping[str, int]) -> Rates:
    return Rates(
        since=since, until=until, called=called, reached=row["reached"],
        response=Rate(row["response"], row["response_of"], row["response_out"]),
        solved=Rate(row["solved_n"], row["solved_of"], row["solved_out"]),
        satisfied=Rate(row["satisfied"], row["satisfied_of"], row["satisfied_out"]),
        grounds=grounds,
    )  # fmt: skip


def _grounds(counted: RevisitQuerySet) -> dict[str, int]:
    found: Iterable[tuple[str, int]] = (
        Exclusion.objects.confirmed()
        .filter(ticket__in=counted.values("ticket"))
        .order_by("ground__position", "ground__code")
        .values_list("ground__code")
        .annotate(n=Count("pk"))
    )
    return dict(found)


def judged_calls(*, since: datetime, until: datetime) -> RevisitQuerySet:
    """Return the last call of each ticket in [since, until) that reached its caller, as the rates judge it.

    Each has `in_time`, and `out_response`, `out_solved`, `out_satisfied`: whether its ticket is left out of that rate.
    """
    return _judged(Revisit.objects.between(since=since, until=until), until=until).annotate(unit=ANSWERED_BY)
