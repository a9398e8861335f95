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
from civic.catalogue.models import Service
from civic.core import access
from civic.core.pages import page, page_or_fragment
from civic.instant.effect import Effect, effect_of
from civic.instant.explain import explain
from civic.instant.models import Offer, Onward, Ruling
from civic.instant.offers import commitments_of, department_names, reasons_of, take_offer
from civic.licences.models import Licence

EFFECT_KEPT_FOR = 600  # seconds: a public page that counts a year of cases is not counted for every visitor


@access.signed_in
@require_GET
def ruling(request: SignedIn, number: str) -> HttpResponse:
    """Show how far the rules are, each with its facts, and who has been told since; it looks again by itself."""
    case: Case = get_object_or_404(Case.objects.of_applicant(request.user, at=now()).for_detail(), number=number)
    if not case.service_version.rules.get("auto"):
        raise Http404
    found = Ruling.objects.filter(case=case).newest_first().for_detail().first()
    onwards = list(Onward.objects.filter(case=case).in_order().for_list())
    context = {
        "case": case,
        "ruling": found,
        "lines": explain(found) if found and found.is_decided else [],
        "onwards": onwards,
        "licence": Licence.objects.filter(case=case.number).select_related("type").first(),
        "is_moving": found is None or found.state == "ASKED" or any(row.state == "PLANNED" for row in onwards),
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
    service = get_object_or_404(Service.objects.published().select_related("current"), code=code)
    if service.current is None or not service.current.rules.get("before"):
        raise Http404
    version, key = service.current, f"instant.effect.{service.current.pk}"
    found = cache.get(key)
    if found is None:
        found = effect_of(version, at=now())
        cache.set(key, found, EFFECT_KEPT_FOR)
    return page(request, "instant/portal/effect.html", {"version": version, "effect": found, "rows": _compared(found)})


def _compared(effect: Effect) -> list[dict[str, Any]]:
    """Return what is compared, in words; where there are too few cases, nothing stands under "now"."""
    before, after = effect.before, effect.after
    found = [
        (_("办多久（工作日，中位数）"), before.get("days"), after and after.days),
        (_("跑几次（平均）"), before.get("visits"), after and after.visits),
        (_("交几份材料（平均）"), before.get("papers"), after and after.papers),
        (_("自己填几项（平均）"), before.get("fields"), after and after.typed),
        (_("由数据填好几项（平均）"), None, after and after.drawn),
        (_("当场办结的比例"), None, after and f"{after.at_once}%"),
    ]
    nothing, too_few = _("没有记载"), _("办件太少")
    return [
        {
            "what": what,
            "before": nothing if was is None else was,
            "after": too_few if after is None else (nothing if now_ is None else now_),
        }
        for what, was, now_ in found
    ]


def _shown(offer: Offer, departments: dict[str, str]) -> dict[str, Any]:
    version = offer.service.current
    return {
        "offer": offer,
        "version": version,
        "said": version.rules.get("offer", {}) if version else {},
        "reasons": reasons_of(offer, departments),
        "commitments": commitments_of(version) if version else [],
    }
