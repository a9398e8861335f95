"""Officials' pages of instant approval: what rules found in a case, second looks, departments that did not follow."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.audit.services import record
from civic.cases.models import Case
from civic.core import access
from civic.core.errors import Invalid
from civic.core.http import typed_number
from civic.core.pages import page
from civic.instant.advising import draw_again
from civic.instant.explain import explain, explain_tax
from civic.instant.models import Onward, Recheck, Ruling
from civic.instant.policies import DRAWING_ROLES
from civic.instant.queries import figures_of_rechecks

ROLES = ("unit_handler", "unit_leader", "supervisor", "auditor")
WORK_ROLES = ("unit_handler", "unit_leader")
LONGEST_LIST = 200


@access.official("window_clerk", *ROLES)
@require_GET
def ruling(request: SignedIn, number: str) -> HttpResponse:
    """Show what rules found out about a case; the look is recorded."""
    at = now()
    case: Case = get_object_or_404(Case.objects.visible_to(request.user, at=at).for_detail(), number=number)
    found = get_object_or_404(Ruling.objects.for_detail(), pk=_newest(case))
    record(at=at, actor=request.user, step="instant.ruling.read", subject=found.ledger_id(), detail={"case": number})
    context = {"case": case, "ruling": found, "lines": explain(found), "onwards": _onwards(case)}
    context["tax"] = explain_tax(found)
    return page(request, "instant/office/ruling.html", context)


@access.official(*DRAWING_ROLES)
@require_POST
def renewal(request: SignedIn, number: str) -> HttpResponse:
    """Ask every source again, for whoever works on the case."""
    case: Case = get_object_or_404(Case.objects.visible_to(request.user, at=now()).for_detail(), number=number)
    if not case.service_version.rules.get("facts_by"):
        raise Http404
    draw_again(case=case, by=request.user, at=now())
    messages.success(request, _("已重新取数。"))
    return redirect(f"/office/cases/{number}/#advice")


@access.official(*ROLES)
@require_GET
def rechecks(request: SignedIn) -> HttpResponse:
    """List decisions of rules that a person is to look at again, the most urgent first, and what was found so far."""
    found = Recheck.objects.visible_to(request.user)
    context = {
        "rows": found.most_urgent_first().for_list()[:LONGEST_LIST],
        "figures": figures_of_rechecks(found),
        "at": now(),
    }
    return page(request, "instant/office/rechecks.html", context)


@access.official(*ROLES)
@require_http_methods(["GET", "POST"])
def recheck(request: SignedIn, pk: int) -> HttpResponse:
    """Show one decision with its facts; take what the person found."""
    at = now()
    found: Recheck = get_object_or_404(Recheck.objects.visible_to(request.user).for_list(), pk=pk)
    ruling = Ruling.objects.for_detail().get(pk=found.ruling_id)
    errors = []
    if request.method == "POST":
        seen = typed_number(request.POST.get("seen", ""))
        try:
            if request.POST.get("finding") == "wrong":
                found.find_wrong(reasons=request.POST.get("reasons", "")[:2000], by=request.user, at=at, seen=seen)
            else:
                found.confirm(by=request.user, at=at, seen=seen)
        except Invalid as refusal:
            errors = list(refusal.errors)
        else:
            messages.success(request, _("复核结果已记录。"))
            return redirect("/office/rechecks/")
    else:
        record(at=at, actor=request.user, step="instant.ruling.read", subject=ruling.ledger_id(), detail={})
    context = {
        "recheck": found,
        "ruling": ruling,
        "case": ruling.case,
        "lines": explain(ruling),
        "why_not": found.why_not_look(request.user),
        "errors": errors,
        "reasons": request.POST.get("reasons", ""),
    }
    return page(request, "instant/office/recheck.html", context, status=422 if errors else 200)


@access.official(*ROLES)
@require_GET
def onwards(request: SignedIn) -> HttpResponse:
    """List what departments that follow a decision have not done, the oldest first."""
    found = Onward.objects.visible_to(request.user).not_done().oldest_first().for_list()[:LONGEST_LIST]
    return page(request, "instant/office/onwards.html", {"rows": found, "user": request.user})


@access.official(*WORK_ROLES)
@require_POST
def take_up(request: SignedIn, pk: int) -> HttpResponse:
    """Tell the department once more."""
    row: Onward = get_object_or_404(Onward.objects.visible_to(request.user).for_list(), pk=pk)
    row.take_up(by=request.user, at=now())
    messages.success(request, _("已重新通知%(name)s。") % {"name": row.department.name})
    return redirect("/office/onwards/")


def _newest(case: Case) -> int | None:
    newest: int | None = Ruling.objects.filter(case=case).newest_first().values_list("pk", flat=True).first()
    return newest


def _onwards(case: Case) -> list[Onward]:
    return list(Onward.objects.filter(case=case).in_order().for_list())
