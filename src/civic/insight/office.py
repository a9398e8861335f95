"""Officials' door: the hotline's figures without anything withheld, and the tickets behind each number."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_GET

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.http import keyset_page
from civic.core.pages import page
from civic.deadlines.calendars import city_day
from civic.hotline import policies
from civic.hotline.models import Ticket
from civic.hotline.querysets import TicketQuerySet
from civic.insight.board import KEYS
from civic.insight.board import board as made_for
from civic.insight.choices import page_of
from civic.insight.scope import Scope, read_scope
from civic.insight.shown import as_file, scope_words

READERS = (*policies.READ_ALL, "unit_leader")
PAGE_SIZE = 50


@dataclass(frozen=True)
class Row:
    """One ticket of a list, with its title as this reader may see it."""

    ticket: Ticket
    title: str


@access.official(*READERS)
@require_GET
def board(request: SignedIn) -> HttpResponse:
    """Show the figures of a period; a unit's leader sees the unit's."""
    scope, wrong, today = _asked(request)
    made = made_for(scope, today=today, reader=request.user)
    context = page_of(made, request.GET, wrong=wrong, today=today)
    return page(request, "insight/office/board.html", context)


@access.official(*READERS)
@require_GET
def figure(request: SignedIn, key: str) -> HttpResponse:
    """Give one figure as CSV."""
    if key not in KEYS:
        raise Http404
    scope, _wrong, today = _asked(request)
    made = made_for(scope, today=today, reader=request.user, keys=(key,))
    return as_file(made.figures[0], scope, made.standing)


@access.official(*READERS)
@require_GET
def tickets(request: SignedIn) -> HttpResponse:
    """List the tickets behind a number, the newest first."""
    scope, wrong, _today = _asked(request)
    visible = Ticket.objects.visible_to(request.user)
    is_called = request.GET.get("timed") == "call"
    found = scope.called(visible) if is_called else _narrowed(request, scope.of(visible))
    answer = HttpResponse()
    cursor = request.GET.get("cursor", "")[:200]
    listed = keyset_page(request, answer, found.for_list(), by=("-received_at", "-pk"), limit=PAGE_SIZE, cursor=cursor)
    context = {
        "rows": [_row(request, ticket) for ticket in listed],
        "scope": scope,
        "words": scope_words(scope),
        "wrong": wrong,
        "next": answer.headers.get("Link", "").partition(">")[0].lstrip("<"),
    }
    return page(request, "insight/office/tickets.html", context)


def _asked(request: SignedIn) -> tuple[Scope, str, date]:
    """Return the scope that is asked for, as far as this person's office reaches; what is wrong with it; today."""
    today, own = city_day(now()), None
    if not request.user.has_any_role(*policies.READ_ALL):
        own = request.user.official.department
    scope, wrong = read_scope(request.GET, today=today, is_public=False, unit=own)
    return scope, wrong, today


def _narrowed(request: SignedIn, found: TicketQuerySet) -> TicketQuerySet:
    """Return the tickets that a figure has counted: of one matter, or those with a time."""
    issue, timed = request.GET.get("issue", "")[:24], request.GET.get("timed", "")
    if issue:
        found = found.about(list(Ticket.objects.filter(number=issue).values_list("pk", flat=True)))
    if timed == "contact":
        return found.contacted()
    return found.answered() if timed == "answer" else found


def _row(request: SignedIn, ticket: Ticket) -> Row:
    profile = "staff" if policies.reads_in_clear(request.user, ticket) else "strict"
    return Row(ticket, ticket.masked("title", profile))
