"""Cards and orders: lists, one card with its evidence and steps, one order."""

from datetime import datetime
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.audit.models import Entry
from civic.audit.services.receipts import receipt_code, receipt_for
from civic.core import access
from civic.core.errors import Conflict, Refusal
from civic.core.pages import page
from civic.deadlines.models import Clock
from civic.deadlines.states import Reason
from civic.supervision.models import Basis, Card, Order
from civic.supervision.office.shared import clocks_of, matter_of, part_of, show, step, unit_of, units
from civic.supervision.policies import READERS, SUPERVISOR, UNIT
from civic.supervision.services import ByHand, give_by_hand
from civic.supervision.states import Colour

CARD_STEPS = ("sign", "drop", "acknowledge", "appeal", "uphold", "revoke", "rectify", "clear")
VIEWS = ("standing", "to_sign", "appealed", "shaken", "all")


@access.official(*READERS)
@require_GET
def cards(request: SignedIn) -> HttpResponse:
    """Cards that count, wait for a signature or for a review, have lost what they stood on, or all."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "standing"
    seen = Card.objects.visible_to(request.user)
    chosen = seen if view == "all" else getattr(seen, view)()
    part = part_of(request, chosen.for_list())
    gives = request.user.has_any_role(SUPERVISOR)
    context = {"part": part, "view": view, "clocks": clocks_of(list(part)), "at": now(), "gives": gives}
    return page(request, "supervision/office/cards.html", context)


@access.official(SUPERVISOR)
@require_http_methods(["GET", "POST"])
def new_card(request: SignedIn) -> HttpResponse:
    """Give a card by hand, with reason and evidence, to a unit that has held the matter."""
    refusal: Refusal | None = None
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("colour", "reason", "evidence")}
        try:
            made = give_by_hand(
                unit=unit_of(request), matter=matter_of(request), written=ByHand(**typed), by=request.user, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            return redirect(f"/office/cards/{made.pk}/")
    context = {
        "typed": request.POST or request.GET, "errors": list(refusal.errors) if refusal else [], "refusal": refusal,
        "units": units(), "colours": Colour.choices,
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return page(request, "supervision/office/new_card.html", context, status=status)


@access.official(*READERS)
@require_GET
def card(request: SignedIn, pk: int) -> HttpResponse:
    return _show_card(request, _card(request, pk))


@access.official(SUPERVISOR, *UNIT)
@require_POST
def card_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Take one of a card's steps, with the words that were typed for it."""
    words, at = request.POST.get("words", ""), now()
    found = _card(request, pk)
    said = {"drop": "words", "appeal": "statement", "uphold": "finding", "revoke": "finding", "rectify": "words"}

    def take(noun: Card, seen: int | None) -> None:
        if name not in CARD_STEPS:
            raise Conflict(_("没有这一步。"))
        given = {said[name]: words} if name in said else {}
        getattr(noun, name)(by=request.user, at=at, seen=seen, **given)

    def again(refusal: Refusal) -> HttpResponse:
        return _show_card(request, _card(request, pk), refusal)

    return step(request, found, take, again, done=_("已办理。"))


@access.official(*READERS)
@require_GET
def orders(request: SignedIn) -> HttpResponse:
    """Orders that are open, or all."""
    view = "all" if request.GET.get("view") == "all" else "open"
    seen = Order.objects.visible_to(request.user)
    part = part_of(request, (seen if view == "all" else seen.open()).for_list())
    context = {"part": part, "view": view, "clocks": clocks_of(list(part)), "at": now()}
    return page(request, "supervision/office/orders.html", context)


@access.official(*READERS)
@require_GET
def order(request: SignedIn, pk: int) -> HttpResponse:
    return _show_order(request, _order(request, pk))


@access.official(SUPERVISOR, *UNIT)
@require_POST
def order_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Report on an order, or take or return the report."""
    words, at = request.POST.get("words", ""), now()

    def take(noun: Order, seen: int | None) -> None:
        if name == "answer":
            noun.answer(report=words, by=request.user, at=at, seen=seen)
        elif name == "return_answer":
            noun.return_answer(remark=words, by=request.user, at=at, seen=seen)
        elif name == "close":
            noun.close(remark=words, by=request.user, at=at, seen=seen)
        else:
            raise Conflict(_("没有这一步。"))

    def again(refusal: Refusal) -> HttpResponse:
        return _show_order(request, _order(request, pk), refusal)

    return step(request, _order(request, pk), take, again, done=_("已办理。"))


def _card(request: SignedIn, pk: int) -> Card:
    found: Card = get_object_or_404(Card.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _show_card(request: SignedIn, found: Card, refusal: Refusal | None = None) -> HttpResponse:
    at = now()
    why_not = {name: found.why_not(name, request.user, at=at) for name in found.allowed_steps()}
    entry = Entry.objects.filter(subject=found.ledger_id()).earliest("pk")  # the one that gave it
    context = {
        "why_not": why_not, "order": Order.objects.filter(card=found).first(), "evidence": _evidence(found),
        "bases": [basis.yellow for basis in found.bases.select_related("yellow").order_by("yellow")],
        "basis_of": Basis.objects.filter(yellow=found).select_related("red").first(),
        "proof": receipt_for(entry), "code": receipt_code(entry),
    }  # fmt: skip
    return show(request, "supervision/office/card.html", found, context, refusal)


def _evidence(card: Card) -> list[tuple[str, datetime | None, str]]:
    """Return what the clock says for itself: what happened, when, and why."""
    if not (told := card.evidence).get("started_at"):
        return []
    limit = f"{Decimal(told['budget']).normalize():f} {_unit_words(told['unit'])}"
    lines = [(_("开始计时"), parse_datetime(told["started_at"]), limit)]
    for pause in told["intervals"]:
        what = _("停止计时") if pause["kind"] == "SUSPENSION" else _("延长期限")
        why = str(Reason(pause["reason"]).label) if pause["reason"] in Reason.values else ""
        lines.append((what, parse_datetime(pause["from"]), why))
    return [*lines, (_("到期"), parse_datetime(told["due_at"]) if told["due_at"] else None, "")]


def _unit_words(unit: str) -> str:
    return str(Clock.UnitChoice(unit).label) if unit in Clock.UnitChoice.values else unit


def _order(request: SignedIn, pk: int) -> Order:
    found: Order = get_object_or_404(Order.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _show_order(request: SignedIn, found: Order, refusal: Refusal | None = None) -> HttpResponse:
    why_not = {name: found.why_not(name, request.user) for name in found.allowed_steps() if name != "drop"}
    return show(request, "supervision/office/order.html", found, {"why_not": why_not}, refusal)
