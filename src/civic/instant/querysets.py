"""Questions about rulings, second looks and what follows a decision."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from civic.instant.states import UNDECIDED, OfferState, OnwardState, RecheckState

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.instant.models import Offer, Onward, Recheck, Ruling  # noqa: F401 (ruff does not read the strings below)


class RulingQuerySet(models.QuerySet["Ruling"]):
    """Questions about rulings."""

    def undecided(self) -> Self:
        return self.filter(state__in=UNDECIDED)

    def decided(self) -> Self:
        return self.exclude(state__in=UNDECIDED)

    def of_service(self, code: str) -> Self:
        return self.filter(service_version__service__code=code)

    def newest_first(self) -> Self:
        return self.order_by("-asked_at", "-pk")

    def for_detail(self) -> Self:
        return self.select_related("service_version__service", "case__key", "case__service_version", "case__department")


class RecheckQuerySet(models.QuerySet["Recheck"]):
    """Questions about second looks."""

    def visible_to(self, user: "Account") -> Self:
        """Those of the official's own department; an auditor sees all."""
        if not user.is_authenticated or not user.is_official:
            return self.none()
        if user.has_any_role("auditor", "supervisor"):
            return self
        return self.filter(ruling__case__department_id=user.department_id)

    def open(self) -> Self:
        return self.filter(state=RecheckState.OPEN)

    def overdue(self, *, at: datetime) -> Self:
        return self.open().filter(act_by__lt=at)

    def most_urgent_first(self) -> Self:
        return self.order_by("state", "act_by", "pk")

    def for_list(self) -> Self:
        return self.select_related(
            "ruling__service_version__service", "ruling__case__department", "ruling__case__service_version"
        )


class OnwardQuerySet(models.QuerySet["Onward"]):
    """Questions about what follows a decision."""

    def visible_to(self, user: "Account") -> Self:
        """Those of cases that the official's department leads or that concern the department itself."""
        if not user.is_authenticated or not user.is_official:
            return self.none()
        if user.has_any_role("auditor", "supervisor"):
            return self
        own = models.Q(case__department_id=user.department_id) | models.Q(department_id=user.department_id)
        return self.filter(own)

    def planned(self) -> Self:
        return self.filter(state=OnwardState.PLANNED)

    def done(self) -> Self:
        return self.filter(state=OnwardState.DONE)

    def not_done(self) -> Self:
        return self.filter(state__in=(OnwardState.PLANNED, OnwardState.REFUSED))

    def in_order(self) -> Self:
        return self.order_by("position", "pk")

    def oldest_first(self) -> Self:
        return self.order_by("state", "planned_at", "pk")

    def for_list(self) -> Self:
        return self.select_related("department", "case__service_version")


class OfferQuerySet(models.QuerySet["Offer"]):
    """Questions about offers."""

    def visible_to(self, user: "Account") -> Self:
        """A resident's own."""
        return self.filter(person_id=user.person_id) if user.is_authenticated and user.person_id else self.none()

    def waiting(self, *, at: datetime) -> Self:
        return self.filter(state=OfferState.MADE, until__gt=at)

    def over(self, *, at: datetime) -> Self:
        return self.filter(state=OfferState.MADE, until__lte=at)

    def newest_first(self) -> Self:
        return self.order_by("-made_at", "-pk")

    def for_list(self) -> Self:
        return self.select_related("service__current", "service__department", "case")
