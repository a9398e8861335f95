"""The licences that the department issued: search, one licence with its history, suspend, resume, revoke."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.audit.services import record
from civic.core import access
from civic.core.errors import Refusal, Unavailable
from civic.core.http import keyset_page, typed_number
from civic.core.pages import page
from civic.licences import policies, rules
from civic.licences.cards import card_of
from civic.licences.models import Ground, Licence, LicenceType, Use
from civic.licences.querysets import READERS, LicenceQuerySet
from civic.licences.states import LICENCE_STEPS, LicenceState

ROLES = (*READERS, "auditor")
PAGE_SIZE = 50
MOVES = {"suspension": "suspend", "resumption": "resume", "revocation": "revoke"}


@access.official(*ROLES)
@require_GET
def register(request: SignedIn) -> HttpResponse:
    """List the department's licences, the newest first; a code or number leads straight to one."""
    response, filters = (
        HttpResponse(),
        {name: request.GET.get(name, "").strip()[:120] for name in ("q", "type", "state")},
    )
    found = keyset_page(
        request,
        response,
        _filtered(Licence.objects.kept_by(request.user), filters).select_related(
            "type", "authority", "key", "person__key", "organisation"
        ),
        by=("-issued_at", "-pk"),
        limit=PAGE_SIZE,
        cursor=request.GET.get("cursor", ""),
    )
    if filters["q"] and len(found) == 1:
        return redirect(f"/office/licences/{found[0].token}/")
    at = now()
    context = {
        "rows": [(card_of(licence, at=at, profile=settings.MASKING_PROFILE, glance=True)) for licence in found],
        "filters": filters,
        "types": [(type_.code, type_.label) for type_ in LicenceType.objects.order_by("position")],
        "states": LicenceState.choices,
        "next": response.headers.get("Link", "").partition(">")[0].lstrip("<"),
    }
    return page(request, "licences/office/register.html", context)


@access.official(*ROLES)
@require_GET
def licence(request: SignedIn, token: UUID) -> HttpResponse:
    """Show one licence, masked, with its history and uses; the look is recorded.

    One of another department, of which this one may use something for a case, is shown as far as that goes.
    """
    granted = Use.objects.visible_to(request.user).filter(licence__token=token).exclude(
        licence__in=Licence.objects.kept_by(request.user)
    )  # fmt: skip
    if (use := granted.order_by("-used_at", "-pk").first()) is not None:
        return redirect(f"/office/licences/uses/{use.handle}/")
    found = _licence(request, token)
    with transaction.atomic():
        record(at=now(), actor=request.user, step="licences.licence.read", subject=found.ledger_id(), purpose="办理")
    return _show(request, found)


@access.official("unit_handler", "unit_leader", "window_clerk")
@require_POST
def move(request: SignedIn, token: UUID, what: str) -> HttpResponse:
    """Suspend, resume or revoke a licence."""
    found, at = _licence(request, token), now()
    verbs: dict[str, Callable[..., None]] = {
        "suspension": found.suspend, "resumption": found.resume, "revocation": found.revoke,
    }  # fmt: skip
    ground = Ground(
        request.POST.get("reason", "").strip(),
        request.POST.get("decision", "").strip()[:80],
        found.issued_at if what == "revocation" and request.POST.get("from_start") else None,
    )
    try:
        verbs[what](ground, by=request.user, at=at, seen=typed_number(request.POST.get("seen", "")))
    except Unavailable:
        raise
    except Refusal as refusal:
        return _show(request, _licence(request, token), refusal=refusal, posted=what)
    messages.success(request, _("已办理，状态列表会在一分钟内更新。"))
    return redirect(f"/office/licences/{found.token}/")


def _show(request: SignedIn, found: Licence, *, refusal: Refusal | None = None, posted: str = "") -> HttpResponse:
    reason = policies.why_not_move(request.user, found)
    context = {
        "card": card_of(found, at=now(), profile=settings.MASKING_PROFILE),
        "licence": found,
        "moves": found.moves.select_related("licence__key").order_by("-pk"),
        "uses": Use.objects.of_licence(found).for_list()[:PAGE_SIZE],
        "why_not": {what: reason or _not_from_here(found, step) for what, step in MOVES.items()},
        "refusal": refusal,
        "posted": posted,
        "typed": request.POST if refusal else {},
    }
    return page(request, "licences/office/licence.html", context, status=refusal.status if refusal else 200)


def _not_from_here(found: Licence, step: str) -> str | None:
    if LICENCE_STEPS.target(step, found.state) is not None:
        return None
    return _("证照现在是「%(state)s」状态，不能进行这一步。") % {"state": found.get_state_display()}


def _licence(request: SignedIn, token: UUID) -> Licence:
    found: Licence = get_object_or_404(Licence.objects.kept_by(request.user).for_signing(), token=token)
    return found


def _filtered(found: LicenceQuerySet, filters: dict[str, str]) -> LicenceQuerySet:
    if filters["q"]:
        found = found.filter(
            Q(code=rules.typed_code(filters["q"])) | Q(number=filters["q"].upper()) | Q(case=filters["q"])
        )
    if filters["type"]:
        found = found.of_kind(filters["type"])
    return found.filter(state=filters["state"]) if filters["state"] in LicenceState.values else found
