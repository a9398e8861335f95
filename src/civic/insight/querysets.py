"""Questions about sheets."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from civic.insight.models import Sheet  # noqa: F401 (ruff does not read the string below)


class SheetQuerySet(models.QuerySet["Sheet"]):
    """Questions about sheets."""

    def of_kind(self, kind: str) -> Self:
        """Sheets of tickets, or of calls back."""
        return self.filter(kind=kind)

    def between(self, since: date, until: date) -> Self:
        """Sheets of the days [since, until), oldest first."""
        return self.filter(day__gte=since, day__lt=until).order_by("day")

    def stale(self) -> Self:
        return self.filter(is_stale=True)

    def of_days(self, days: Collection[date]) -> Self:
        return self.filter(day__in=days)

    def days(self) -> set[date]:
        """Return the days that have a sheet."""
        return set(self.order_by().values_list("day", flat=True))
