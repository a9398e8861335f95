"""What one is asked: to agree, or to let licences be used; the page that says what for, and the answers."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.errors import Refusal, Unavailable
from civic.core.pages import page
from civic.licences import wallet_policies as policies
from civic.licences.models import LicenceType, UseRequest
from civic.licences.services import service_name


@access.signed_in
@require_GET
def request_page(request: SignedIn, handle: UUID) -> HttpResponse:
    """Show who asks what for, and exactly which data, before anything is answered."""
    return _show(request, _request(request, handle))


@access.signed_in
@require_POST
def grant(request: SignedIn, handle: UUID) -> HttpResponse:
    """Say yes."""
    return _step(request, handle, lambda asked: asked.grant(by=request.user, at=now()), _("您已同意。对方会收到通知。"))


@access.signed_in
@require_POST
def decline(request: SignedIn, handle: UUID) -> HttpResponse:
    """Say no."""
    words = _("您没有同意。对方会收到通知，不会影响您自己办事。")
    return _step(request, handle, lambda asked: asked.decline(by=request.user, at=now()), words)


@access.signed_in
@require_POST
def withdrawal(request: SignedIn, handle: UUID) -> HttpResponse:
    """Take a yes back."""
    return _step(request, handle, lambda asked: asked.withdraw(by=request.user, at=now()), _("您已撤回同意。"))


def _step(request: SignedIn, handle: UUID, step: Callable[[UseRequest], None], words: str) -> HttpResponse:
    asked = _request(request, handle)
    try:
        step(asked)
    except Unavailable:
        raise
    except Refusal as refusal:
        return _show(request, _request(request, handle), refusal=refusal)
    messages.success(request, words)
    return redirect(f"/my/licences/requests/{asked.handle}/")


def _show(request: SignedIn, asked: UseRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    at = now()
    types = {type_.code: type_ for type_ in LicenceType.objects.filter(code__in=list(asked.shares))}
    context = {
        "asked": asked,
        "service": service_name(asked.service),
        "shared": asked.shared_fields(types),
        "is_open": asked.state == "ASKED" and not asked.is_over(at=at),
        "is_over": asked.is_over(at=at),
        "why_not_grant": policies.why_not_grant(request.user, asked, at=at),
        "why_not_withdraw": policies.why_not_withdraw(request.user, asked),
        "is_draft": asked.case.startswith("draft:"),
        "refusal": refusal,
    }
    return page(request, "licences/portal/request.html", context, status=refusal.status if refusal else 200)


def _request(request: SignedIn, handle: UUID) -> UseRequest:
    found: UseRequest = get_object_or_404(UseRequest.objects.visible_to(request.user).for_list(), handle=handle)
    return found
