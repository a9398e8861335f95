"""What is left out of the three rates: asking for it with evidence, and the word of a second person of another unit."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.errors import Conflict, FieldError, Invalid, Refusal
from civic.core.http import typed_number
from civic.core.ids import normalise_number
from civic.core.pages import page
from civic.hotline.models import Exclusion, ExclusionGround, Ticket
from civic.hotline.policies import READERS, REVIEWER, SUPERVISOR
from civic.hotline.states import RateName

PER_PAGE = 50
DECIDE = ("confirm", "refuse", "lift")


@access.official(*READERS)
@require_GET
def exclusions(request: SignedIn) -> HttpResponse:
    """List what waits for a second person, or all."""
    view = "all" if request.GET.get("view") == "all" else "open"
    seen = Exclusion.objects.visible_to(request.user)
    chosen = (seen if view == "all" else seen.open()).for_list()
    context = {"part": Paginator(chosen, PER_PAGE).get_page(request.GET.get("page")), "view": view}
    return page(request, "hotline/office/exclusions.html", context)


@access.official(REVIEWER, SUPERVISOR, "unit_leader")
@require_http_methods(["GET", "POST"])
def new_exclusion(request: SignedIn) -> HttpResponse:
    """Ask that a ticket be left out of a rate."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = Exclusion.objects.propose(
                ticket=_ticket(request), rate=request.POST.get("rate", ""), ground=_ground(request),
                evidence=request.POST.get("evidence", ""), by=request.user, at=now(),
            )  # fmt: skip
        except Refusal as refused:
            refusal = refused
        else:
            return redirect(f"/office/hotline/exclusions/{made.pk}/")
    context = {
        "typed": request.POST or request.GET, "errors": list(refusal.errors) if refusal else [], "refusal": refusal,
        "grounds": list(ExclusionGround.objects.order_by("position", "pk")), "rates": RateName.choices,
    }  # fmt: skip
    return page(request, "hotline/office/new_exclusion.html", context, status=refusal.status if refusal else 200)


@access.official(*READERS)
@require_GET
def exclusion(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, _exclusion(request, pk))


@access.official(REVIEWER, SUPERVISOR)
@require_POST
def exclusion_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Confirm, refuse or lift, with the finding that was typed."""
    found = _exclusion(request, pk)
    try:
        if name not in DECIDE:
            raise Conflict(_("没有这一步。"))
        seen = typed_number(request.POST.get("seen", ""))
        getattr(found, name)(finding=request.POST.get("words", ""), by=request.user, at=now(), seen=seen)
    except Refusal as refusal:
        return _show(request, _exclusion(request, pk), refusal)
    messages.success(request, _("已办理。"))
    return redirect(f"/office/hotline/exclusions/{pk}/")


def _ticket(request: SignedIn) -> Ticket:
    """Return the ticket whose number was typed, if this person may see it. Raises: Invalid."""
    number = normalise_number(request.POST.get("number", "")[:40])
    found = Ticket.objects.visible_to(request.user).filter(number=number).select_related("unit").first()
    if found is None:
        wrong = _("没有这个编号的工单，请核对编号。")
        raise Invalid(wrong, errors=[FieldError("number", "unknown", wrong)])
    return found


def _ground(request: SignedIn) -> ExclusionGround:
    found = ExclusionGround.objects.filter(code=request.POST.get("ground", "")[:40]).first()
    if found is None:
        wrong = _("请从列表中选择。")
        raise Invalid(wrong, errors=[FieldError("ground", "enum", wrong)])
    return found


def _exclusion(request: SignedIn, pk: int) -> Exclusion:
    found: Exclusion = get_object_or_404(Exclusion.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _show(request: SignedIn, found: Exclusion, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "noun": found, "why_not": {name: found.why_not(name, request.user) for name in found.allowed_steps()},
        "typed": request.POST if refusal else {}, "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
    }  # fmt: skip
    return page(request, "hotline/office/exclusion.html", context, status=refusal.status if refusal else 200)
