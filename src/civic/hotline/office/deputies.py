"""The deputy's own pages: what residents said to them, where it stands, what was answered, and how content they are."""

import secrets
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn, client_address
from civic.accounts.models import Account
from civic.audit.services import record
from civic.core import access
from civic.core.errors import FieldError, Invalid, Refusal, Unavailable
from civic.core.http import keyset_page, typed_number
from civic.core.pages import page
from civic.hotline import policies
from civic.hotline.models import Station, Ticket
from civic.hotline.progress import limits, plain_state, timeline
from civic.hotline.services.deputies import bring, deputies_at, sittings, stations_of
from civic.hotline.services.intake import Caller, Intake
from civic.hotline.services.rating import right_of
from civic.hotline.states import Kind, Secrecy
from civic.hotline.wording import without_names
from civic.idempotency.services import claim, fingerprint, keep
from civic.ratings.models import Opinion, Rating, Right
from civic.ratings.states import Grade, reasons_of

HERE, ROWS = "/office/deputies/", 50
BOTH = (policies.DEPUTY, policies.STATION_CLERK)


@access.official(*BOTH)
@require_GET
def brought(request: SignedIn) -> HttpResponse:
    """List what this deputy has brought, or what this clerk has written down; and when the deputy sits."""
    is_deputy, user, response = request.user.has_any_role(policies.DEPUTY), request.user, HttpResponse()
    found = Ticket.objects.sponsored_by(user) if is_deputy else Ticket.objects.taken_by_hand_of(user)
    cursor = request.GET.get("cursor", "")
    rows: list[Ticket] = keyset_page(
        request, response, found.for_list(), by=("-received_at", "-pk"), limit=ROWS, cursor=cursor
    )
    context = {
        "rows": rows,
        "is_deputy": is_deputy,
        "plain": {ticket.pk: plain_state(ticket) for ticket in rows},
        "sittings": sittings(first=localdate(now()), deputy=user) if is_deputy else [],
        "next": response.headers.get("Link", "").partition(">")[0].lstrip("<"),
    }
    return page(request, "hotline/office/deputies.html", context)


@access.official(*BOTH)
@require_http_methods(["GET", "POST"])
def write(request: SignedIn) -> HttpResponse:
    """Write down what a resident says at a reception; a double press makes one ticket."""
    if request.method == "GET":
        return _form(request)
    at, token = now(), request.POST.get("token", "")
    try:
        with transaction.atomic():
            held = claim(scope=request.user.ledger_id(), key=f"deputy-{token}", print_=fingerprint(token.encode()))
            if held.answer is not None:
                return redirect(held.answer.location)
            station, deputy = _chosen(request)
            ticket = bring(
                _intake(request.POST), caller=_caller(request.POST), deputy=deputy, station=station,
                by=request.user, at=at,
            )  # fmt: skip
            keep(held, status=303, body=b"", location=HERE, at=at)
    except Unavailable:
        raise
    except Refusal as refusal:
        return _form(request, refusal)
    words = _("已登记%(number)s，请把编号告诉反映人。办理结果会写信告诉代表。")
    messages.success(request, words % {"number": ticket.number})
    return redirect(HERE)


@access.official(policies.DEPUTY)
@require_GET
def ticket(request: SignedIn, number: str) -> HttpResponse:
    """Show where a ticket stands and what was answered; who reads it is recorded."""
    found = _own(request, number)
    record(at=now(), actor=request.user, step="hotline.ticket.read", subject=found.ledger_id(), purpose="代表履职")
    return _show(request, found)


@access.official(policies.DEPUTY)
@require_POST
def rating(request: SignedIn, number: str) -> HttpResponse:
    """Rate how it was handled, as the deputy who brought it; or change what was said."""
    found = _own(request, number)
    right = right_of(found, sponsor=True)
    try:
        if right is None:
            raise Invalid(_("还没有办结，办结后再评价。"))
        _rate(request, right)
    except Refusal as refusal:
        return _show(request, found, refusal)
    messages.success(request, _("谢谢您的评价，已经收到。"))
    return redirect(f"{HERE}tickets/{number}/")


