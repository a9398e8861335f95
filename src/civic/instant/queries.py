"""Figures of instant approval: how often a person found a machine's decision right, and what cases took."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from civic.cases.models import Case
from civic.cases.states import DECIDED_STATES, CaseState
from civic.instant.states import RecheckState


def figures_of_rechecks(found: "QuerySet[Any]") -> dict[str, int]:
    """Return how many were drawn, are open, were confirmed and found wrong."""
    counted: dict[str, int] = found.order_by().aggregate(
        drawn=Count("pk"),
        open=Count("pk", filter=Q(state=RecheckState.OPEN)),
        confirmed=Count("pk", filter=Q(state=RecheckState.CONFIRMED)),
        wrong=Count("pk", filter=Q(state=RecheckState.WRONG)),
    )
    return counted


def decided_cases(service: int, *, since: datetime, until: datetime) -> "QuerySet[Any, Any]":
    """Return of each case of a service that was decided in [since, until) when it came, ended, and by which ways."""
    states = (*DECIDED_STATES, CaseState.NOT_ACCEPTED)
    found = Case.objects.filter(service=service, state__in=states, ended_at__gte=since, ended_at__lt=until)
    return found.order_by("pk").values("pk", "submitted_at", "ended_at", "channel", "delivery")
