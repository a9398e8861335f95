"""The questions about resources, demands, calls and contests."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from civic.exchange.policies import READ_ALL, READ_OWN
from civic.exchange.states import ContestState, DemandState, Outcome

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.exchange.models import Call, Contest, Demand, Resource  # noqa: F401 (ruff does not read the strings below)


class ResourceQuerySet(models.QuerySet["Resource"]):
    """Resources."""

    def for_list(self) -> Self:
        return self.select_related("provider__department", "duty").order_by("provider__department__code", "code")


class DemandQuerySet(models.QuerySet["Demand"]):
    """Demands."""

    def open(self) -> Self:
        return self.filter(state__in=[DemandState.PROPOSED, DemandState.APPROVED])

    def proposed(self) -> Self:
        return self.filter(state=DemandState.PROPOSED)

    def approved(self) -> Self:
        return self.filter(state=DemandState.APPROVED)

    def visible_to(self, user: "Account") -> Self:
        """Officials of the demanding and the providing department; stewards, supervisors and auditors all."""
        if not user.is_official:
            return self.none()
        if user.has_any_role(*READ_ALL):
            return self
        if not user.has_any_role(*READ_OWN):
            return self.none()
        home = user.department_id
        return self.filter(Q(consumer=home) | Q(resource__provider__department=home))

    def for_list(self) -> Self:
        related = ("consumer", "resource__provider__department", "proposed_by__official", "decided_by__official")
        return self.select_related(*related).order_by("-proposed_at", "-pk")

    def for_public(self) -> Self:
        return self.select_related("consumer", "resource__provider__department").order_by(
            "service", "resource__code", "purpose", "consumer__code", "pk"
        )


class CallQuerySet(models.QuerySet["Call"]):
    """Calls."""

    def visible_to(self, user: "Account") -> Self:
        """Stewards, supervisors, privacy officers and auditors see all; leaders and handlers their department's."""
        if not user.is_official:
            return self.none()
        if user.has_any_role(*READ_ALL):
            return self
        if not user.has_any_role(*READ_OWN):
            return self.none()
        home = user.department_id
        return self.filter(Q(consumer=home) | Q(resource__provider__department=home))

    def concerning(self, *, marks: Collection[str], names: Collection[str]) -> Self:
        """Calls about a subject with one of `marks`, or on behalf of one of `names` (ledger ids)."""
        return self.filter(Q(about__in=marks) | Q(on_behalf_of__in=names))

    def told(self) -> Self:
        """Calls that have come to an end, answered or not."""
        return self.exclude(outcome=Outcome.ASKED)

    def since(self, at: datetime) -> Self:
        return self.filter(asked_at__gte=at)

    def left_hanging(self, *, at: datetime) -> Self:
        """Calls whose asker has died before it could note what came of them."""
        return self.filter(outcome=Outcome.ASKED, asked_at__lt=at - timedelta(minutes=5)).order_by("pk")

    def over(self, *, before: datetime) -> Self:
        """Calls whose time is up and that nobody has contested."""
        return self.filter(asked_at__lt=before, contests__isnull=True).order_by("pk")

    def for_list(self) -> Self:
        related = ("resource__provider__department", "consumer", "demand")
        return self.select_related(*related).order_by("-asked_at", "-pk")


class ContestQuerySet(models.QuerySet["Contest"]):
    """Contests."""

    def open(self) -> Self:
        return self.filter(state=ContestState.OPENED)

    def over(self) -> Self:
        return self.exclude(state=ContestState.OPENED)

    def visible_to(self, user: "Account") -> Self:
        """Whoever contested; officials of the source; stewards, supervisors and auditors all."""
        if not user.is_authenticated:
            return self.none()
        mine = Q(by=user.pk)
        if user.has_any_role(*READ_ALL):
            return self
        if user.has_any_role(*READ_OWN):
            mine |= Q(resource__provider__department=user.department_id)
        return self.filter(mine)

    def for_list(self) -> Self:
        related = (
            "resource__provider__department",
            "call__demand",
            "call__consumer",
            "key",
            "by__official",
            "by__person__key",
        )
        return self.select_related(*related).order_by("-opened_at", "-pk")
