"""Contested values: what somebody says is wrong, and the source's answer."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.errors import FieldError, Invalid, Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.deadlines.models import Clock
from civic.exchange import policies
from civic.exchange.models import Contest

READERS = (*policies.READ_ALL, *policies.READ_OWN)
PER_PAGE = 50
VIEWS = ("open", "late", "over")


@access.official(*READERS)
@require_GET
def contests(request: SignedIn) -> HttpResponse:
    """Contests that wait for the source, those that are late, or those that are over."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "open"
    seen = Contest.objects.visible_to(request.user)
    chosen = {"open": seen.open(), "late": seen.open().filter(escalated_at__isnull=False), "over": seen.over()}
    part = Paginator(chosen[view].for_list(), PER_PAGE).get_page(request.GET.get("page"))
    running = Clock.objects.of(*(one.ledger_id() for one in part)).open()
    context = {"part": part, "view": view, "clocks": {clock.subject: clock for clock in running}, "at": now()}
    return page(request, "exchange/office/contests.html", context)


@access.official(*READERS)
@require_GET
def contest(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, _contest(request, pk))


@access.official(*policies.READ_OWN)
@require_POST
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Say whether it was put right or is right as it is, in words that the other side reads."""
    found = _contest(request, pk)
    try:
        verb = found.correct if _chosen(request) == "corrected" else found.confirm
        seen = typed_number(request.POST.get("seen", ""))
        verb(answer=request.POST.get("answer", ""), by=request.user, at=now(), seen=seen)
    except Refusal as refusal:
        return _show(request, _contest(request, pk), refusal)
    messages.success(request, _("答复已发出。"))
    return redirect(f"/office/exchange/contests/{pk}/")


def _chosen(request: SignedIn) -> str:
    chosen = request.POST.get("result", "")
    if chosen not in ("corrected", "confirmed"):
        message = _("请选择核实结果。")
        raise Invalid(message, errors=[FieldError("result", "required", message)])
    return chosen


def _contest(request: SignedIn, pk: int) -> Contest:
    found: Contest = get_object_or_404(Contest.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _show(request: SignedIn, found: Contest, refusal: Refusal | None = None) -> HttpResponse:
    reads = policies.why_not_answer_contest(request.user, found) is None or found.by_id == request.user.pk
    context = {
        "contest": found,
        "words": found.clear("words") if reads else found.masked("words", "staff"),
        "answer": found.clear("answer") if reads else found.masked("answer", "staff"),
        "clock": found.clock(),
        "why_not": found.why_not("confirm", request.user),
        "typed": request.POST if refusal else {},
        "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
        "at": now(),
    }
    return page(request, "exchange/office/contest.html", context, status=refusal.status if refusal else 200)
