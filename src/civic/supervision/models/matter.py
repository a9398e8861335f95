"""What cards, orders and complaints have in common: the matter they are about, words that are written, a clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civic.deadlines.models import Clock

if TYPE_CHECKING:
    from civic.audit.seal import Sealed


@dataclass(frozen=True)
class Supervised:
    """A matter of another room as supervision knows it: its names, its kind, and the units that hold or have held it.

    `category` is the code of its class ("": none), `difficulty` 1 to 3.
    """

    subject: str
    number: str
    label: str
    category: str = ""
    difficulty: int = 1
    units: frozenset[int] = frozenset()

    def names(self) -> dict[str, str]:
        """Return the columns of a `Matter`."""
        return {"subject": self.subject, "number": self.number, "label": self.label}

    def facts(self) -> dict[str, Any]:
        """Return what a card holds of it."""
        return {**self.names(), "category": self.category, "difficulty": self.difficulty}


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
