"""The commitments that are still to be checked after the decision, the one that has waited longest first."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from civic.accounts.http import SignedIn
from civic.cases.lights import YELLOW_SHARE
from civic.cases.models import Case
from civic.cases.models.clocks import check_by
from civic.core import access
from civic.core.http import keyset_page
from civic.core.pages import page
from civic.deadlines.services import workdays_left

ROLES = ("unit_handler", "unit_leader", "supervisor")
PAGE_SIZE = 50


@dataclass(frozen=True)
class Row:
    """One granted case that rests on commitments not yet checked."""

    case: Case
    check_by: datetime | None
    light: str
    words: str


@access.official(*ROLES)
@require_GET
def commitments(request: SignedIn) -> HttpResponse:
    """List the granted cases of the department with commitments to check, and how long there is for it."""
    at, response = now(), HttpResponse()
    found = Case.objects.led_by(request.user.department_id).with_commitments_to_check().for_list()
    cases = keyset_page(
        request,
        response,
        found.prefetch_related("commitments"),
        by=("ended_at", "pk"),
        limit=PAGE_SIZE,
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "rows": [_row(case, at) for case in cases],
        "next": response.headers.get("Link", "").partition(">")[0].lstrip("<"),
    }
    return page(request, "cases/office/commitments.html", context)


def _row(case: Case, at: datetime) -> Row:
    due = check_by(case)
    if due is None or case.ended_at is None:
        return Row(case, None, "paused", _("工作日历公布后确定"))
    left = workdays_left(due, at=at)
    if at > due:
        return Row(case, due, "red", ngettext("超期%(n)s个工作日", "超期%(n)s个工作日", -left) % {"n": -left})
    light = "yellow" if left * YELLOW_SHARE <= workdays_left(due, at=case.ended_at) else "green"
    words = ngettext("剩%(n)s个工作日", "剩%(n)s个工作日", left) % {"n": left} if left else _("今天到期")
    return Row(case, due, light, words)
