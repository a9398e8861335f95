"""Journeys of supervision: what a rung of a clock, a hand, a repetition and a red card bring; calling a meeting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.said import said
from civic.deadlines.models import Clock, Rung
from civic.supervision import policies
from civic.supervision.models import Basis, Card, Meeting, Order
from civic.supervision.models.matter import Supervised
from civic.supervision.querysets import CardQuerySet
from civic.supervision.rules import Repetition, read_repetition
from civic.supervision.states import BY_HAND, IN_MATTER, OF_KIND, STANDING, CardState, Colour, OrderState

REPEATED = {
    IN_MATTER: gettext_lazy("同一件事第%(n)s张黄牌"),
    OF_KIND: gettext_lazy("%(days)s天内同类事项第%(n)s张黄牌"),
}
COLOURS = {"blue": Colour.BLUE, "yellow": Colour.YELLOW, "red": Colour.RED}


def call_meeting(
    *, title: str, on: datetime, matters: Sequence[Mapping[str, str]], by: Account, at: datetime
) -> Meeting:
    """Call a meeting with its agenda; all of it or nothing.

    `matters`: subject, number, label, and in `words` why no unit settles it alone.
    """
    with transaction.atomic():
        made: Meeting = Meeting.objects.plan(title=title, on=on, by=by, at=at)
        for one in matters:
            matter = {name: one[name] for name in ("subject", "number", "label")}
            made.add(matter=matter, words=one["words"], by=by, at=at)
    return made


class CardGivenAlready(Conflict):
    """One card by hand is enough for what went wrong."""

    code = "card-given-already"


@dataclass(frozen=True)
class ByHand:
    """What a supervisor writes on a card: its colour, why, and what shows it."""

    colour: str
    reason: str
    evidence: str


def give_for_rung(
    *, clock: Clock, rung: str, unit: Department, matter: Supervised, reason: str, past: bool = False, at: datetime
) -> tuple[Card, bool]:
    """Give `unit` the card that a rung of its clock brings, once; return it and whether it is new.

    `past`: it is taken in from an earlier system, where nothing more follows from it.
    """
    facts = {
        **matter.facts(), "clock": clock, "rung": rung, "rule": rule_of(clock, rung), "evidence": excerpt(clock),
    }  # fmt: skip
    with transaction.atomic():
        card, fresh = Card.objects.give(colour=COLOURS[rung], unit=unit, reason=reason, facts=facts, by="timer", at=at)
        if fresh and not past:
            propose_repeated(card, at=at)
    return card, fresh


def give_by_hand(*, unit: Department, matter: Supervised, written: ByHand, by: Account, at: datetime) -> Card:
    """Give a card for what no clock shows, such as poor work; a red one waits for another supervisor's signature.

    Raises: NotAllowed; Invalid, naming the field; CardGivenAlready.
    """
    require(policies.why_not_give(by, unit.pk, matter.units))
    if written.colour not in Colour.values:
        wrong = _("请从列表中选择。")
        raise Invalid(wrong, errors=[FieldError("colour", "enum", wrong)])
    reason, words = said("reason", written.reason, most=200), said("evidence", written.evidence, least=10)
    facts = {**matter.facts(), "rung": BY_HAND, "rule": f"card {BY_HAND}", "evidence": {"words": words}}
    try:
        with transaction.atomic():
            card: Card = Card.objects.give(colour=written.colour, unit=unit, reason=reason, facts=facts, by=by, at=at)[
                0
            ]
            propose_repeated(card, at=at)
    except IntegrityError as error:
        words = _("这个单位在这件事上已有一张人工发出、还没有结束的同色牌，请先办理那一张。")
        raise CardGivenAlready(words) from error
    return card


def propose_repeated(card: Card, *, at: datetime) -> Card | None:
    """Propose a red card where a yellow one that was just given is a repetition; None where it is not.

    Repeated: so many yellow cards of one unit in one matter, or of one kind of matter within so many days, that
    count and of which no other red card has made use. A leader still has to sign it. The units' cards are counted
    one after the other, so that of two given at the same moment the second sees the first.
    """
    if card.colour != Colour.YELLOW:
        return None
    city = read_repetition(settings.SUPERVISION_REPEATED)
    _one_at_a_time(card.unit_id)
    unspent = Card.objects.yellow_and_unspent(unit=card.unit_id)
    if red := _red_for(card, unspent.filter(subject=card.subject), IN_MATTER, city, at=at):
        return red
    since = at - timedelta(days=city.within_days)
    alike = unspent.filter(label=card.label, category=card.category, issued_at__gte=since)
    return _red_for(card, alike, OF_KIND, city, at=at) if card.category else None


def _one_at_a_time(unit: int) -> None:
    """Let nobody else count this unit's cards until the transaction ends."""
    list(Department.objects.select_for_update(no_key=True).filter(pk=unit).values_list("pk"))


