"""Residents' door of data sharing: the public lists, who asked for my data, and what I say is wrong."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.errors import Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.exchange.models import Contest
from civic.exchange.services import lists as told
from civic.exchange.services.contesting import contest as contest_value
from civic.exchange.services.contesting import contestable

VIEWS = {"resources": told.catalogue, "demands": told.demands, "duties": told.catalogue, "never": told.restrictions}


@access.public
@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """What departments share, who asks for it on which legal basis, who answers for it, and what is never shared."""
    view = request.GET.get("list", "")
    view = view if view in VIEWS else "resources"
    return page(request, "exchange/portal/lists.html", {"view": view, "rows": VIEWS[view]()})


@access.signed_in
@require_GET
def mine(request: SignedIn) -> HttpResponse:
    """Who asked for my data, for which matter, on which legal basis, and what came of it."""
    matters = [] if request.user.is_official else told.matters(told.told_to(request.user))
    return page(request, "exchange/portal/mine.html", {"matters": matters})


@access.signed_in
@require_http_methods(["GET", "POST"])
def contest(request: SignedIn, handle: UUID) -> HttpResponse:
    """Say that one field of what a department passed on is wrong."""
    if request.user.is_official:
        raise Http404  # officials contest on the page of the call
    call = contestable(str(handle), by=request.user)
    refusal: Refusal | None = None
    if request.method == "POST":
        field, words = request.POST.get("field", ""), request.POST.get("words", "")
        try:
            made = contest_value(call=str(handle), field=field, words=words, by=request.user, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已经请来源部门核实。"))
            return redirect(f"/my/contests/{made.handle}/")
    shown = request.POST if refusal else {"field": request.GET.get("field", "")[:40]}
    context = {"call": call, "told": told.tell(call), "typed": shown, "refusal": refusal}
    context |= {"errors": list(refusal.errors) if refusal else []}
    return page(request, "exchange/portal/contest.html", context, status=refusal.status if refusal else 200)


@access.signed_in
@require_GET
def contests(request: SignedIn) -> HttpResponse:
    """What I have said is wrong, and what the sources answered."""
    found = Contest.objects.filter(by=request.user).for_list()[:100]
    return page(request, "exchange/portal/contests.html", {"contests": list(found)})


@access.signed_in
@require_GET
def my_contest(request: SignedIn, handle: UUID) -> HttpResponse:
    return _show(request, _own(request, handle))


@access.signed_in
@require_POST
def withdraw(request: SignedIn, handle: UUID) -> HttpResponse:
    """Take it back."""
    found = _own(request, handle)
    try:
        found.withdraw(by=request.user, at=now(), seen=typed_number(request.POST.get("seen", "")))
    except Refusal as refusal:
        return _show(request, _own(request, handle), refusal)
    messages.success(request, _("已撤回。"))
    return redirect(f"/my/contests/{handle}/")


def _own(request: SignedIn, handle: UUID) -> Contest:
    found: Contest = get_object_or_404(Contest.objects.filter(by=request.user).for_list(), handle=handle)
    return found


def _show(request: SignedIn, found: Contest, refusal: Refusal | None = None) -> HttpResponse:
    context: dict[str, Any] = {"contest": found, "clock": found.clock(), "at": now(), "refusal": refusal}
    context |= {"words": found.clear("words"), "answer": found.clear("answer")}
    context |= {"why_not": found.why_not("withdraw", request.user)}
    return page(request, "exchange/portal/my_contest.html", context, status=refusal.status if refusal else 200)
