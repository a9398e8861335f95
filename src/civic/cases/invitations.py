"""Inviting the applicant to rate what was done, once for each step that is over."""

from datetime import datetime

from django.db import transaction

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.cases.models import Case
from civic.cases.notices import applicants_of
from civic.cases.states import Channel, Delivery
from civic.notifications.services import notify
from civic.ratings.models import Right


def invite_rating(*, case: Case, step: str, at: datetime) -> None:
    """Give the applicant the right to rate this step, and tell them; safe to call twice."""
    if step == "deliver" and case.delivery == Delivery.ELECTRONIC:
        return  # nobody handed anything over: there is nothing more to rate than the decision
    acts = Entry.objects.filter(subject=case.ledger_id()).exclude(step__endswith=".read")  # whoever only looked is free
    actors = acts.values_list("actor", flat=True).distinct()
    handlers = [int(actor.rpartition(":")[2]) for actor in actors if actor.startswith("accounts.account:")]
    residents = (one for one in applicants_of(case, at=at) if one.kind == Account.Kind.RESIDENT)
    with transaction.atomic():
        right, token = Right.objects.grant(
            subject=case.ledger_id(),
            step=step,
            channel="WINDOW" if case.channel == Channel.WINDOW or step == "deliver" else "ONLINE",
            number=case.number,
            service_code=case.service.code,
            service_name=case.service_version.name,
            department=case.department,
            handlers=[handler for handler in handlers if handler != case.applicant_id],
            holder=next(residents, None),
            by="timer",
            at=at,
        )
        if token is not None and right.holder is not None:
            notify(
                right.holder,
                "rating.invited",
                subject=f"{case.ledger_id()}/rate/{step}",
                variables={
                    "number": case.number,
                    "service": case.service_version.name,
                    "service_en": case.service_version.name_en,
                    "link": right.path(token),
                },
                at=at,
            )
