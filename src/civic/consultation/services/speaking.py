"""Speaking and standing: one gate for everybody, whichever way their words come in."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Person
from civic.areas.models import Area
from civic.consultation import policies
from civic.consultation.models import Consultation, Opinion, Participant, Stance
from civic.consultation.models.consultation import SPEAK, SUPPORT
from civic.consultation.models.opinion import Saying
from civic.consultation.states import ON_PAPER, ConsultationState, Source
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.participation.models import Sheet
from civic.participation.models.sheet import NotInTime
from civic.participation.services import admit, facts_of


class SaidTooOften(Conflict):
    """One person has put as many opinions as one may."""

    code = "said-too-often"


MOST_OPINIONS = 100  # of one person in one consultation: a draft has fewer clauses that anybody speaks on


@dataclass(frozen=True)
class Paper:
    """Where an opinion on paper stands: the sheet (or the record, or the letter) and the line, and how it came."""

    sheet: Sheet
    line: int
    source: str
    speaker: str = ""


def speak(*, saying: Saying, by: Account, at: datetime, lives_in: Area | None = None) -> Opinion:
    """Take in what a resident says online.

    Raises: NotAllowed, PhaseClosed, NotEligible, SaidTooOften, and what `Opinion.objects.put` raises.
    """
    consultation = saying.version.consultation
    with transaction.atomic():
        person = take_part(consultation, SPEAK, by=by, at=at, lives_in=lives_in)
        if Opinion.objects.filter(consultation=consultation, author=person).count() >= MOST_OPINIONS:
            raise SaidTooOften(_("您在这次征求意见中已提出%(n)s条意见，不能再提。") % {"n": MOST_OPINIONS})
        made: Opinion = Opinion.objects.put(saying, author=person, source=Source.WEB, by=by, at=at)
    return made


def stand(*, opinion: Opinion, side: str, by: Account, at: datetime, lives_in: Area | None = None) -> Stance:
    """Support an opinion, doubt it, or take that back. Raises: NotAllowed, PhaseClosed, NotEligible, Invalid."""
    with transaction.atomic():
        person = take_part(opinion.consultation, SUPPORT, by=by, at=at, lives_in=lives_in)
        return Stance.objects.take(opinion, person=person, side=side, by=by, at=at)


def enter(*, saying: Saying, paper: Paper, by: Account, at: datetime, person: Person | None = None) -> Opinion:
    """Enter what somebody said on paper, at the counter, at a meeting or in a letter; it is marked as such.

    Held to the same window (by the day on the sheet) and, where `person` is known, to the same conditions.
    Raises: NotInTime, EnteredAlready, NotEligible, NotAllowed, Invalid, and what `Opinion.objects.put` raises.
    """
    consultation = saying.version.consultation
    if paper.source not in ON_PAPER:
        wrong = _("请选择意见的来源。")
        raise Invalid(wrong, errors=[FieldError("source", "enum", wrong)])
    require(policies.why_not_enter(by, consultation))
    with transaction.atomic():
        said_at = _in_time(consultation, paper.sheet)
        if person is not None:
            admit(SPEAK, consultation, facts=facts_of(person), at=said_at)
            Participant.objects.join(consultation, person, area=None, source=paper.source, by=by, at=at)
        made: Opinion = Opinion.objects.put(
            saying, author=person, source=paper.source, speaker=paper.speaker, by=by, at=at
        )
        paper.sheet.enter(line=paper.line, subject=made, by=by, at=at)
    return made


def why_not_speak(consultation: Consultation, by: Account | None, *, at: datetime, act: str = SPEAK) -> str | None:
    """Say why this visitor cannot speak now, as far as it is known before they say where they live."""
    return consultation.why_closed(act, at=at) or policies.why_not_take_part(by)


def take_part(consultation: Consultation, act: str, *, by: Account, at: datetime, lives_in: Area | None) -> Person:
    """Ask the gate, and count the person in."""
    if consultation.state != ConsultationState.PUBLISHED:
        raise Conflict(consultation.why_closed(act, at=at) or "")
    require(policies.why_not_take_part(by))
    person = by.person
    if person is None:
        raise TypeError("A resident who may take part is a person.")
    known = Participant.objects.filter(consultation=consultation, person=person).select_related("area").first()
    area = known.area if known is not None and known.area is not None else lives_in
    admit(act, consultation, facts=facts_of(person, lives_in=area.code if area is not None else ""), at=at)
    Participant.objects.join(consultation, person, area=area, source=Source.WEB, by=by, at=at)
    return person


def _in_time(consultation: Consultation, sheet: Sheet) -> datetime:
    """Return an instant of the window that the sheet fell into, at which the gate may be asked. Raises: NotInTime."""
    if consultation.state != ConsultationState.PUBLISHED:
        raise NotInTime(_("这次征求意见已经结束，不能再录入。"))
    return sheet.require_in_time(SPEAK, consultation)
