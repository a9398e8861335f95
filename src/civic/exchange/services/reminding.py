"""Who is told that a demand for data waits for its answer, and in what words."""

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from civic.accounts.models import Account
from civic.deadlines.models import Clock
from civic.exchange import policies
from civic.exchange.models import Demand

OVERDUE = "red"


def told_of(demand: Demand, *, rung: str) -> "QuerySet[Account]":
    """Return whom a rung of the demand's clock concerns: who may answer it, and once it is overdue who waits for it.

    The provider's leaders and the data stewards answer; the asking department's leaders and who proposed it wait.
    """
    leads = Q(official__roles__contains=["unit_leader"])
    concerned = leads & Q(official__department=demand.resource.provider.department_id)
    concerned |= Q(official__roles__contains=[policies.STEWARD])
    if rung == OVERDUE:
        concerned |= leads & Q(official__department=demand.consumer_id)
        concerned |= Q(pk=demand.proposed_by_id, official__isnull=False)
    else:
        concerned &= ~Q(pk=demand.proposed_by_id)  # nobody answers their own demand
    found: QuerySet[Account] = Account.objects.filter(concerned, is_active=True).order_by("pk")
    return found


def variables_of(demand: Demand, clock: Clock) -> dict[str, str]:
    """Return what the letters name: nothing of it is about a person."""
    due = localdate(clock.due_at) if clock.due_at else None
    return {
        "number": str(demand),
        "service": demand.service_name,
        "service_en": demand.service_name_en,
        "consumer": demand.consumer.name,
        "consumer_en": demand.consumer.name_en,
        "resource": demand.resource.name,
        "resource_en": demand.resource.name_en,
        "link": f"/office/exchange/demands/{demand.pk}/",
        "due": due.isoformat() if due else "",
    }
