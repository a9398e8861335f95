"""What cards, orders and complaints have in common: the matter they are about, words that are written, a clock."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civic.deadlines.models import Clock

if TYPE_CHECKING:
    from civic.audit.seal import Sealed


class Matter(models.Model):
    """What is supervised: its ledger id, its number for people, and the room's word for what kind it is."""

    subject = models.CharField(_("事项"), max_length=120)
    number = models.CharField(_("编号"), max_length=40)
    label = models.CharField(_("类别"), max_length=80, blank=True)

    class Meta:
        abstract = True


def start_clock(noun: "Sealed", kind: str, *, by: object, at: datetime) -> datetime | None:
    """Start the clock of this kind for as many working days as the city has set; return when it ends."""
    days = settings.SUPERVISION_WORKDAYS[kind]
    return Clock.objects.start_in_any_year(subject=noun, kind=kind, budget=days, by=by, at=at).due_at


def stop_clocks(noun: "Sealed", *kinds: str, by: object, at: datetime) -> None:
    """Stop the noun's open clocks of these kinds, or all."""
    Clock.objects.stop_open(noun, *kinds, by=by, at=at)
