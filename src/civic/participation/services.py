"""One gate for every channel: the window, then the person; web, counter and paper pass the same way."""

from datetime import datetime

from civic.accounts.models import Person
from civic.participation.models import Eligibility, Phase
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
