"""The questions about rights, ratings and remedies."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q

from civic.ratings.policies import speaks_for_residents
from civic.ratings.rules import BURST_MINUTES, SMALLEST_CELL
from civic.ratings.states import OVER, RatingState, RemedyState

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.ratings.models import Rating, Remedy, Right  # noqa: F401 (ruff does not read the strings below)

Found = TypeVar("Found", bound="models.QuerySet[Any]")


class RightQuerySet(models.QuerySet["Right"]):
    """Rights to rate."""

    def visible_to(self, user: "Account") -> Self:
        """One's own; no official finds a right this way, but a deputy the right to rate what they have brought."""
        if not user.is_authenticated or not speaks_for_residents(user):
            return self.none()
        return self.filter(holder_id=user.pk)

    def about(self, *subjects: str) -> Self:
        """The rights to rate these matters, by their ledger ids."""
        return self.filter(subject__in=subjects)

    def unused(self) -> Self:
        return self.filter(rating__isnull=True)

    def open(self, *, at: datetime) -> Self:
        """Rights that can still be used."""
        return self.unused().filter(expires_at__gt=at)

    def for_list(self) -> Self:
        return self.select_related("department", "rating").order_by("-created_at", "-pk")


class RatingQuerySet(models.QuerySet["Rating"]):
    """Ratings."""

    def visible_to(self, user: "Account") -> Self:
        """Residents see their own; leaders their department's; supervisors and auditors all.

        Whoever handled the matter sees none of it before somebody else has looked into it.
        """
        if not user.is_authenticated:
            return self.none()
        if speaks_for_residents(user):
            return self.filter(right__holder_id=user.pk)
        looked_into = self._remedies().exclude(finding="")
        fair = self.filter(~Q(right__handlers__contains=[user.pk]) | Exists(looked_into))
        return _within_office(fair, user, "right__department_id")

    def counted(self) -> Self:
        """Ratings that statistics count: a dispute alone takes none out."""
        return self.exclude(state=RatingState.EXCLUDED)

    def about(self, *subjects: str) -> Self:
        """Ratings of these matters, by their ledger ids."""
        return self.filter(right__subject__in=subjects)

    def count_by_service(self) -> dict[str, dict[int, int]]:
        """Return service code -> grade -> how many, every one of them: for those who may read the ratings."""
        found: dict[str, dict[int, int]] = {}
        counted = self.counted().order_by().values_list("right__service_code", "grade").annotate(n=models.Count("pk"))
        for code, grade, count in counted:
            found.setdefault(code, {})[grade] = count
        return found

    def flagged(self) -> Self:
        return self.filter(flagged_at__isnull=False)

    def around(self, rating: "Rating") -> Self:
        """Top ratings of the same department from the same address in the minutes up to `rating`, itself included."""
        since = rating.submitted_at - timedelta(minutes=BURST_MINUTES)
        return self.filter(
            source=rating.source, grade=5, right__department_id=rating.right.department_id,
            submitted_at__gt=since, submitted_at__lte=rating.submitted_at,
        ).exclude(source="")  # fmt: skip

    def to_confirm(self, *, at: datetime) -> Self:
        """Ratings that nobody can change any more and that no remedy looks into."""
        pending = self._remedies().exclude(state__in=OVER)
        return self.filter(~Exists(pending), state=RatingState.SUBMITTED, changeable_until__lte=at).order_by("pk")

    def for_list(self) -> Self:
        return self.select_related("right__department", "key").order_by("-submitted_at", "-pk")

    def _remedies(self) -> "models.QuerySet[Any]":
        """The remedies of the rating that an outer question is about."""
        return self.model.remedies.rel.related_model._default_manager.filter(rating=OuterRef("pk"))


class RemedyQuerySet(models.QuerySet["Remedy"]):
    """Remedies of bad ratings."""

    def visible_to(self, user: "Account") -> Self:
        """As a rating: leaders their department's, supervisors and auditors all, handlers none before the finding."""
        if not user.is_authenticated:
            return self.none()
        if speaks_for_residents(user):
            return self.filter(rating__right__holder_id=user.pk)
        fair = self.filter(~Q(rating__right__handlers__contains=[user.pk]) | ~Q(finding=""))
        return _within_office(fair, user, "rating__right__department_id")

    def open(self) -> Self:
        return self.exclude(state__in=OVER)

    def over(self) -> Self:
        return self.filter(state__in=OVER)

    def disputed(self) -> Self:
        return self.filter(state=RemedyState.DISPUTED)

    def for_list(self) -> Self:
        return self.select_related("rating__right__department", "rating__key").order_by("-opened_at", "-pk")


def _within_office(found: Found, user: "Account", department: str) -> Found:
    if user.has_any_role("supervisor", "auditor"):
        return found
    if user.has_any_role("unit_leader"):
        return found.filter(**{department: user.department_id})
    return found.none()


COUNTS = """
SELECT code, grade, count(*) FROM (
    SELECT {code} AS code, rating.grade,
           row_number() OVER (PARTITION BY {code} ORDER BY rating.submitted_at, rating.id) AS place,
           count(*) OVER (PARTITION BY {code}) AS n
    FROM ratings_rating rating
    JOIN ratings_right r ON r.id = rating.right_id
    JOIN accounts_department department ON department.id = r.department_id
    WHERE rating.state <> 'EXCLUDED'
      AND (%(department)s = '' OR department.code = %(department)s)
      AND (%(service)s = '' OR r.service_code = %(service)s)
      AND (%(since)s::timestamptz IS NULL OR rating.submitted_at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR rating.submitted_at < %(until)s)
) AS placed
WHERE place <= n - n %% %(block)s
GROUP BY code, grade
"""
COLUMNS = {"all": "''", "department": "department.code", "service": "r.service_code"}


def published_counts(*, by: str, where: Mapping[str, str | datetime | None]) -> dict[str, dict[int, int]]:
    """Return code -> grade -> how many, in whole blocks of five, grouped `by` department, service or all.

    `where` has department and service (codes, "" for any), since and until (instants or None).
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNTS.format(code=COLUMNS[by]), {**where, "block": SMALLEST_CELL})
        found: dict[str, dict[int, int]] = {}
        for code, grade, count in cursor.fetchall():
            found.setdefault(code, {})[grade] = count
    return found
