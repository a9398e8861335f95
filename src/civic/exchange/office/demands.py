"""Demands for data: what one's department asks others for, and what others ask of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.accounts.models import Department
from civic.core import access
from civic.core.errors import Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.deadlines.models import Clock
from civic.exchange import policies
from civic.exchange.models import Demand, Resource
from civic.exchange.states import DemandState, Purpose, Sharing

READERS = (*policies.READ_ALL, *policies.READ_OWN)
PROPOSERS = (policies.STEWARD, *policies.READ_OWN)
PER_PAGE = 50


@access.official(*READERS)
@require_GET
def demands(request: SignedIn) -> HttpResponse:
    """Demands that wait for an answer, or all of one state."""
    view = request.GET.get("view", "")
    view = view if view in DemandState.values else DemandState.PROPOSED.value
    found = Demand.objects.visible_to(request.user).filter(state=view).for_list()
    part = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "part": part,
        "view": view,
        "states": DemandState.choices,
        "clocks": _clocks(list(part)),
        "may_propose": request.user.has_any_role(*PROPOSERS),
        "at": now(),
    }
    return page(request, "exchange/office/demands.html", context)


@access.official(*PROPOSERS)
@require_http_methods(["GET", "POST"])
def new_demand(request: SignedIn) -> HttpResponse:
    """Ask for data: first of which resource, then which fields, for what, on which legal basis."""
    code = request.POST.get("resource", request.GET.get("resource", ""))
    resource = Resource.objects.for_list().filter(code=code[:80]).first()
    refusal: Refusal | None = None
    if request.method == "POST" and resource is not None:
        try:
            made = Demand.objects.propose(by=request.user, at=now(), **_wish(request, resource))
        except Refusal as refused:
            refusal = refused
        else:
            return redirect(f"/office/exchange/demands/{made.pk}/")
    context: dict[str, Any] = {
        "resource": resource,
        "resources": [(one.code, one.label) for one in Resource.objects.for_list()],
        "offered": [one for one in resource.fields if one["sharing"] != Sharing.NEVER] if resource else [],
        "purposes": Purpose.choices,
        "typed": request.POST if refusal else {},
        "chosen": request.POST.getlist("fields"),
        "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
    }
    return page(request, "exchange/office/new_demand.html", context, status=refusal.status if refusal else 200)


@access.official(*READERS)
@require_GET
def demand(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, _demand(request, pk))


@access.official(*READERS)
@require_POST
def approval(request: SignedIn, pk: int) -> HttpResponse:
    return _step(request, pk, lambda found, seen: found.approve(by=request.user, at=now(), seen=seen))


@access.official(*READERS)
@require_POST
def refusal(request: SignedIn, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _step(request, pk, lambda found, seen: found.refuse(reason=reason, by=request.user, at=now(), seen=seen))


@access.official(*READERS)
@require_POST
def withdrawal(request: SignedIn, pk: int) -> HttpResponse:
    return _step(request, pk, lambda found, seen: found.withdraw(by=request.user, at=now(), seen=seen))


def _wish(request: SignedIn, resource: Resource) -> dict[str, Any]:
    home: Department = request.user.official.department
    names = ("service", "service_name", "service_name_en", "purpose", "legal_basis")
    typed = {name: request.POST.get(name, "").strip()[:400] for name in names}
    return {**typed, "consumer": home, "resource": resource, "fields": request.POST.getlist("fields")}


def _demand(request: SignedIn, pk: int) -> Demand:
    found: Demand = get_object_or_404(Demand.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _step(request: SignedIn, pk: int, take: Callable[[Demand, int | None], None]) -> HttpResponse:
    found = _demand(request, pk)
    try:
        take(found, typed_number(request.POST.get("seen", "")))
    except Refusal as refused:
        return _show(request, _demand(request, pk), refused)
    messages.success(request, _("已保存。"))
    return redirect(f"/office/exchange/demands/{pk}/")


def _show(request: SignedIn, found: Demand, refused: Refusal | None = None) -> HttpResponse:
    context = {
        "demand": found,
        "clock": found.clock(),
        "why_not": {step: found.why_not(step, request.user) for step in ("approve", "refuse", "withdraw")},
        "typed": request.POST if refused else {},
        "errors": list(refused.errors) if refused else [],
        "refusal": refused,
        "at": now(),
    }
    return page(request, "exchange/office/demand.html", context, status=refused.status if refused else 200)


def _clocks(found: list[Demand]) -> dict[str, Clock]:
    running = Clock.objects.of(*(one.ledger_id() for one in found)).open()
    return {clock.subject: clock for clock in running}