def _red_for(card: Card, found: CardQuerySet, rung: str, city: Repetition, *, at: datetime) -> Card | None:
    """Propose the red card that stands on the cards found, if there are as many as are needed."""
    needed = city.needed(rung)
    yellows = list(found) if needed else []
    if not needed or len(yellows) < needed:
        return None
    told = [
        {"card": one.pk, "number": one.number, "reason": one.reason, "given_at": one.given_at.isoformat()}
        for one in yellows
    ]
    facts = {
        "subject": card.subject, "number": card.number, "label": card.label, "category": card.category,
        "difficulty": card.difficulty, "rung": rung, "rule": f"card {rung} {needed}", "evidence": {"cards": told},
    }  # fmt: skip
    reason = REPEATED[rung] % {"n": len(yellows), "days": city.within_days}
    red: Card = Card.objects.give(colour=Colour.RED, unit=card.unit, reason=reason, facts=facts, by="rules", at=at)[0]
    Basis.objects.bulk_create(Basis(red=red, yellow=one) for one in yellows)
    return red


def rule_of(clock: Clock, rung: str) -> str:
    """Return which edition of the ladder the card rests on."""
    newest = Rung.objects.filter(kind=clock.kind, key=rung).order_by("-set_at").first()
    edition = f"{newest.set_at:%Y-%m-%d}" if newest else "default"
    return f"{clock.kind} {rung} {edition}"


def excerpt(clock: Clock) -> dict[str, Any]:
    """Return what the clock says for itself: start, limit, what stood still and why, end. No personal data."""
    pauses = [
        {
            "kind": interval.kind, "from": interval.begins_at.isoformat(), "reason": interval.reason,
            "until": interval.ends_at.isoformat() if interval.ends_at else "",
        }
        for interval in clock.intervals.order_by("pk")
    ]  # fmt: skip
    return {
        "clock": clock.pk, "kind": clock.kind, "started_at": clock.started_at.isoformat(), "unit": clock.unit,
        "budget": str(clock.budget), "extra": str(clock.extra), "intervals": pauses,
        "due_at": clock.due_at.isoformat() if clock.due_at else "",
    }  # fmt: skip


def follow_up(card: Card, *, at: datetime) -> Order | None:
    """Do what follows from a card that was signed or revoked. Safe to call twice.

    A red card that stands opens an order; one that was revoked drops it. A yellow card that was revoked takes with
    it the red one that is proposed because of it.
    """
    if card.colour == Colour.YELLOW:
        _withdraw_basis(card, at=at)
    if card.colour != Colour.RED:
        return None
    if card.state == CardState.REVOKED:
        order = Order.objects.filter(card=card, state__in=(OrderState.OPEN, OrderState.ANSWERED)).first()
        if order is not None:
            order.drop(by="timer", at=at)
        return None
    words = _("请查明原因，说明整改措施和完成时间。")
    opened: Order = Order.objects.open_for(card, words=words, by="timer", at=at)[0]
    return opened


def _withdraw_basis(yellow: Card, *, at: datetime) -> None:
    """Drop the red card that is proposed and has too few yellow ones left; those that stand can count again.

    A red card that a leader has signed stays: it is listed for review (`shaken`).
    """
    with transaction.atomic():
        red = Card.objects.select_for_update(of=("self",)).filter(bases__yellow=yellow).first()
        if yellow.state != CardState.REVOKED or red is None or red.state != CardState.PROPOSED:
            return
        left = red.bases.filter(yellow__state__in=STANDING)
        if left.count() >= read_repetition(settings.SUPERVISION_REPEATED).needed(red.rung):
            return
        red.drop(words=_("依据的黄牌%(n)s已撤销，次数不足。") % {"n": yellow.pk}, by="rules", at=at)
        left.delete()
