"""The health board, where a source is asked, and the record of questions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.errors import Refusal
from civic.core.pages import page
from civic.exchange import policies
from civic.exchange.models import Call, Contest, Demand, Provider, Resource
from civic.exchange.querysets import CallQuerySet
from civic.exchange.rules import words_of_reason
from civic.exchange.services import board as measured
from civic.exchange.services.contesting import contest as contest_value
from civic.exchange.states import Outcome

READERS = (*policies.READ_ALL, *policies.READ_OWN)
PER_PAGE = 50
FILTERS = ("resource", "service", "case", "outcome")


@access.official(*policies.BOARD_ROLES)
@require_GET
def board(request: SignedIn) -> HttpResponse:
    """Every source: whether it answers, how fast, why not; what was contested and how fast it was mended."""
    at = now()
    rows = measured.health(at=at)
    context = {
        "rows": [(row, [(words_of_reason(code), n) for code, n in row.reasons.most_common()]) for row in rows],
        "ranking": measured.ranking(rows),
        "demands": Demand.objects.visible_to(request.user).proposed().count(),
        "contests": Contest.objects.visible_to(request.user).open().count(),
        "reads": request.user.has_any_role(*READERS),
        "at": at,
    }
    return page(request, "exchange/office/board.html", context)


@access.official(*policies.BOARD_ROLES)
@require_http_methods(["GET", "POST"])
def source(request: SignedIn, code: str) -> HttpResponse:
    """One source: its address, which the operator sets, and what it answers for."""
    found = get_object_or_404(Provider.objects.select_related("department", "breaker"), department__code=code)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            found.move(address=request.POST.get("address", ""), by=request.user, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("来源地址已保存。"))
            return redirect(f"/office/exchange/sources/{code}/")
    context = {
        "provider": found,
        "breaker": getattr(found, "breaker", None),
        "resources": list(Resource.objects.for_list().filter(provider=found)),
        "why_not": policies.why_not_move(request.user),
        "typed": request.POST.get("address", "") if refusal else found.address,
        "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
    }
    return page(request, "exchange/office/source.html", context, status=refusal.status if refusal else 200)


@access.official(*READERS)
@require_GET
def calls(request: SignedIn) -> HttpResponse:
    """What was asked and refused; never what was answered."""
    given = {name: request.GET.get(name, "").strip()[:80] for name in FILTERS}
    found = _filtered(Call.objects.visible_to(request.user), given).for_list()
    part = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "part": part,
        "given": given,
        "outcomes": Outcome.choices,
        "resources": list(Resource.objects.order_by("code").values_list("code", "name")),
    }
    return page(request, "exchange/office/calls.html", context)


@access.official(*READERS)
@require_GET
def call(request: SignedIn, handle: UUID) -> HttpResponse:
    return _show_call(request, _call(request, handle))


@access.official(*READERS)
@require_POST
def contest_call(request: SignedIn, handle: UUID) -> HttpResponse:
    """Say that one field of what one's department was answered is wrong."""
    found = _call(request, handle)
    field, words = request.POST.get("field", ""), request.POST.get("words", "")
    try:
        made = contest_value(call=str(handle), field=field, words=words, by=request.user, at=now())
    except Refusal as refusal:
        return _show_call(request, found, refusal)
    messages.success(request, _("已经请来源部门核实。"))
    return redirect(f"/office/exchange/contests/{made.pk}/")


def _call(request: SignedIn, handle: UUID) -> Call:
    found: Call = get_object_or_404(Call.objects.visible_to(request.user).for_list(), handle=handle)
    return found


def _show_call(request: SignedIn, found: Call, refusal: Refusal | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "call": found,
        "digest": bytes(found.digest).hex(),
        "why_not": policies.why_not_contest(request.user, found),
        "typed": request.POST if refusal else {},
        "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
    }
    return page(request, "exchange/office/call.html", context, status=refusal.status if refusal else 200)


def _filtered(found: CallQuerySet, given: dict[str, str]) -> CallQuerySet:
    columns = {"resource": "resource__code", "service": "service", "case": "case", "outcome": "outcome"}
    wanted = {columns[name]: value for name, value in given.items() if value}
    return found.filter(**wanted)
