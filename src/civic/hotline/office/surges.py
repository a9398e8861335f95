"""Early warnings: the list, one with its numbers and tickets, and what a unit does about it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.errors import Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.deadlines.models import Clock
from civic.hotline import policies
from civic.hotline.lights import left_of
from civic.hotline.models import Surge, Ticket
from civic.hotline.office.shared import READERS
from civic.hotline.policies import DISPATCHER, UNIT

PAGE_SIZE, TICKETS = 50, 50


@access.official(*READERS)
@require_GET
def surges(request: SignedIn) -> HttpResponse:
    """List what warns, or what has been dealt with."""
    at, view = now(), "ended" if request.GET.get("view") == "ended" else "open"
    found = Surge.objects.visible_to(request.user)
    rows = (found.open() if view == "open" else found.ended()).for_list()
    part = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    running = {clock.subject: clock for clock in Clock.objects.of(*(one.ledger_id() for one in part)).open()}
    context = {
        "part": part, "view": view, "at": at,
        "left": {one.pk: left_of(running[one.ledger_id()], at=at) for one in part if one.ledger_id() in running},
    }  # fmt: skip
    return page(request, "hotline/office/surges.html", context)


@access.official(*READERS)
@require_GET
def surge(request: SignedIn, pk: int) -> HttpResponse:
    """Show one with its numbers, the days as a picture and a table, and the tickets it rests on."""
    return _show(request, _find(request, pk))


@access.official(*UNIT, DISPATCHER, "supervisor")
@require_POST
def surge_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Take it, say what was done, or say why there is nothing; a refusal shows the page with what was typed."""
    found, words, at = _find(request, pk), request.POST.get("words", ""), now()
    how: dict[str, Any] = {"by": request.user, "at": at, "seen": typed_number(request.POST.get("seen", ""))}
    try:
        if name == "take":
            found.take(**how)
        elif name == "finish":
            found.finish(words=words, **how)
        elif name == "dismiss":
            found.dismiss(words=words, **how)
        else:
            raise Http404
    except Refusal as refusal:
        return _show(request, _find(request, pk), refusal, posted=name)
    messages.success(request, _("这一步已办好。"))
    return redirect(f"/office/hotline/surges/{pk}/")


def _find(request: SignedIn, pk: int) -> Surge:
    found: Surge = get_object_or_404(Surge.objects.visible_to(request.user).for_detail(), pk=pk)
    return found


def _show(request: SignedIn, found: Surge, refusal: Refusal | None = None, posted: str = "") -> HttpResponse:
    at, user = now(), request.user
    clock = Clock.objects.of(found.ledger_id()).open().first()
    tickets = list(Ticket.objects.visible_to(user).in_week_of(found).for_list()[:TICKETS])
    context = {
        "surge": found,
        "left": left_of(clock, at=at) if clock else None,
        "tickets": [(one, one.masked("title", _profile(request, one))) for one in tickets],
        "highest": max([1, *found.daily]),
        "why_not": {step: found.why_not(step, user) for step in found.allowed_steps() if step != "grow"},
        "typed": request.POST if refusal else {},
        "posted": posted,
        "refusal": refusal,
        "errors": list(refusal.errors) if refusal else [],
    }
    return page(request, "hotline/office/surge.html", context, status=refusal.status if refusal else 200)


def _profile(request: SignedIn, ticket: Ticket) -> str:
    return "staff" if policies.reads_in_clear(request.user, ticket) else "strict"
