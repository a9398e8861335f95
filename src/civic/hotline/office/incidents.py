"""Mass incidents: what seems to be one matter, joined by one form; what many share; the hot topics."""

from typing import Any

from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.errors import FieldError, Invalid, Refusal
from civic.core.http import typed_number
from civic.core.ids import normalise_number
from civic.core.pages import page
from civic.hotline import policies
from civic.hotline.models import Hotspot, Ticket
from civic.hotline.rules import NEAR_DAYS
from civic.hotline.services import incidents as crowds
from civic.hotline.services.heat import hottest
from civic.hotline.services.incidents import Chosen, Incident, merge_incident

NUMBERS = 5  # tickets of a hot topic that are named
SHOWN = 50  # tickets of one incident on the page; more are joined by pressing again


@access.official(*policies.READ_ALL)
@require_GET
def incidents(request: SignedIn) -> HttpResponse:
    """Show what could be joined, the likeliest main ticket first, and what many people share already."""
    return _show(request)


@access.official(policies.DISPATCHER, policies.CALL_TAKER)
@require_POST
def merger(request: SignedIn) -> HttpResponse:
    """Join the chosen tickets to one, each by itself; a line for each says what became of it."""
    visible = Ticket.objects.visible_to(request.user)
    main = visible.filter(number=normalise_number(request.POST.get("parent", ""))).first()
    chosen = dict(_as_seen(one) for one in request.POST.getlist("child"))
    found = {one.number: one for one in visible.filter(number__in=chosen)}
    others = [Chosen(number, found.get(number), seen) for number, seen in chosen.items()]
    others = [one for one in others if main is None or one.number != main.number]
    try:
        if main is None or not others:
            wrong = _("请选择主件，并勾选要并入的工单。")
            raise Invalid(wrong, errors=[FieldError("parent", "required", wrong)])
        words = request.POST.get("words", "")
        outcomes = merge_incident(main=main, others=others, words=words, by=request.user, at=now())
    except Refusal as refusal:
        return _show(request, refusal)
    context = {"main": main, "outcomes": outcomes, "done": sum(one.is_done for one in outcomes)}
    return page(request, "hotline/office/merged.html", context)


def _as_seen(typed: str) -> tuple[str, int | None]:
    """Return number and version out of "LH…:3"."""
    number, _separator, version = typed.partition(":")
    return normalise_number(number), typed_number(version)


def _show(request: SignedIn, refusal: Refusal | None = None) -> HttpResponse:
    at = now()
    may = request.user.has_any_role(policies.DISPATCHER, policies.CALL_TAKER)
    context: dict[str, Any] = {
        "incidents": [_group(one) for one in crowds.incidents(at=at)],
        "hottest": hottest(at=at),
        "hotspots": _hotspots(),
        "limits": {"tickets": crowds.MOST_OPEN, "days": NEAR_DAYS},
        "may_join": may,
        "profile": "staff" if request.user.has_any_role(*policies.CENTRE) else "strict",
        "refusal": refusal,
        "errors": list(refusal.errors) if refusal else [],
        "typed": request.POST if refusal else {},
        "chosen": request.POST.getlist("child") if refusal else [],
    }
    return page(request, "hotline/office/incidents.html", context, status=refusal.status if refusal else 200)


def _group(found: Incident) -> dict[str, Any]:
    """Return an incident as the page shows it; those not alike enough to the main one are not ticked beforehand."""
    rows = [
        {"near": near, "is_likely": near.likeness >= crowds.LEAST, "why_not": _why_not(near.ticket)}
        for near in found.others[:SHOWN]
    ]
    return {"main": found.main, "rows": rows, "heat": found.heat, "more": max(0, len(found.others) - SHOWN)}


def _hotspots() -> list[dict[str, Any]]:
    """Return the hot topics, each with its newest tickets by number."""
    spots = list(Hotspot.objects.hottest())
    newest = {spot.pk: sorted(spot.tickets, reverse=True)[:NUMBERS] for spot in spots}
    wanted = Ticket.objects.filter(pk__in=[pk for keys in newest.values() for pk in keys])
    numbers = dict(wanted.values_list("pk", "number"))
    return [{"spot": spot, "numbers": [numbers[pk] for pk in newest[spot.pk] if pk in numbers]} for spot in spots]


def _why_not(ticket: Ticket) -> str:
    if "merge" in ticket.allowed_steps():
        return ""
    return _("「%(state)s」状态不能并入，可以选作主件。") % {"state": ticket.get_state_display()}
