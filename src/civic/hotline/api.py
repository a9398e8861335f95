"""The systems' door of the hotline: handing something in, and asking where it stands."""

import json
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Router

from civic.accounts.http import Caller as Request
from civic.accounts.http import bearer
from civic.accounts.models import Account
from civic.areas.models import Area
from civic.audit.services import record
from civic.core.coordinates import to_gcj02
from civic.core.errors import FieldError, Invalid
from civic.core.http import with_etag
from civic.hotline.models import Category, Ticket
from civic.hotline.schemas import ReceivedOut, TicketIn, TicketOut
from civic.hotline.services.caller import look_up_code
from civic.hotline.services.intake import Caller, Intake, count_one_more, take_in
from civic.hotline.states import Channel, Secrecy
from civic.idempotency.http import keyed

router = Router(tags=["tickets"])


@router.post("/tickets", auth=bearer, response={201: ReceivedOut}, operation_id="report")
def report(request: Request, payload: TicketIn) -> HttpResponse:
    """Hand something in once; residents speak for themselves, offices for whom they name."""
    at, by = now(), request.auth
    if not by.is_official:
        count_one_more(key=by.ledger_id(), at=at)

    def effect() -> tuple[int, bytes, str]:
        ticket = take_in(_intake(payload), caller=_caller(payload, by), by=by, at=at)
        body = {
            "number": ticket.number,
            "code": look_up_code(ticket),
            "url": f"/api/tickets/{ticket.number}",
            "dispatch_by": ticket.act_by and ticket.act_by.isoformat(),
        }
        return 201, json.dumps(body).encode(), str(body["url"])

    return keyed(request, effect, scope=by.ledger_id(), at=at)


@router.get("/tickets/{number}", auth=bearer, response=TicketOut, operation_id="get_ticket")
def get_ticket(request: Request, response: HttpResponse, number: str) -> Any:
    """Return one ticket; the ETag is its version. That an official has read it is recorded.

    A deputy reads what they have brought on their own pages, where persons are masked, and not here.
    """
    seen = Ticket.objects.visible_to(request.auth).exclude(sponsor=request.auth.pk)
    ticket = get_object_or_404(seen.for_detail(), number=number)
    if ticket.caller_id != request.auth.pk:
        record(at=now(), actor=request.auth, step="hotline.ticket.read", subject=ticket.ledger_id(), purpose="办理")
    return with_etag(request, response, ticket)


def _intake(payload: TicketIn) -> Intake:
    point = None
    if payload.longitude is not None and payload.latitude is not None:
        point = to_gcj02((Decimal(str(payload.longitude)), Decimal(str(payload.latitude))))
    return Intake(
        title=payload.title, detail=payload.detail, channel=Channel.API, kind=payload.kind, place=payload.place,
        point=point, area=_area(payload.area), category=_category(payload.category), wants_public=payload.public,
        documents=[str(token) for token in payload.documents],
    )  # fmt: skip


def _caller(payload: TicketIn, by: Account) -> Caller:
    if payload.secrecy == Secrecy.ANONYMOUS:
        return Caller(secrecy=payload.secrecy)
    if not by.is_official:
        return Caller(by, secrecy=payload.secrecy)
    named = payload.caller
    return Caller(name=named.name if named else "", phone=named.phone if named else "", secrecy=payload.secrecy)


def _area(code: str) -> Area | None:
    found = Area.objects.by_code(code=code) if code.isdecimal() else None
    if code and found is None:
        raise _unknown("area", _("没有这个行政区划代码。"))
    return found


def _category(code: str) -> Category | None:
    if not code:
        return None
    found: Category | None = Category.objects.filter(code=code, level=3, is_offered=True).first()
    if found is None:
        raise _unknown("category", _("没有这个分类代码。"))
    return found


def _unknown(name: str, words: str) -> Invalid:
    return Invalid(words, errors=[FieldError(f"/{name}", "unknown", words)])
