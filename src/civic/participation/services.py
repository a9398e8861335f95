"""One gate for every channel: the window, then the person; web, counter and paper pass the same way."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Department, Person
from civic.core.errors import FieldError, Invalid
from civic.core.http import typed_number
from civic.participation.models import Eligibility, Phase, Sheet
from civic.participation.models.eligibility import NotEligible
from civic.participation.rules.eligibility import Facts


def facts_of(person: Person | None, *, lives_in: str = "", registered_in: str = "") -> Facts:
    """Return what the city knows of `person`, with or without an account; None: nobody has said who they are.

    Where they live is not kept with accounts: the caller says it (division codes), from the form or the counter.
    """
    if person is None:
        return Facts()
    return Facts(level=person.level, born_on=person.born_on, lives_in=lives_in, registered_in=registered_in)


def admit(act: str, subject: object, *, facts: Facts, at: datetime) -> None:
    """Refuse unless a window allows `act` on `subject` and the person is one of those who may take part.

    Raises: PhaseClosed, NotEligible.
    """
    Phase.objects.require_open(act, subject, at=at)
    reason = Eligibility.objects.why_not(subject, facts, at=at)
    if reason is not None:
        raise NotEligible(reason)


def typed_sheet(typed: Mapping[str, str], *, unit: Department, by: Account, at: datetime) -> Sheet:
    """Return the unit's sheet of paper that is named in a form; take it in where it was not there yet.

    `typed`: number, and of a new sheet collected_at (where), collected_on (2026-03-02) and lines.
    Raises: Invalid, NotAllowed.
    """
    number = typed.get("number", "").strip()
    if found := Sheet.objects.filter(unit=unit, number=number).first():
        return found
    try:
        day = parse_date(typed.get("collected_on", "").strip())
    except ValueError:
        day = None
    if day is None:
        wrong = _("请填写收集日期，例如 2026-03-02。")
        raise Invalid(wrong, errors=[FieldError("collected_on", "date", wrong)])
    return Sheet.objects.take(
        number=number, place=typed.get("collected_at", ""), collected_on=day,
        lines=typed_number(typed.get("lines", "")) or 0, unit=unit, by=by, at=at,
    )  # fmt: skip
