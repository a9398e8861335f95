"""My licences: the list, one licence with its files and history, who used it."""

from collections.abc import Iterable
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.pages import page
from civic.licences import wallet_policies as policies
from civic.licences.cards import card_of
from civic.licences.models import Licence, Use, UseRequest
from civic.licences.querysets import LicenceQuerySet
from civic.licences.services import service_name
from civic.licences.states import Form

FILES = {
    "pdf": (Form.PDF, "application/pdf", "pdf"),
    "json": (Form.JSON, "application/json", "json"),
    "sd-jwt": (Form.SD_JWT, "application/dc+sd-jwt", "sdjwt"),
}
NEWEST = 50
OWN = "staff"  # how much of one's own data a page shows before one asks for the whole, as on one's account page


@access.signed_in
@require_GET
def wallet(request: SignedIn) -> HttpResponse:
    """List one's licences, valid ones first, and what waits for an answer."""
    at = now()
    found = mine(request).for_list()
    cards = [card_of(licence, at=at, profile=OWN, glance=True) for licence in found]
    context = {
        "valid": [card for card in cards if card.is_valid],
        "others": [card for card in cards if not card.is_valid],
        "requests": _with_services(UseRequest.objects.visible_to(request.user).waiting(at=at).for_list()),
    }
    return page(request, "licences/portal/wallet.html", context)


@access.signed_in
@require_GET
@never_cache
def licence(request: SignedIn, token: UUID) -> HttpResponse:
    """Show one licence: masked until its holder asks for the whole, with files, history and uses."""
    at, found = now(), own_licence(request, token)
    is_clear = request.GET.get("clear") == "1"
    there = {kept.form for kept in found.renderings.defer("content_sealed")}
    context = {
        "card": card_of(found, at=at, profile=None if is_clear else OWN),
        "is_clear": is_clear,
        "why_not_show": policies.why_not_show(found, at=at),
        "files": [(name, form.label, form in there) for name, (form, _kind, _ending) in FILES.items()],
        "moves": found.moves.select_related("licence__key").order_by("-pk"),
        "uses": Use.objects.of_licence(found).readings().for_list()[:5],
        "verified": Use.objects.of_licence(found).verifications().for_list()[:1],
        "address": request.build_absolute_uri(found.path),
    }
    return page(request, "licences/portal/licence.html", context)


@access.signed_in
@require_GET
def download(request: SignedIn, token: UUID, name: str) -> HttpResponse:
    """Hand out one signed form of one's licence."""
    if name not in FILES:
        raise Http404
    form, kind, ending = FILES[name]
    found = own_licence(request, token)
    kept = get_object_or_404(found.renderings.select_related("licence__key"), form=form)
    response = HttpResponse(kept.content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{found.type.code}-{found.code}.{ending}"'
    response["Cache-Control"] = "private, no-store"
    return response


@access.signed_in
@require_GET
def uses(request: SignedIn) -> HttpResponse:
    """List who read one's licences, when, what and for what, and what one was asked."""
    asked = UseRequest.objects.visible_to(request.user).for_list()[:NEWEST]
    context = {
        "uses": Use.objects.filter(licence__in=mine(request)).readings().for_list()[:NEWEST],
        "verified": Use.objects.filter(licence__in=mine(request)).verifications().for_list()[:NEWEST],
        "requests": _with_services(asked),
    }
    return page(request, "licences/portal/uses.html", context)


def own_licence(request: SignedIn, token: UUID) -> Licence:
    """Return one's own licence, ready to be shown, or 404; officials have their own pages."""
    found: Licence = get_object_or_404(mine(request).for_signing(), token=token)
    return found


def mine(request: SignedIn) -> LicenceQuerySet:
    """Return the licences in this person's wallet: what officials see of their department is not theirs."""
    found: LicenceQuerySet = Licence.objects.visible_to(request.user)
    return found.none() if request.user.is_official else found


def _with_services(found: Iterable[UseRequest]) -> list[tuple[UseRequest, dict[str, str]]]:
    requests = list(found)
    names = {code: service_name(code) for code in {request.service for request in requests}}
    return [(request, names[request.service]) for request in requests]
