"""Questions about clocks."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models

from civic.deadlines.states import RUNNING, STOPPED

SECOND = timedelta(seconds=1)


class ClockQuerySet(models.QuerySet[Any]):
    """Questions about clocks, in the words of the law of time limits."""

    def of(self, *subjects: str) -> Self:
        """Clocks of these nouns, by their ledger ids."""
        return self.filter(subject__in=subjects)

    def open(self) -> Self:
        """Clocks that have not stopped."""
        return self.exclude(state=STOPPED)

    def running(self) -> Self:
        return self.filter(state=RUNNING)

    def overdue(self, *, at: datetime) -> Self:
        """Running clocks whose limit is over: red."""
        return self.running().filter(due_at__lte=at - SECOND)

    def warned(self, *, at: datetime) -> Self:
        """Running clocks with a quarter or less left, not yet overdue: yellow."""
        return self.running().filter(warn_at__lte=at - SECOND, due_at__gt=at - SECOND)

    def with_due_rungs(self, *, at: datetime) -> Self:
        """Running clocks that have passed a rung which has not fired, longest waiting first."""
        return self.running().filter(next_rung_at__lte=at).order_by("next_rung_at", "pk")

    def for_list(self) -> Self:
        """Soonest due first, suspended ones last; a countdown needs no further query."""
        return self.order_by(models.F("due_at").asc(nulls_last=True), "pk")