def _rate(request: SignedIn, right: Right) -> None:
    posted, at = request.POST, now()
    opinion = Opinion.typed(posted.get("grade", ""), posted.getlist("reasons"), posted.get("comment", ""))
    given = Rating.objects.filter(right=right).select_related("right", "key").first()
    if given is None:
        address = client_address(request)
        Rating.objects.submit(right=right, opinion=opinion, by=request.user, address=address, at=at)
    else:
        given.change(opinion, by=request.user, at=at, seen=typed_number(posted.get("version", "")))


def _own(request: SignedIn, number: str) -> Ticket:
    mine = Ticket.objects.visible_to(request.user).sponsored_by(request.user).for_detail()
    found: Ticket = get_object_or_404(mine, number=number)
    return found


def _chosen(request: SignedIn) -> tuple[Station, Account]:
    """Return the station and the deputy that were chosen. Raises: Invalid, naming the field."""
    station = next((one for one in stations_of(request.user) if one.code == request.POST.get("station")), None)
    if station is None:
        raise _missing("station", _("请选择联络站。"))
    if request.user.has_any_role(policies.DEPUTY):
        return station, request.user
    deputy = next((one for one in deputies_at(station) if str(one.handle) == request.POST.get("deputy")), None)
    if deputy is None:
        raise _missing("deputy", _("请选择这个联络站的代表。"))
    return station, deputy


def _missing(field: str, words: str) -> Invalid:
    return Invalid(words, errors=[FieldError(field, "required", words)])


def _intake(posted: QueryDict) -> Intake:
    return Intake(
        title=posted.get("title", ""), detail=posted.get("detail", ""), kind=posted.get("kind", Kind.SUGGESTION),
        place=posted.get("place", ""), wants_public=posted.get("wants_public") == "true",
    )  # fmt: skip


def _caller(posted: QueryDict) -> Caller:
    name, phone = posted.get("name", "").strip(), posted.get("phone", "").strip()
    return Caller(name=name, phone=phone, secrecy=posted.get("secrecy", Secrecy.NAMED))


def _form(request: SignedIn, refusal: Refusal | None = None) -> HttpResponse:
    stations = stations_of(request.user)
    is_deputy = request.user.has_any_role(policies.DEPUTY)
    deputies = [] if is_deputy else [one for station in stations for one in deputies_at(station)]
    context: dict[str, Any] = {
        "typed": request.POST,
        "token": request.POST.get("token") or secrets.token_hex(16),
        "stations": [(one.code, one.label) for one in stations],
        "deputies": list(dict.fromkeys((str(one.handle), one.official.display_name) for one in deputies)),
        "is_deputy": is_deputy,
        "kinds": Kind.choices,
        "secrecies": Secrecy.choices,
        "refusal": refusal,
        "errors": list(refusal.errors) if refusal else [],
    }
    return page(request, "hotline/office/deputy_form.html", context, status=refusal.status if refusal else 200)


def _show(request: SignedIn, found: Ticket, refusal: Refusal | None = None) -> HttpResponse:
    """Show it without the caller's phone; numbers of persons in any text are masked."""
    at, right = now(), right_of(found, sponsor=True)
    given = Rating.objects.filter(right=right).select_related("right", "key").first() if right else None
    reply = found.passed_reply
    context = {
        "ticket": found,
        "said": {name: found.masked(name, "staff") for name in ("title", "detail", "place", "name")},
        "plain": plain_state(found),
        "limits": limits(found, at=at),
        "events": timeline(found),
        "reply": reply,
        "answer": without_names(reply.masked("words", "staff")) if reply else "",
        "right": right,
        "given": given,
        "why_not": None if right is None else (
            given.why_not_change(request.user, at=at) if given else right.why_not_rate(request.user, at=at)
        ),
        "grades": Grade.choices,
        "reasons": [(one.value, one.label) for one in reasons_of(right.channel)] if right else [],
        "typed": request.POST if refusal else _said(given),
        "chosen": request.POST.getlist("reasons") if refusal else given.reasons if given else [],
        "refusal": refusal,
        "errors": list(refusal.errors) if refusal else [],
    }  # fmt: skip
    return page(request, "hotline/office/deputy_ticket.html", context, status=refusal.status if refusal else 200)


def _said(given: Rating | None) -> dict[str, str]:
    return {"grade": str(given.grade), "comment": given.clear("comment")} if given else {}
