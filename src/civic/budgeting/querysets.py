"""Questions about polls, urns and what is in the box."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.budgeting.models import Poll, Urn  # noqa: F401 (strings below)


class PollQuerySet(models.QuerySet["Poll"]):
    """Questions about polls; what is voted on is open to everybody."""

    def for_list(self) -> Self:
        return self.select_related("unit", "eligibility__area", "opening", "key").order_by("-opens_at", "-pk")

    def visible_to(self, user: "Account") -> Self:
        """Officials see the polls of their own unit; auditors all."""
        return self if user.has_any_role("auditor") else self.filter(unit=user.department_id)

    def open(self, *, at: datetime) -> Self:
        return self.filter(opens_at__lte=at, closes_at__gt=at)

    def due(self, *, at: datetime) -> Self:
        """Return the polls that are over and whose box has not been opened."""
        return self.filter(closes_at__lte=at, opening=None).select_related("key").order_by("pk")


class UrnQuerySet(models.QuerySet["Urn"]):
    """Questions about urns of paper ballots."""

    def for_list(self) -> Self:
        return self.select_related("poll__unit", "scan").order_by("number", "pk")
