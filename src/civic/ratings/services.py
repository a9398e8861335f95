"""Journeys of rating: opening a right by its link, settling what time has decided, bursts, public figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

from django.utils.translation import gettext as _

from civic.accounts.models import Department, Tally
from civic.core.errors import Refusal
from civic.ratings.models import Rating, Remedy, Right
from civic.ratings.querysets import RatingQuerySet, published_counts
from civic.ratings.rules import BURST_COUNT, Figures, average, figures, is_bad, satisfied
from civic.ratings.states import RemedyState
from civic.workflow.models import StepRefused

GUESSES, GUESSES_PER = 30, timedelta(minutes=10)
BATCH = 500


class NoSuchRight(Refusal):
    """The link opens nothing."""

    status: ClassVar[int] = 404
    code = "no-such-right"


@dataclass(frozen=True)
class Row:
    """One line of the public table: a department or a service, and what is published about it."""

    code: str
    name: str
    name_en: str
    figures: Figures


@dataclass(frozen=True)
class Weighed:
    """What one service was rated, exactly: for officials who may read the ratings themselves."""

    code: str
    name: str
    name_en: str
    n: int
    average: float | None
    satisfied: float | None
    bad: int


@dataclass(frozen=True)
class Scope:
    """Which ratings are meant: of a department, of a service, submitted in `[since, until)`. Empty means all."""

    department: str = ""
    service: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def where(self) -> Mapping[str, str | datetime | None]:
        """Return the same as the parameters of a question."""
        return {"department": self.department, "service": self.service, "since": self.since, "until": self.until}


def open_right(*, token: str, address: str, at: datetime) -> Right:
    """Return the right that `token` opens. Wrong ones are counted by address; call it outside a transaction.

    Raises: NoSuchRight; TooOften, after thirty wrong ones in ten minutes.
    """
    right: Right | None = Right.objects.opened_by(token)
    if right is None:
        Tally.objects.take(kind="ratings.guess", key=address, limit=GUESSES, per=GUESSES_PER, at=at)
        raise NoSuchRight(_("没有找到这个评价链接。请核对链接是否完整，或登录后在“我的评价”里评价。"))
    return right


def settle(*, at: datetime) -> int:
    """Confirm ratings that nobody can change any more, let findings stand that nobody appealed; return how many.

    Limits that had to wait for a calendar year begin. Any number of workers may do this at once.
    """
    done = sum(_try(partial(rating.confirm, by="timer", at=at)) for rating in _to_confirm(at))
    for remedy in Remedy.objects.open().select_related("rating").order_by("pk").iterator(chunk_size=BATCH):
        running = remedy.clocks()
        if not running:
            remedy.catch_up(by="timer", at=at)
        elif remedy.state == RemedyState.DISPUTED and all(clock.is_overdue(at=at) for clock in running):
            done += _try(partial(remedy.let_stand, by="timer", at=at))
    return done


def flag_burst(*, rating: Rating, at: datetime) -> int:
    """Flag the top ratings around `rating` if they look as if one person rated for many; return how many were."""
    around = list(Rating.objects.around(rating).order_by("pk"))
    if len(around) < BURST_COUNT:
        return 0
    fresh = [one for one in around if one.flagged_at is None]
    return sum(_try(partial(one.flag, by="timer", at=at)) for one in fresh)


def statistics(scope: Scope) -> Figures:
    """Return what is published about the ratings of `scope` together."""
    return figures(published_counts(by="all", where=scope.where()).get("", {}))


def table(scope: Scope, *, by: str) -> list[Row]:
    """Return what is published about each department or service of `scope`, most ratings first.

    Groups of fewer than five are left out altogether.
    """
    counted = published_counts(by=by, where=scope.where())
    names = _department_names(counted) if by == "department" else _service_names(counted)
    rows = [Row(code, *names[code], figures(counts)) for code, counts in counted.items()]
    return sorted(rows, key=lambda row: (-(row.figures.n or 0), row.code))


def weighed(ratings: RatingQuerySet) -> list[Weighed]:
    """Return n, mean grade and share of grades 5 and 4 of each service in `ratings`, the worst mean first.

    Never shown to the public: there, groups of fewer than five are left out (`table`).
    """
    counted = ratings.count_by_service()
    names = _service_names(counted)
    rows = [
        Weighed(
            code, *names[code], sum(counts.values()), average(counts), satisfied(counts),
            sum(count for grade, count in counts.items() if is_bad(grade)),
        )
        for code, counts in counted.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.average or 0, row.code))


def _department_names(codes: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    found = Department.objects.filter(code__in=list(codes))
    return {department.code: (department.name, department.name_en) for department in found}


def _service_names(codes: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """Return the newest names under which the services were rated."""
    newest = Right.objects.filter(service_code__in=list(codes)).order_by("service_code", "-pk").distinct("service_code")
    return {right.service_code: (right.service_name, right.service_name_en) for right in newest}


def _to_confirm(at: datetime) -> list[Rating]:
    return list(Rating.objects.to_confirm(at=at).select_related("right")[:BATCH])


def _try(step: Callable[[], None]) -> bool:
    """Take a step by the timer; whoever was quicker has made it unnecessary."""
    try:
        step()
    except StepRefused:
        return False
    return True
