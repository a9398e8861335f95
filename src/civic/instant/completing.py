"""What a granted case brings where the applicant is not who gets the licence: the seller of a home applied."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from civic.accounts.models import Department
from civic.instant import services
from civic.instant.models import Onward
from civic.licences.services import issue_licence

if TYPE_CHECKING:
    from civic.cases.models import Case
    from civic.instant.facts.sheet import Sheet


def complete(*, case: "Case", sheet: "Sheet", at: datetime) -> None:
    """Issue what a granted case brings to whom it belongs, and tell the departments that follow, each once.

    Who is not known to the platform gets the paper certificate at the counter; the departments are told all the same.
    """
    if not sheet.is_for_other:
        services.complete(case=case, sheet=sheet, at=at)
        return
    rules = case.service_version.rules
    with transaction.atomic():
        if sheet.holder is not None and rules.get("licence"):
            issue_licence(
                kind=rules["licence"], holder=sheet.holder, values=sheet.licence, authority=case.department,
                case=case.number, by="rules", at=at,
            )  # fmt: skip
        departments = {department.code: department for department in Department.objects.all()}
        Onward.objects.plan(case, rules.get("onward", []), departments, at=at)
        services.enqueue_ready(case)
