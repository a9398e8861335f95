"""Complaints about handling: who looks into them, and what was found."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.accounts.models import Department
from civic.audit.services import record
from civic.core import access
from civic.core.errors import Conflict, Refusal
from civic.core.pages import page
from civic.supervision.models import Complaint
from civic.supervision.office.shared import clocks_of, part_of, show, step, unit_of
from civic.supervision.policies import READERS, SUPERVISOR, UNIT


@access.official(*READERS)
@require_GET
def complaints(request: SignedIn) -> HttpResponse:
    """Complaints that are looked into, those past their time, or all; never those about the reader's own unit."""
    at, seen = now(), Complaint.objects.visible_to(request.user)
    views = {"open": seen.open(), "overdue": seen.overdue(at=at), "all": seen}
    view = request.GET.get("view", "") if request.GET.get("view") in views else "open"
    part = part_of(request, views[view].for_list())
    context = {"part": part, "view": view, "clocks": clocks_of(list(part)), "at": at}
    return page(request, "supervision/office/complaints.html", context)


@access.official(*READERS)
@require_GET
def complaint(request: SignedIn, pk: int) -> HttpResponse:
    """Show one complaint; the reading is recorded."""
    found = _complaint(request, pk)
    record(
        at=now(), actor=request.user, step="supervision.complaint.read", subject=found.ledger_id(), purpose="投诉核查"
    )
    return _show(request, found)


@access.official(SUPERVISOR, *UNIT)
@require_POST
def complaint_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Hand a complaint to a unit, or decide it."""
    words, at = request.POST.get("words", ""), now()

    def take(noun: Complaint, seen: int | None) -> None:
        if name == "assign":
            noun.assign(unit=unit_of(request), by=request.user, at=at, seen=seen)
        elif name in ("uphold", "reject"):
            getattr(noun, name)(finding=words, by=request.user, at=at, seen=seen)
        else:
            raise Conflict(_("没有这一步。"))

    def again(refusal: Refusal) -> HttpResponse:
        return _show(request, _complaint(request, pk), refusal)

    return step(request, _complaint(request, pk), take, again, done=_("已办理。"))


def _complaint(request: SignedIn, pk: int) -> Complaint:
    found: Complaint = get_object_or_404(Complaint.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _show(request: SignedIn, found: Complaint, refusal: Refusal | None = None) -> HttpResponse:
    user = request.user
    reads = found.why_not("uphold", user) is None or user.has_any_role(SUPERVISOR) or found.decided_by_id == user.pk
    why_not = {name: found.why_not(name, user) for name in found.allowed_steps() if name != "withdraw"}
    context = {
        "why_not": why_not,
        "words": found.clear("words") if reads else found.masked("words", "staff"),
        "finding": found.clear("finding") if reads else found.masked("finding", "staff"),
        "units": [(one.code, one.label) for one in Department.objects.exclude(pk=found.about_id).order_by("code")],
    }
    return show(request, "supervision/office/complaint.html", found, context, refusal)
