"""What cards, orders and complaints have in common: the matter they are about, words that are written, a clock."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.core.errors import FieldError, Invalid
from civic.deadlines.calendars import CalendarMissing
from civic.deadlines.measures import Unit
from civic.deadlines.models import Clock

if TYPE_CHECKING:
    from civic.audit.seal import Sealed

LEAST, MOST = 4, 1000


class WordsMissing(Invalid):
    """A step is explained in words that somebody else reads."""

    code = "words-missing"


class Matter(models.Model):
    """What is supervised: its ledger id, its number for people, and the room's word for what kind it is."""

    subject = models.CharField(_("事项"), max_length=120)
    number = models.CharField(_("编号"), max_length=40)
    label = models.CharField(_("类别"), max_length=80, blank=True)

    class Meta:
        abstract = True


def said(name: str, text: str, *, most: int = MOST) -> str:
    """Return what somebody wrote, tidied. Raises: WordsMissing, naming the field."""
    words = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if LEAST <= len(words) <= most:
        return words
    wrong = gettext("请写%(least)s至%(most)s字。") % {"least": LEAST, "most": most}
    raise WordsMissing(wrong, errors=[FieldError(name, "length", wrong)])


def start_clock(noun: "Sealed", kind: str, *, by: object, at: datetime) -> datetime | None:
    """Start the clock of this kind for as many working days as the city has set; return when it ends.

    Where the next year's working days are not published yet, the time is counted in natural days, two for one.
    """
    days = settings.SUPERVISION_WORKDAYS[kind]
    try:
        with transaction.atomic():
            return Clock.objects.start(subject=noun, kind=kind, budget=days, by=by, at=at).due_at
    except CalendarMissing:
        start = Clock.objects.start
        return start(subject=noun, kind=kind, budget=2 * days, unit=Unit.NATURAL_DAY, by=by, at=at).due_at


def stop_clocks(noun: "Sealed", *kinds: str, by: object, at: datetime) -> None:
    """Stop the noun's open clocks of these kinds, or all."""
    found = Clock.objects.of(noun.ledger_id()).open()
    for clock in found.filter(kind__in=kinds) if kinds else found:
        clock.stop(by=by, at=at)
