"""Journeys of supervision: what a rung of a clock and a red card bring, a meeting with its agenda."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Department
from civic.deadlines.models import Clock, Rung
from civic.supervision.models import Card, Meeting, Order
from civic.supervision.states import CardState, Colour, OrderState

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


def give_for_rung(
    *, clock: Clock, rung: str, unit: Department, matter: Mapping[str, Any], at: datetime
) -> tuple[Card, bool]:
    """Give `unit` the card that a rung of its clock brings, once; return it and whether it is new.

    `matter`: subject, number, label, difficulty, and the reason in words.
    """
    facts = {
        "subject": matter["subject"], "number": matter["number"], "label": matter["label"], "clock": clock,
        "rung": rung, "rule": rule_of(clock, rung), "evidence": excerpt(clock), "difficulty": matter["difficulty"],
    }  # fmt: skip
    return Card.objects.give(colour=COLOURS[rung], unit=unit, reason=matter["reason"], facts=facts, by="timer", at=at)


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
    """Open the order of a red card that stands; drop it where the card was revoked. Safe to call twice."""
    if card.colour != Colour.RED:
        return None
    if card.state == CardState.REVOKED:
        order = Order.objects.filter(card=card, state__in=(OrderState.OPEN, OrderState.ANSWERED)).first()
        if order is not None:
            order.drop(by="timer", at=at)
        return None
    words = _("请查明超期原因，说明整改措施和完成时间。")
    opened: Order = Order.objects.open_for(card, words=words, by="timer", at=at)[0]
    return opened
