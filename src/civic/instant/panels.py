"""What stands on other rooms' pages: the advice of the rules on officials' page of a case."""

from datetime import datetime
from typing import TYPE_CHECKING

from markupsafe import Markup

from civic.accounts.models import Department
from civic.core.pages import part
from civic.instant.explain import explain, explain_tax
from civic.instant.models import Check, Ruling
from civic.instant.policies import why_not_draw_again

if TYPE_CHECKING:
    from civic.accounts.http import SignedIn
    from civic.cases.models import Case


def advice(request: "SignedIn", case: "Case", *, at: datetime) -> Markup:
    """Return what the rules say of a case, the reader's own department first, and the way to have it asked again."""
    if not case.service_version.rules.get("facts_by"):
        return Markup("")
    ruling = Ruling.objects.filter(case=case).newest_first().for_detail().first()
    lines = explain(ruling) if ruling is not None and ruling.is_decided else []
    own = Department.objects.filter(pk=request.user.department_id or 0).values_list("code", flat=True).first()
    context = {
        "case": case,
        "ruling": ruling,
        "own": [line for line in lines if line.department == own],
        "others": [line for line in lines if line.department != own],
        "tax": explain_tax(ruling) if lines and ruling is not None else None,
        "why_not_draw": why_not_draw_again(request.user, case),
    }
    return part(request, "instant/office/advice.html", context)


def checks(request: "SignedIn", case: "Case", *, at: datetime) -> Markup:
    """Return what the departments' records say of the commitments; the conclusion is the official's."""
    found = list(Check.objects.filter(case=case).order_by("material"))
    if not found:
        return Markup("")
    names = {str(material["key"]): material for material in case.service_version.materials}
    rows = [(names.get(check.material, {"name": check.material}), check) for check in found]
    return part(request, "instant/office/checks.html", {"rows": rows})
