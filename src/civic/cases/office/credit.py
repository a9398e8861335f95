"""Marks of false commitments at the department that decided: requests for repair, and their answers."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.cases.models import CreditMark
from civic.core import access
from civic.core.errors import FieldError, Invalid, Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.deadlines.models import Clock

ROLES = ("unit_handler", "unit_leader", "supervisor")
PER_PAGE = 50


@access.official(*ROLES)
@require_GET
def marks(request: SignedIn) -> HttpResponse:
    """Requests for repair that wait for an answer, or all marks."""
    view = "all" if request.GET.get("view") == "all" else "asked"
    seen = CreditMark.objects.visible_to(request.user)
    found = (seen if view == "all" else seen.asked()).for_list()
    part = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    running = Clock.objects.of(*(one.ledger_id() for one in part)).open()
    context = {"part": part, "view": view, "clocks": {clock.subject: clock for clock in running}, "at": now()}
    return page(request, "cases/office/credit.html", context)


@access.official(*ROLES)
@require_GET
def mark(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, _mark(request, pk))


@access.official("unit_leader")
@require_POST
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Lift a mark or let it stand, in words that the person reads."""
    found, chosen = _mark(request, pk), request.POST.get("result", "")
    try:
        if chosen not in ("repaired", "stands"):
            wrong = _("请选择答复。")
            raise Invalid(wrong, errors=[FieldError("result", "required", wrong)])
        verb = found.repair if chosen == "repaired" else found.refuse_repair
        seen = typed_number(request.POST.get("seen", ""))
        verb(answer=request.POST.get("words", ""), by=request.user, at=now(), seen=seen)
    except Refusal as refusal:
        return _show(request, _mark(request, pk), refusal)
    messages.success(request, _("答复已发出。"))
    return redirect(f"/office/credit/{pk}/")


def _mark(request: SignedIn, pk: int) -> CreditMark:
    found: CreditMark = get_object_or_404(CreditMark.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _show(request: SignedIn, found: CreditMark, refusal: Refusal | None = None) -> HttpResponse:
    clock = Clock.objects.of(found.ledger_id()).open().first()
    context = {
        "mark": found, "clock": clock, "at": now(), "refusal": refusal, "typed": request.POST if refusal else {},
        "errors": list(refusal.errors) if refusal else [], "why_not": found.why_not("repair", request.user),
        "words": found.clear("words"), "answer": found.clear("answer"),
    }  # fmt: skip
    return page(request, "cases/office/credit_mark.html", context, status=refusal.status if refusal else 200)
