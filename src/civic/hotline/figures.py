"""Counts that the public may see: letters by unit and month, and how a unit keeps what is promised."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from civic.accounts.models import Department
from civic.deadlines.calendars import CITY
from civic.hotline.models import Ticket

YEAR = timedelta(days=365)


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


@dataclass(frozen=True)
class Kept:
    """What a unit was sent within a year, what it has answered, and how many of those in time."""

    received: int
    answered: int
    in_time: int

    @property
    def rate(self) -> int:
        return self.in_time * 100 // self.answered if self.answered else 0


def mailbox_table(month: tuple[int, int]) -> list[Letters]:
    """Return the letters of a month (year, month from 1) by the unit that answers or was written to, most first."""
    year, number = month
    since = datetime(year, number, 1, tzinfo=CITY)
    until = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=CITY)
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
    found = Ticket.objects.filter(unit=unit, received_at__gte=at - YEAR).aggregate(  # out of one index
        received=Count("*"),
        answered=Count("replied_at"),
        in_time=Count("replied_at", filter=Q(replied_at__lte=F("due_at"))),
    )
    return Kept(**found)
