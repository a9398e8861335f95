"""Residents' pages: what rules found out about an application, what is offered, what a service takes now."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.cases.models import Case
from civic.catalogue.models import Service, Version
from civic.core import access
from civic.core.pages import page, page_or_fragment
from civic.instant.effect import Effect, effect_of
from civic.instant.effect_rows import as_csv, rows_of
from civic.instant.explain import explain, explain_tax
from civic.instant.facts.consent import asked_for
from civic.instant.models import Offer, Onward, Ruling
from civic.instant.offers import commitments_of, department_names, reasons_of, take_offer
from civic.licences.models import Licence

EFFECT_KEPT_FOR = 600  # seconds: a public page that counts a year of cases is not counted for every visitor


@access.signed_in
@require_GET
def ruling(request: SignedIn, number: str) -> HttpResponse:
    """Show how far the rules are, each with its facts, and who has been told since; it looks again by itself."""
    case: Case = get_object_or_404(Case.objects.of_applicant(request.user, at=now()).for_detail(), number=number)
    if not case.service_version.rules.get("facts_by"):
        raise Http404
    found = Ruling.objects.filter(case=case).newest_first().for_detail().first()
    onwards = list(Onward.objects.filter(case=case).in_order().for_list())
    is_decided = found is not None and found.is_decided
    issued = Licence.objects.filter(case=case.number).exists()
    is_coming = not issued and found is not None and found.brings_a_licence(at=now())
    context = {
        "case": case,
        "ruling": found,
        "lines": explain(found) if found and is_decided else [],
        "tax": explain_tax(found) if found and is_decided else None,
        "asked": asked_for(case),
        "onwards": onwards,
        "licence": Licence.objects.visible_to(request.user).filter(case=case.number).select_related("type").first(),
        "is_moving": found is None or found.state == "ASKED" or is_coming or any(r.state == "PLANNED" for r in onwards),
    }
    return page_or_fragment(request, "instant/portal/ruling.html", "ruling", context)


@access.signed_in
@require_GET
def offers(request: SignedIn) -> HttpResponse:
    """List what the city offers this person, each with the reason and what taking it means; then what is over."""
    at, departments = now(), department_names()
    found = list(Offer.objects.visible_to(request.user).newest_first().for_list())
    context = {
        "waiting": [_shown(offer, departments) for offer in found if offer.state == "MADE" and offer.until > at],
        "over": [offer for offer in found if offer.state != "MADE" or offer.until <= at],
    }
    return page(request, "instant/portal/offers.html", context)


@access.signed_in
@require_POST
def offer_acceptance(request: SignedIn, handle: UUID) -> HttpResponse:
    """Take what is offered: apply with everything filled in, and look at how it is decided."""
    offer = get_object_or_404(Offer.objects.visible_to(request.user).for_list(), handle=handle)
    case = take_offer(offer=offer, by=request.user, at=now())
    return redirect(f"/my/cases/{case.number}/ruling/")


@access.signed_in
@require_POST
def offer_refusal(request: SignedIn, handle: UUID) -> HttpResponse:
    """Note that the person does not want it."""
    offer = get_object_or_404(Offer.objects.visible_to(request.user).for_list(), handle=handle)
    offer.decline(by=request.user, at=now())
    messages.success(request, _("已记下，以后不再提醒这项服务。您随时可以按办事指南申请。"))
    return redirect("/my/offers/")


@access.public
@require_GET
def effect(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a service took before and what it takes now, measured from its cases."""
    version, found = _effect(code)
    context = {"version": version, "effect": found, "rows": rows_of(found)}
    return page(request, "instant/portal/effect.html", context)


@access.public
@require_GET
def effect_table(request: HttpRequest, code: str) -> HttpResponse:
    """Give the same comparison as a CSV file."""
    _version, found = _effect(code)
    answer = HttpResponse("\ufeff" + as_csv(found), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="effect-{code}.csv"'
    return answer


def _effect(code: str) -> tuple[Version, Effect]:
    """Return the comparison of a service that says what it took before."""
    service = get_object_or_404(Service.objects.published().select_related("current__service"), code=code)
    if service.current is None or not service.current.rules.get("before"):
        raise Http404
    key = f"instant.effect.{service.current.pk}"
    found = cache.get(key)
    if found is None:
        found = effect_of(service.current, at=now())
        cache.set(key, found, EFFECT_KEPT_FOR)
    return service.current, found


def _shown(offer: Offer, departments: dict[str, str]) -> dict[str, Any]:
    version = offer.service.current
    return {
        "offer": offer,
        "version": version,
        "said": version.rules.get("offer", {}) if version else {},
        "reasons": reasons_of(offer, departments),
        "commitments": commitments_of(version) if version else [],
    }
