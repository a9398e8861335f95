"""Residents' door of supervision: what I complained of and what was found."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
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
from civic.supervision.models import Complaint


@access.signed_in
@require_GET
def complaints(request: SignedIn) -> HttpResponse:
    """What I complained of."""
    found = Complaint.objects.filter(by=request.user).for_list()[:100]
    return page(request, "supervision/portal/complaints.html", {"complaints": list(found)})


@access.signed_in
@require_GET
def complaint(request: SignedIn, handle: UUID) -> HttpResponse:
    return _show(request, handle)


@access.signed_in
@require_POST
def withdraw(request: SignedIn, handle: UUID) -> HttpResponse:
    """Take a complaint back."""
    try:
        _own(request, handle).withdraw(by=request.user, at=now(), seen=typed_number(request.POST.get("seen", "")))
    except Refusal as refusal:
        return _show(request, handle, refusal)
    messages.success(request, _("已撤回。"))
    return redirect(f"/my/complaints/{handle}/")


def _own(request: SignedIn, handle: UUID) -> Complaint:
    found: Complaint = get_object_or_404(Complaint.objects.filter(by=request.user).for_list(), handle=handle)
    return found


def _show(request: SignedIn, handle: UUID, refusal: Refusal | None = None) -> HttpResponse:
    found = _own(request, handle)
    clock = Clock.objects.of(found.ledger_id()).open().first()
    context = {"complaint": found, "words": found.clear("words"), "finding": found.clear("finding"), "clock": clock}
    context |= {"at": now(), "why_not": found.why_not("withdraw", request.user), "refusal": refusal}
    return page(request, "supervision/portal/complaint.html", context, status=refusal.status if refusal else 200)
