"""The worklists: what waits at the centre and what waits at a unit, the most urgent first, dispatched in bulk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.errors import Refusal, Unavailable
from civic.core.http import keyset_page
from civic.core.ids import normalise_number
from civic.core.pages import page, page_or_fragment
from civic.hotline import policies
from civic.hotline.lights import Left, lights_of
from civic.hotline.models import Ticket
from civic.hotline.office.shared import READERS, category_of, unit_of
from civic.hotline.querysets import TicketQuerySet
from civic.hotline.services.automatic import measured
from civic.hotline.services.dispatching import send_as_proposed
from civic.hotline.services.proposing import Proposal, propose_all
from civic.hotline.states import AT_CENTRE, AT_UNIT, Channel, Kind, TicketState, Urgency

PAGE_SIZE = 50
BULK_MAX = 200
S = TicketState
CENTRE_VIEWS = {
    "received": gettext_lazy("待分派"),
    "objected": gettext_lazy("退单待审"),
    "meeting": gettext_lazy("会商中"),
    "replied": gettext_lazy("答复待审"),
    "revisit": gettext_lazy("待回访"),
    "extension": gettext_lazy("延期待批"),
    "contested": gettext_lazy("复核"),
    "overdue": gettext_lazy("超时"),
    "open": gettext_lazy("全部在办"),
    "ended": gettext_lazy("已办结"),
}
UNIT_VIEWS = {
    "dispatched": gettext_lazy("待签收"),
    "handling": gettext_lazy("办理中"),
    "waiting": gettext_lazy("等待中"),
    "overdue": gettext_lazy("超时"),
    "done": gettext_lazy("已办"),
}
ONE_STATE = {state.value.lower(): state for state in (*AT_CENTRE, *AT_UNIT)}
FILTERS = ("q", "kind", "urgency", "channel", "category", "unit")


@dataclass(frozen=True)
class Row:
    """One ticket of a list."""

    ticket: Ticket
    title: str
    left: Left
    proposal: Proposal | None
    may_choose: bool


@dataclass(frozen=True)
class Outcome:
    """What a bulk action did to one ticket."""

    number: str
    is_done: bool
    words: str


@access.official(*READERS)
@require_GET
def worklist(request: SignedIn) -> HttpResponse:
    """List what waits; a whole number typed into the search leads straight to the ticket."""
    at, typed = now(), normalise_number(request.GET.get("q", ""))
    if typed and Ticket.objects.visible_to(request.user).filter(number=typed).exists():
        return redirect(f"/office/hotline/tickets/{typed}/")
    views, response = _views(request), HttpResponse()
    view = request.GET.get("view", "") if request.GET.get("view") in views else _first(request)
    by = ("-received_at", "-pk") if view in ("ended", "done") else ("act_by", "pk")
    found = _filtered(request, _of_view(request, view, at))
    tickets = _cut(request, response, found, by)
    context: dict[str, Any] = {
        "rows": _rows(request, tickets, at),
        "tabs": _tabs(request, views, view),
        "view": view,
        "filters": {name: request.GET.get(name, "") for name in FILTERS},
        "is_centre": _is_centre(request),
        "kinds": Kind.choices,
        "urgencies": Urgency.choices,
        "channels": Channel.choices,
        "next": response.headers.get("Link", "").partition(">")[0].lstrip("<"),
        "may_dispatch": view == "received" and request.user.has_any_role(policies.DISPATCHER),
        "rule": measured() if _is_centre(request) else None,
    }
    return page_or_fragment(request, "hotline/office/worklist.html", "rows", context)


@access.official(policies.DISPATCHER)
@require_POST
def bulk_dispatch(request: SignedIn) -> HttpResponse:
    """Dispatch the chosen tickets as proposed, each by itself: one that cannot go does not keep the others."""
    chosen, at = list(dict.fromkeys(request.POST.getlist("number")))[:BULK_MAX], now()
    visible = Ticket.objects.visible_to(request.user).filter(number__in=chosen).for_list()
    found = {ticket.number: ticket for ticket in visible}

    def send(ticket: Ticket) -> str:
        return send_as_proposed(ticket=ticket, by=request.user, at=at).label

    outcomes = [_try(found.get(number), number, send) for number in chosen]
    context = {"outcomes": outcomes, "done": sum(outcome.is_done for outcome in outcomes)}
    return page(request, "hotline/office/bulk.html", context)


def _try(ticket: Ticket | None, number: str, send: Callable[[Ticket], str]) -> Outcome:
    if ticket is None:
        return Outcome(number, False, _("没有找到这件工单。"))
    try:
        unit = send(ticket)
    except Unavailable:  # nothing can be recorded now: that is no matter of this one ticket
        raise
    except Refusal as refusal:
        return Outcome(number, False, refusal.message)
    return Outcome(number, True, _("已派给%(unit)s") % {"unit": unit})


def _is_centre(request: SignedIn) -> bool:
    return request.user.has_any_role(*policies.READ_ALL)


def _views(request: SignedIn) -> dict[str, Any]:
    return CENTRE_VIEWS if _is_centre(request) else UNIT_VIEWS


def _first(request: SignedIn) -> str:
    """Return the list that this person works on: those who check and call back begin with answers."""
    if not _is_centre(request):
        return "dispatched"
    is_reviewer = request.user.has_any_role(policies.REVIEWER) and not request.user.has_any_role(policies.DISPATCHER)
    return "replied" if is_reviewer else "received"


def _of_view(request: SignedIn, view: str, at: datetime) -> TicketQuerySet:
    found = Ticket.objects.visible_to(request.user)
    if not _is_centre(request):
        found = Ticket.objects.held_by(request.user.department_id)
    narrowed: dict[str, Callable[[], TicketQuerySet]] = {
        "extension": found.asking_for_time,
        "contested": found.contested,
        "overdue": lambda: found.overdue(at=at),
        "open": found.open,
        "ended": found.ended,
        "done": lambda: found.done_by(request.user.department_id),
    }
    return narrowed[view]() if view in narrowed else found.filter(state=ONE_STATE[view])


def _filtered(request: SignedIn, found: TicketQuerySet) -> TicketQuerySet:
    """Return the tickets that meet the filters; what is no choice of theirs is left out."""
    asked = request.GET
    for name, known in (("kind", Kind.values), ("urgency", Urgency.values), ("channel", Channel.values)):
        if asked.get(name) in known:
            found = found.filter(**{name: asked[name]})
    if (category := category_of(asked.get("category", ""))) is not None:
        found = found.filter(category=category)
    if (unit := unit_of(asked.get("unit", ""))) is not None:
        found = found.filter(unit=unit)
    if typed := normalise_number(asked.get("q", "")):
        found = found.numbered(typed)
    return found


def _cut(request: SignedIn, response: HttpResponse, found: TicketQuerySet, by: tuple[str, str]) -> list[Ticket]:
    cursor = request.GET.get("cursor", "")
    rows: list[Ticket] = keyset_page(request, response, found.for_list(), by=by, limit=PAGE_SIZE, cursor=cursor)
    return rows


def _rows(request: SignedIn, tickets: list[Ticket], at: datetime) -> list[Row]:
    lights = lights_of(tickets, at=at)
    may = request.user.has_any_role(policies.DISPATCHER)
    waiting = [ticket for ticket in tickets if ticket.state == S.RECEIVED]
    proposals = propose_all(waiting) if may else {}
    return [_row(request, ticket, lights[ticket.pk], proposals.get(ticket.pk)) for ticket in tickets]


def _row(request: SignedIn, ticket: Ticket, left: Left, proposal: Proposal | None) -> Row:
    profile = "staff" if policies.reads_in_clear(request.user, ticket) else "strict"
    return Row(ticket, ticket.masked("title", profile), left, proposal, proposal is not None)


def _tabs(request: SignedIn, views: dict[str, Any], view: str) -> list[dict[str, Any]]:
    """Return the lists with how many wait in each, where that is one question."""
    found = Ticket.objects.open() if _is_centre(request) else Ticket.objects.at_unit(request.user.department_id)
    counts = found.count_by_state()
    return [
        {
            "href": f"?view={name}",
            "text": words,
            "current": name == view,
            "count": counts.get(ONE_STATE[name], 0) if name in ONE_STATE else None,
        }
        for name, words in views.items()
    ]
