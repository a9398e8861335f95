"""The ticket's page: everything about it for those who may know, and its steps; a stale page shows what has changed."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.accounts.models import Account
from civic.audit.services import record
from civic.core import access
from civic.core.errors import Refusal, Stale, require
from civic.core.http import typed_number
from civic.core.pages import page, page_or_fragment
from civic.deadlines.models import Clock
from civic.deadlines.words import cite, describe
from civic.hotline import policies
from civic.hotline.lights import left_of, lights_of
from civic.hotline.models import AnswerTemplate, Ground, Ticket
from civic.hotline.office.shared import READERS, WORKERS, choices, find_ticket
from civic.hotline.office.steps import FORMS, Act
from civic.hotline.office.view import looked_at
from civic.hotline.policies import beside
from civic.hotline.services.answering import Judged, judge, with_template
from civic.hotline.services.near import near
from civic.hotline.services.proposing import propose_for
from civic.hotline.services.publishing import propose_public
from civic.hotline.services.rating import heard_of
from civic.hotline.services.sorting import offered_categories
from civic.hotline.states import REPLY_OUTCOMES, Channel, Emergency, TicketState, Wait, Way
from civic.hotline.story import story_of
from civic.masking.services import reveal

S = TicketState
CHOOSING = (S.RECEIVED, S.OBJECTED, S.MEETING, S.DISPATCHED)  # where units or classes are chosen
NEARBY = (S.RECEIVED, S.DISPATCHED, S.OBJECTED, S.HANDLING)


@access.official(*READERS)
@require_GET
def detail(request: SignedIn, number: str) -> HttpResponse:
    """Show the ticket and the steps allowed; the reading is recorded."""
    ticket = find_ticket(request, number)
    record(at=now(), actor=request.user, step="hotline.ticket.read", subject=ticket.ledger_id(), purpose="办理")
    return _show(request, ticket)


@access.official(*WORKERS)
@require_POST
def step(request: SignedIn, number: str, form: str) -> HttpResponse:
    """Take the step of one form; a refusal shows the page again with what was typed."""
    ticket, at = find_ticket(request, number), now()
    if form not in FORMS:
        raise Http404
    try:
        if form == "reply" and request.POST.get("do") in ("judge", "template"):
            return _tried(request, ticket, at=at)
        FORMS[form](Act(ticket, request.POST, request.user, at, typed_number(request.POST.get("seen", ""))))
    except Refusal as refusal:
        return _show(request, find_ticket(request, number), refusal=refusal)
    messages.success(request, _("这一步已办好。"))
    return redirect(f"/office/hotline/tickets/{number}/{'handover/' if form == 'emergency' else ''}")


@access.official(*WORKERS)
@require_POST
def revelation(request: SignedIn, number: str) -> HttpResponse:
    """Show name and phone in clear, for a reason that is recorded."""
    ticket = find_ticket(request, number)
    try:
        with transaction.atomic():
            clear = _reveal(request, ticket, at=now())
    except Refusal as refusal:
        return _show(request, ticket, refusal=refusal)
    return _show(request, ticket, clear=clear)


def _reveal(request: SignedIn, ticket: Ticket, *, at: datetime) -> dict[str, str]:
    require(policies.why_not_know_caller(request.user, ticket))
    purpose = request.POST.get("purpose", "")
    return {
        name: reveal(noun=ticket, field=name, by=request.user, at=at, purpose=purpose) for name in ("name", "phone")
    }


def _tried(request: SignedIn, ticket: Ticket, *, at: datetime) -> HttpResponse:
    """Show the writer what an answer lacks before it is handed in, or put a template below it; nothing changes."""
    require(policies.why_not_reply(request.user, ticket))
    typed = request.POST.copy()
    if typed.get("do") == "template":
        typed["words"] = with_template(typed.get("words", ""), code=typed.get("template", ""))
    judged = judge(ticket, typed.get("words", ""), at=at)
    if request.headers.get("HX-Request") == "true":
        return page_or_fragment(request, "hotline/office/judged.html", "judged", {"judged": judged})
    return _show(request, ticket, judged=judged, typed=typed)


def _show(
    request: SignedIn,
    ticket: Ticket,
    *,
    refusal: Refusal | None = None,
    clear: dict[str, str] | None = None,
    judged: Judged | None = None,
    typed: QueryDict | None = None,
) -> HttpResponse:
    at, events = now(), story_of(ticket)
    last_seen = typed_number(request.POST.get("last_entry", "")) if isinstance(refusal, Stale) else None
    can = {name: ticket.why_not(name, request.user, at=at) for name in ticket.allowed_steps()}
    context = {
        "ticket": ticket,
        "seen": looked_at(ticket, request.user, clear=clear),
        "left": lights_of([ticket], at=at)[ticket.pk],
        "clocks": _clocks(ticket, at),
        "events": events,
        "changes": [event for event in events if event.entry > last_seen] if last_seen is not None else [],
        "last_entry": events[-1].entry if events else 0,
        "can": [name for name, reason in can.items() if reason is None],
        "why_not": can,
        "refusal": refusal,
        "errors": list(refusal.errors) if refusal else [],
        "typed": typed or (request.POST if refusal else {}),
        "posted": request.path.rstrip("/").rpartition("/")[2] if refusal or typed else "",
        "judged": judged,
        "heard": heard_of(ticket, reader=request.user) if ticket.ended_at or ticket.round > 1 else [],
        "leaves_out": ticket.replied_at is not None and beside.why_not_exclude(request.user, ticket) is None,
        **_choices(ticket, can, request.user),
    }
    return page(request, "hotline/office/ticket.html", context, status=refusal.status if refusal else 200)


def _clocks(ticket: Ticket, at: datetime) -> list[dict[str, Any]]:
    """Return every clock that runs, with what is left and each day explained."""
    running = Clock.objects.of(ticket.ledger_id()).open().prefetch_related("intervals").order_by("due_at", "pk")
    return [
        {
            "left": left_of(clock, at=at),
            "lines": [(line, describe(line, clock.unit), cite(line)) for line in clock.explain(at=at)],
        }
        for clock in running
    ]


def _choices(ticket: Ticket, can: dict[str, str | None], user: Account) -> dict[str, Any]:
    """Return what the forms on this page choose from and propose; what no form needs is not asked for."""
    free = {name for name, reason in can.items() if reason is None}
    found: dict[str, Any] = {
        "outcomes": [(one.value, one.label) for one in REPLY_OUTCOMES],
        "ways": Way.choices,
        "waits": Wait.choices,
        "emergencies": Emergency.choices,
        "is_failed_window": ticket.channel == Channel.FAILED,
    }
    if ticket.state in CHOOSING:
        categories = offered_categories()
        found |= choices(categories=categories)
        found["proposal"] = propose_for(ticket, among=categories) if free & {"classify", "dispatch"} else None
    if "reply" in free:
        offered = AnswerTemplate.objects.filter(is_offered=True).order_by("position", "pk")
        found["templates"] = [(one.code, one.label) for one in offered]
    if "decline" in free:
        found["grounds"] = list(Ground.objects.order_by("position", "pk"))
    if "merge" in free and ticket.state in NEARBY:
        found["near"] = near(ticket)
    if ticket.ended_at is None and policies.why_not_lead(user, ticket) is None:
        nearest = found.get("near") or near(ticket)
        found["joinable"] = [one for one in nearest if policies.why_not_merge(user, one.ticket, ticket) is None
                             and "merge" in one.ticket.allowed_steps()]  # fmt: skip
    if "publish" in free and ticket.published_at is None:
        found["public"] = propose_public(ticket)
    return found
