"""The public register: what was asked and answered, searched and filtered, by unit; and saying "me too"."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn, safe_next
from civic.accounts.models import Department
from civic.areas.models import Area
from civic.core import access
from civic.core.http import keyset_cut, keyset_slice
from civic.core.pages import page
from civic.deadlines.calendars import CITY
from civic.hotline.figures import YEAR, month_of, months, of_unit, public_mailbox
from civic.hotline.models import Category, Ticket
from civic.hotline.portal import flows
from civic.hotline.portal.drafts import Draft
from civic.hotline.progress import timeline
from civic.hotline.querysets import TicketQuerySet
from civic.hotline.scorecard import scorecard
from civic.hotline.services.intake import join
from civic.hotline.services.reading import first_rows
from civic.hotline.states import Channel
from civic.supervision.models import Card

ROWS = 20
NEWEST = ("-published_at", "-pk")
FILTERS = ("q", "category", "unit", "area", "channel", "since", "until")


@access.public
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """List what is public, newest first."""
    chosen = {name: request.GET.get(name, "")[:60].strip() for name in FILTERS}
    context = _list(request, _chosen(Ticket.objects.published(), chosen), chosen) | {
        "categories": Category.objects.filter(level=1, is_offered=True).order_by("position", "pk"),
        "units": Department.objects.order_by("pk"),
        "counties": flows.counties(),
        "channels": Channel.choices,
    }
    return page(request, "hotline/portal/register.html", context)


@access.public
@require_GET
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """Show how a unit answers: promised against real time of the last year, and what it has answered."""
    found = get_object_or_404(Department, code=code)
    at = now()
    cards = scorecard(since=at - YEAR, until=at, unit=found)
    context = _list(request, Ticket.objects.published().filter(unit=found), {}) | {
        "unit": found, "figures": of_unit(found, at=at).told(), "since": at - YEAR,
        "score": cards[0].told() if cards else None,
    }  # fmt: skip
    return page(request, "hotline/portal/unit.html", context)


@access.public
@require_GET
def entry(request: HttpRequest, handle: UUID) -> HttpResponse:
    """Show one question with its answer, how it was handled and the cards it brought; nobody is named."""
    found = Ticket.objects.published().with_voices().select_related("category", "unit", "area", "ground", "key")
    ticket = get_object_or_404(found, handle=handle)
    has_joined = request.user.is_authenticated and ticket.voices.filter(account=request.user).exists()
    context = {
        "ticket": ticket, "has_joined": has_joined, "events": timeline(ticket, public=True),
        "cards": list(Card.objects.of(ticket.ledger_id()).made_known().for_list()),
    }  # fmt: skip
    return page(request, "hotline/portal/entry.html", context)


@access.signed_in
@require_POST
def voice(request: SignedIn, handle: UUID) -> HttpResponse:
    """Say "me too": once a person, however often the button is pressed."""
    ticket = get_object_or_404(Ticket.objects.joinable(), handle=handle)
    if join(ticket=ticket, by=request.user, at=now()):
        messages.success(request, _("已经记下「我也遇到」。办结时您可以在「我的诉求」里看到答复。"))
    else:
        messages.info(request, _("您已经说过「我也遇到」，每人只计一次。"))
    if request.POST.get("instead") == "report":
        Draft.of(request, flows.REPORT).drop(request)
    return redirect(safe_next(request, "/my/requests/"))


@access.public
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the mayor's mailbox: how to write, what was answered, and how each unit answers by month."""
    at = now()
    month = month_of(request.GET.get("month", ""), at)
    letters = Ticket.objects.published().filter(channel=Channel.MAILBOX)
    context = _list(request, letters, {}) | {"month": month, "rows": public_mailbox(month), "months": months(at)}
    return page(request, "hotline/portal/mailbox.html", context)


def _list(request: HttpRequest, found: TicketQuerySet, chosen: dict[str, str]) -> dict[str, object]:
    """Return one page of published tickets, and the address of the next."""
    answer, cursor = HttpResponse(), request.GET.get("cursor", "")[:200]
    asked = keyset_slice(found.for_register(), by=NEWEST, limit=ROWS, cursor=cursor)
    tickets = keyset_cut(request, answer, first_rows(asked), by=NEWEST, limit=ROWS)
    following = answer.get("Link", "").partition(">")[0].removeprefix("<") or None
    first = f"{request.path}?{urlencode({k: v for k, v in chosen.items() if v})}" if cursor else None
    return {"tickets": tickets, "next": following, "first": first, "chosen": chosen}


def _chosen(found: TicketQuerySet, chosen: dict[str, str]) -> TicketQuerySet:
    found = found.saying(chosen["q"])
    if chosen["category"].isdecimal():
        found = found.of_class(chosen["category"][:6])
    if chosen["unit"]:
        found = found.filter(unit__code=chosen["unit"])
    if chosen["channel"] in Channel.values:
        found = found.filter(channel=chosen["channel"])
    if (since := _day(chosen["since"])) is not None:
        found = found.filter(received_at__gte=since)
    if (until := _day(chosen["until"])) is not None:
        found = found.filter(received_at__lt=until + timedelta(days=1))
    area = Area.objects.by_code(code=chosen["area"]) if chosen["area"].isdecimal() else None
    return found.in_area(area) if area is not None else found


def _day(text: str) -> datetime | None:
    """Return where the city's day begins that somebody typed; None where it is none."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), CITY) if text else None
    except ValueError:
        return None
