"""Residents' door: giving a rating by its link or from one's own pages, changing it, appealing; the public figures."""

import re
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn, client_address
from civic.accounts.models import Account, Department
from civic.core import access
from civic.core.errors import Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.ratings.forms import last_months, month_start, typed_opinion
from civic.ratings.models import Rating, Remedy, Right
from civic.ratings.schemas import MONTH
from civic.ratings.services import Scope, open_right, statistics, table
from civic.ratings.states import CONTACT, REPAIR, Grade, RemedyState, reasons_of

FOR_THE_RATER = ("dispute", "verify", "appeal", "grant_appeal", "reject_appeal", "repair", "call_back", "reopen")


@access.public
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """What people say about each department, or about each service of one."""
    code, months = request.GET.get("department", "")[:40], [request.GET.get(name, "") for name in ("since", "until")]
    since, until = (month if re.match(MONTH, month) else "" for month in months)
    department = get_object_or_404(Department, code=code) if code else None
    scope = Scope(code, "", month_start(since), month_start(until, later=1))
    context = {
        "department": department,
        "rows": table(scope, by="service" if department else "department"),
        "total": statistics(scope),
        "grades": Grade.choices,
        "months": last_months(localdate(now())),
        "since": since,
        "until": until,
        "at": now(),
    }
    return page(request, "ratings/portal/figures.html", context)


@access.public
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, token: str) -> HttpResponse:
    """Rate by the link, or change what was said."""
    return _give(request, _opened(request, token), here=f"/ratings/give/{token}/")


@access.public
@require_POST
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    return _appeal(request, _opened(request, token), here=f"/ratings/give/{token}/")


@access.signed_in
@require_GET
def mine(request: SignedIn) -> HttpResponse:
    """One's rights that are open, and what one has said."""
    at = now()
    held = Right.objects.visible_to(request.user)
    given = Rating.objects.visible_to(request.user).for_list().prefetch_related("remedies")
    context = {"open": held.open(at=at).for_list(), "given": [] if request.user.is_official else given[:100], "at": at}
    return page(request, "ratings/portal/mine.html", context)


@access.signed_in
@require_http_methods(["GET", "POST"])
def give_mine(request: SignedIn, pk: int) -> HttpResponse:
    """Rate from one's own pages, without the link."""
    return _give(request, _held(request, pk), here=f"/my/ratings/{pk}/")


@access.signed_in
@require_POST
def appeal_mine(request: SignedIn, pk: int) -> HttpResponse:
    return _appeal(request, _held(request, pk), here=f"/my/ratings/{pk}/")


def _opened(request: HttpRequest, token: str) -> Right:
    return open_right(token=token, address=client_address(request), at=now())


def _held(request: SignedIn, pk: int) -> Right:
    right: Right = get_object_or_404(Right.objects.visible_to(request.user).for_list(), pk=pk)
    return right


def _give(request: HttpRequest, right: Right, *, here: str) -> HttpResponse:
    if request.method == "GET":
        return _show(request, right, here)
    try:
        _say(request, right)
    except Refusal as refusal:
        return _show(request, right, here, refusal)
    return redirect(here)


def _say(request: HttpRequest, right: Right) -> None:
    """Take the rating, or the change of one that is there."""
    opinion, rating = typed_opinion(request.POST), _rating(right)
    if rating is None:
        address = client_address(request)
        Rating.objects.submit(right=right, opinion=opinion, by=_rater(request), address=address, at=now())
        messages.success(request, _("谢谢您的评价，已经收到。"))
        return
    rating.change(opinion, by=_rater(request), at=now(), seen=typed_number(request.POST.get("seen", "")))
    messages.success(request, _("评价已修改。"))


def _appeal(request: HttpRequest, right: Right, *, here: str) -> HttpResponse:
    remedy = get_object_or_404(Remedy.objects.disputed().select_related("rating__key"), rating__right=right)
    try:
        remedy.appeal(words=request.POST.get("note", ""), by=_rater(request), at=now())
    except Refusal as refusal:
        return _show(request, right, here, refusal)
    messages.success(request, _("申诉已提交，将由另一名督办人员复核。"))
    return redirect(here)


def _rating(right: Right) -> Rating | None:
    rating: Rating | None = Rating.objects.filter(right=right).select_related("right__department", "key").first()
    return rating


def _rater(request: HttpRequest) -> Account | None:
    return request.user if request.user.is_authenticated else None


def _show(request: HttpRequest, right: Right, here: str, refusal: Refusal | None = None) -> HttpResponse:
    rating, at, rater = _rating(right), now(), _rater(request)
    remedy = rating.remedies.order_by("-pk").first() if rating else None
    if remedy is not None and rating is not None:
        remedy.rating = rating
    typed = request.POST if refusal else _said(rating)
    context = {
        "right": right,
        "rating": rating,
        "remedy": remedy,
        "notes": _notes(remedy) if remedy else [],
        "may_appeal": remedy is not None and remedy.state == RemedyState.DISPUTED,
        "why_not": rating.why_not_change(rater, at=at) if rating else right.why_not_rate(rater, at=at),
        "grades": Grade.choices,
        "reasons": [(reason.value, reason.label) for reason in reasons_of(right.channel)],
        "typed": typed,
        "chosen": request.POST.getlist("reasons") if refusal else (rating.reasons if rating else []),
        "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
        "here": here,
        "mine": here.startswith("/my/"),
        "contact_days": settings.RATING_WORKDAYS[CONTACT],
        "repair_days": settings.RATING_WORKDAYS[REPAIR],
    }
    response = page(request, "ratings/portal/give.html", context, status=refusal.status if refusal else 200)
    response["Cache-Control"] = "no-store"
    return response


def _said(rating: Rating | None) -> dict[str, Any]:
    return {"grade": str(rating.grade), "comment": rating.clear("comment")} if rating else {}


def _notes(remedy: Remedy) -> list[dict[str, Any]]:
    """Return what the rater may read of the remedy: findings, what was done, their own appeal."""
    notes = remedy.notes.filter(step__in=FOR_THE_RATER).order_by("at", "pk")
    for note in notes:
        note.remedy = remedy
    return [{"title": note.title, "at": note.at, "text": note.clear("text")} for note in notes]
