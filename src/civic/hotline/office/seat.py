"""The seat of a call taker: who rings, what they rang about before, what they say, and how the call ends."""

import secrets
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civic.accounts.http import SignedIn
from civic.audit.services import record
from civic.core import access
from civic.core.errors import Refusal, Unavailable
from civic.core.ids import normalise_number
from civic.core.pages import page, page_or_fragment
from civic.core.plain import MANY_CHARACTERS
from civic.hotline import policies, rules
from civic.hotline.models import Ticket
from civic.hotline.office.shared import AT_SEAT, area_of, category_of, choices, find_ticket
from civic.hotline.services.calls import (
    ANSWER,
    JOIN,
    REGISTER,
    Ending,
    articles_about,
    earlier_of,
    take_call,
)
from civic.hotline.services.intake import Caller, Intake
from civic.hotline.services.near import Matter, near_matter
from civic.hotline.services.proposing import Proposal, propose
from civic.hotline.services.sorting import offered_categories
from civic.hotline.states import Channel, Emergency, Kind, Secrecy, Urgency
from civic.idempotency.services import claim, fingerprint, keep

SEAT = "/office/hotline/seat/"
TODAY, NEAREST, NEAR_ENOUGH = 5, 4, 0.45


@access.official(*policies.CENTRE)
@require_http_methods(["GET", "POST"])
def seat(request: SignedIn) -> HttpResponse:
    """Show the seat; look up, search and suggest without losing a word; take the call in.

    A telephone system opens the page with the number by POST: a number never stands in an address.
    """
    how, _separator, number = request.POST.get("do", "").partition("-")
    if how in (REGISTER, ANSWER, JOIN, *Emergency.values):
        return _take(request, how, number)
    return _show(request)


@access.official(*policies.CENTRE)
@require_GET
def handover(request: SignedIn, number: str) -> HttpResponse:
    """Show what is told to 110, 119 or 120 while the caller is on the line; who reads it is recorded."""
    ticket = find_ticket(request, number)
    record(at=now(), actor=request.user, step="hotline.ticket.read", subject=ticket.ledger_id(), purpose="转接紧急电话")
    to = str(ticket.facts.get("handed_to", ""))
    context = {"ticket": ticket, "to": to, "name": dict(Emergency.choices).get(to, "")}
    return page(request, "hotline/office/handover.html", context)


def _take(request: SignedIn, how: str, number: str) -> HttpResponse:
    """Take the call in under its own one-use key: a double press gets what the first one made."""
    at, token = now(), request.POST.get("token", "")
    try:
        with transaction.atomic():
            print_ = fingerprint(b"seat", token.encode())
            held = claim(scope=request.user.ledger_id(), key=f"seat-{token}", print_=print_)
            if held.answer is not None:
                return redirect(held.answer.location)
            ending = Ending(how, request.POST.get("words", ""), _open_ticket(request, number) if how == JOIN else None)
            intake, caller = _intake(request.POST, how), _caller(request.POST, how)
            ticket = take_call(intake=intake, caller=caller, ending=ending, by=request.user, at=at)
            location = f"/office/hotline/tickets/{ticket.number}/handover/" if how in Emergency.values else SEAT
            keep(held, status=303, body=b"", location=location, at=at)
    except Unavailable:
        raise
    except Refusal as refusal:
        return _show(request, refusal)
    messages.success(request, _said(ticket, how))
    return redirect(location)


def _said(ticket: Ticket, how: str) -> str:
    words = {
        REGISTER: _("已登记%(number)s，等待分派。"),
        ANSWER: _("已登记%(number)s，当场答复并办结。"),
        JOIN: _("已登记%(number)s，并入同一件事的主件。"),
    }
    return words.get(how, _("已登记%(number)s，请按卡片转接，听到对方应答后再挂断。")) % {"number": ticket.number}


def _open_ticket(request: SignedIn, number: str) -> Ticket | None:
    typed = normalise_number(number or request.POST.get("parent", ""))
    return Ticket.objects.visible_to(request.user).filter(number=typed).first() if typed else None


def _intake(posted: QueryDict, how: str) -> Intake:
    """Return what was typed; an emergency waits for no form, so that what is missing says so itself."""
    title, detail = posted.get("title", ""), posted.get("detail", "")
    if how in Emergency.values:
        title = title.strip() or f"紧急情况转{how}"
        detail = detail.strip() if len(detail.strip()) >= rules.SHORTEST else f"话务员转接{how}，来不及记录内容。"
    channel = posted.get("channel", Channel.PHONE)
    return Intake(
        title=title,
        detail=detail,
        channel=channel if channel in AT_SEAT else Channel.PHONE,
        kind=posted.get("kind", Kind.HELP),
        urgency=Urgency.URGENT if how in Emergency.values else posted.get("urgency", Urgency.NORMAL),
        place=posted.get("place", ""),
        area=area_of(posted.get("area", "")),
        category=category_of(posted.get("category", "") or posted.get("proposed", "")),
        wants_public=posted.get("wants_public") == "true",
    )


def _caller(posted: QueryDict, how: str) -> Caller:
    name, phone = posted.get("name", "").strip(), posted.get("phone", "").strip()
    secrecy = posted.get("secrecy", Secrecy.NAMED)
    if how in Emergency.values and secrecy != Secrecy.ANONYMOUS:
        digits = sum(c.isdigit() for c in phone)
        return Caller(name=name or "来电人", phone=phone, secrecy=secrecy if digits >= 7 else Secrecy.ANONYMOUS)
    return Caller(name=name, phone=phone, secrecy=secrecy)


def _show(request: SignedIn, refusal: Refusal | None = None) -> HttpResponse:
    """Show the page, or to htmx what stands beside the form, with everything that was typed."""
    typed, at = request.POST, now()
    categories = offered_categories()
    words = f"{typed.get('title', '')}\n{typed.get('detail', '')}"[:MANY_CHARACTERS]
    title, detail = typed.get("title", ""), typed.get("detail", "")
    proposal = propose(title, detail, area_of(typed.get("area", "")), among=categories)
    chosen = category_of(typed.get("category", "") or typed.get("proposed", ""))
    context: dict[str, Any] = {
        "typed": typed,
        "token": typed.get("token") or secrets.token_hex(16),
        "earlier": earlier_of(typed.get("phone", ""), by=request.user, at=at),
        "has_looked": bool(typed.get("phone", "").strip()),
        "proposal": proposal,
        "near": near_matter(
            Matter(words, at, category_id=chosen.pk if chosen else None),
            among=Ticket.objects.open(),
            most=NEAREST,
            least=NEAR_ENOUGH,
        ),
        "articles": articles_about(typed.get("q", ""), _hints(proposal)),
        "today": list(Ticket.objects.taken_by_hand_of(request.user).newest_first().for_list()[:TODAY]),
        "refusal": refusal,
        "errors": list(refusal.errors) if refusal else [],
        **choices(categories=categories),
    }
    status = refusal.status if refusal else 200
    return page_or_fragment(request, "hotline/office/seat.html", "help", context, status=status)


def _hints(proposal: Proposal) -> tuple[str, ...]:
    return proposal.best.words if proposal.best is not None else ()
