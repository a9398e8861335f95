"""Counts that the public may see: letters by unit and month, and how a unit keeps what is promised."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Aggregate, Count, DurationField, F, Q
from django.db.models.functions import Coalesce

from civic.accounts.models import Department
from civic.deadlines.calendars import CITY
from civic.hotline.models import Ticket
from civic.ratings.rules import SMALLEST_CELL, told

YEAR, SECOND = timedelta(days=365), timedelta(seconds=1)


@dataclass(frozen=True)
class Letters:
    """How many letters a unit had in a month, and how many of them are answered."""

    unit: Department | None
    letters: int
    answers: int

    @property
    def rate(self) -> int:
        """The answered share in per cent, rounded down: 99.9 is not 100."""
        return self.answers * 100 // self.letters if self.letters else 0

    def told(self) -> "LettersTold":
        """Return what the public may know of it."""
        return LettersTold(self.unit, told(self.letters), told(self.answers), told(self.letters - self.answers))


@dataclass(frozen=True)
class LettersTold:
    """The same in blocks of five; None where there are one to four."""

    unit: Department | None
    letters: int | None
    answers: int | None
    unanswered: int | None

    @property
    def rate(self) -> int | None:
        """The answered share of what is told; None where a part is withheld. 100 means all."""
        return share_told(self.answers, self.unanswered, of=self.letters)


@dataclass(frozen=True)
class Kept:
    """What a unit was sent within a year, what it has answered and how many of those in time.

    `promised` and `taken` are medians: the time that was promised for an answer and the time it took, both since the
    receipt; None where nothing is answered. `open` and `overdue` are what is with the unit now.
    """

    received: int
    answered: int
    in_time: int
    promised: timedelta | None = None
    taken: timedelta | None = None
    open: int = 0
    overdue: int = 0

    @property
    def rate(self) -> int:
        return self.in_time * 100 // self.answered if self.answered else 0

    @property
    def promised_days(self) -> Decimal | None:
        return _days(self.promised)

    @property
    def taken_days(self) -> Decimal | None:
        return _days(self.taken)

    def told(self) -> "KeptTold":
        """Return what the public may know of it."""
        may_tell = self.answered >= SMALLEST_CELL
        return KeptTold(
            received=told(self.received), answered=told(self.answered), in_time=told(self.in_time),
            late=told(self.answered - self.in_time), open=told(self.open), overdue=told(self.overdue),
            promised_days=self.promised_days if may_tell else None, taken_days=self.taken_days if may_tell else None,
        )  # fmt: skip


@dataclass(frozen=True)
class KeptTold:
    """The same in blocks of five; None where there are one to four. Medians in natural days, of five or more."""

    received: int | None
    answered: int | None
    in_time: int | None
    late: int | None
    promised_days: Decimal | None
    taken_days: Decimal | None
    open: int | None
    overdue: int | None

    @property
    def rate(self) -> int | None:
        """The share in time of what is told; None where a part is withheld. 100 means all."""
        return share_told(self.in_time, self.late, of=self.answered)


def share_told(part: int | None, rest: int | None, *, of: int | None) -> int | None:
    """Return a share in per cent, rounded down, of numbers in blocks; None where it would rest on a withheld one."""
    return None if part is None or rest is None or not of else part * 100 // of


def _days(time: timedelta | None) -> Decimal | None:
    """Return natural days to one decimal."""
    return None if time is None else (Decimal(time // SECOND) / 86400).quantize(Decimal("0.1"), ROUND_HALF_UP)


class Median(Aggregate):
    """The middle value; where there are two, the value between them."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def months(at: datetime) -> list[tuple[int, int]]:
    """Return this month and the eleven before it, each as year and month from 1."""
    from_zero = at.astimezone(CITY).year * 12 + at.astimezone(CITY).month - 1
    return [((from_zero - back) // 12, (from_zero - back) % 12 + 1) for back in range(12)]


def month_of(text: str, at: datetime) -> tuple[int, int]:
    """Return the month that is asked for ("2026-03") among those shown, else this one."""
    return next((month for month in months(at) if f"{month[0]}-{month[1]:02d}" == text), months(at)[0])


def month_before(month: tuple[int, int]) -> tuple[int, int]:
    """Return the month before."""
    year, number = month
    return (year, number - 1) if number > 1 else (year - 1, 12)


def bounds(month: tuple[int, int]) -> tuple[datetime, datetime]:
    """Return when a month of the city begins and when the next one does."""
    year, number = month
    since = datetime(year, number, 1, tzinfo=CITY)
    return since, datetime(year + number // 12, number % 12 + 1, 1, tzinfo=CITY)


def public_mailbox(month: tuple[int, int]) -> list[LettersTold]:
    """Return what the public may know of a month's letters, most first; units that look alike in their own order."""
    shown = [row.told() for row in mailbox_table(month)]
    return sorted(shown, key=lambda row: (-(row.letters or 0), row.unit.pk if row.unit else 0))


def mailbox_table(month: tuple[int, int]) -> list[Letters]:
    """Return the letters of a month (year, month from 1) by the unit that answers or was written to, most first."""
    since, until = bounds(month)
    counted = (
        Ticket.objects.letters(since=since, until=until)
        .values(of=Coalesce("unit", "addressed_to"))
        .annotate(letters=Count("pk"), answers=Count("pk", filter=Q(replied_at__isnull=False)))
    )
    rows = list(counted.order_by("-letters", "of"))
    units = Department.objects.in_bulk([row["of"] for row in rows if row["of"] is not None])
    return [Letters(units.get(row["of"]), row["letters"], row["answers"]) for row in rows]


def of_unit(unit: Department, *, at: datetime) -> Kept:
    """Return how a unit kept what was promised for the tickets of the last year that are with it."""
    answered = Q(replied_at__isnull=False)
    found = Ticket.objects.filter(unit=unit, received_at__gte=at - YEAR).aggregate(  # out of one index
        received=Count("*"),
        answered=Count("replied_at"),
        in_time=Count("replied_at", filter=Q(replied_at__lte=F("due_at"))),
        promised=Median(F("due_at") - F("received_at"), filter=answered),
        taken=Median(F("replied_at") - F("received_at"), filter=answered),
    )
    now = Ticket.objects.at_unit(unit.pk).aggregate(open=Count("pk"), overdue=Count("pk", filter=Q(act_by__lt=at)))
    return Kept(**found, **now)
