"""Journeys of mandates: proposed by the agent, confirmed by a code on the principal's phone or by the register."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Mandate, Organisation, Person
from civic.accounts.models.mandate import refuse_odd
from civic.accounts.policies import why_not_act
from civic.accounts.rules import CHILD_UNTIL_AGE, Level, birthday
from civic.accounts.services import send_code, use_code
from civic.adapters.identity import client as identity
from civic.core import personal
from civic.core.errors import NotAllowed, require


class NotGuardian(NotAllowed):
    """The register does not know this person as the child's guardian."""

    code = "not-guardian"


@dataclass(frozen=True)
class Proposal:
    """What the agent asks for: until when, and for which services (words of rules.why_not_this_scope)."""

    scope: Collection[str]
    valid_until: datetime


def ask_person(*, agent: Account, name: str, id_number: str, proposal: Proposal, address: str, at: datetime) -> UUID:
    """Ask to act for a person; if the city knows them as described, they get a code on their own phone.

    Returns the handle under which the code is to be entered. It is the same kind of answer when nobody fits, so that
    nobody can find out here who is known.   Raises: Malformed, NotAllowed, Invalid, TooOften.
    """
    number, called = personal.id_number(id_number), personal.name(name)
    found = Person.objects.with_id_number(id_number=number).filter(level__gte=Level.REAL_NAME).first()
    principal = found if found is not None and found.name == called and found.phone_sealed else None
    return _ask(agent, Mandate.Kind.PARENT, principal, principal, proposal, address, at)


def ask_organisation(*, agent: Account, uscc: str, proposal: Proposal, address: str, at: datetime) -> UUID:
    """Ask to act for an organisation; the legal representative gets the code. Answers as `ask_person` does."""
    code = personal.social_credit_code(uscc)
    organisation = Organisation.objects.filter(uscc=code).select_related("representative__key").first()
    if organisation is not None and organisation.representative_id == agent.person_id:
        return _own_organisation(agent, organisation, proposal, at).handle
    asked = organisation.representative if organisation is not None else None
    return _ask(agent, Mandate.Kind.FIRM, organisation, asked, proposal, address, at)


def act_for_child(*, agent: Account, name: str, id_number: str, proposal: Proposal, at: datetime) -> Mandate:
    """Let a guardian act for a child under 14, if the household register knows the two; until the 14th birthday.

    Raises: Malformed, NotAllowed, NotGuardian, RegisterUnavailable.
    """
    number, called = personal.id_number(id_number), personal.name(name)
    own = agent.person.id_number if agent.person is not None else ""
    if not own or not identity.is_guardian(guardian_id=own, child_id=number):
        raise NotGuardian(_("户籍信息中没有查到您是该儿童的监护人。请核对姓名和证件号码，或带户口簿到综合窗口办理。"))
    return let_act_for_child(
        agent=agent, name=called, id_number=number, proposal=proposal, proof="register", by=agent, at=at
    )


def let_act_for_child(
    *, agent: Account, name: str, id_number: str, proposal: Proposal, proof: str, by: Account, at: datetime
) -> Mandate:
    """Take in the child if need be and make the guardian's mandate hold; how it was proved is the caller's business.

    Raises: Malformed, NotAllowed, NotGuardian, Invalid.
    """
    number, called = personal.id_number(id_number), personal.name(name)
    with transaction.atomic():
        child = Person.objects.with_id_number(id_number=number).first()
        if child is None:
            child = Person.objects.register(name=called, id_number=number, by=by, at=at)
            child.claim(Level.REAL_NAME, source=proof, by=by, at=at)
        if child.name != called:
            raise NotGuardian(_("姓名与证件号码不一致，请核对。"))
        ends = min(proposal.valid_until, _fourteen(child))
        mandate = Mandate.objects.propose(
            kind=Mandate.Kind.CHILD, agent=agent, principal=child, scope=proposal.scope, valid_until=ends, at=at
        )
        mandate.confirm(by=by, at=at, proof=proof)
    return mandate


def confirm_by_code(*, handle: UUID, agent: Account, code: str, address: str, at: datetime) -> Mandate:
    """Confirm a mandate by the code that its principal passed on. Raises: WrongCode, TooOften, StepRefused."""
    use_code(purpose="mandate", subject=str(handle), code=code, address=address, at=at)
    mandate: Mandate = Mandate.objects.get(handle=handle, agent=agent)
    mandate.confirm(by=agent, at=at, proof="code")
    return mandate


def expire_over(*, at: datetime) -> int:
    """Close the mandates whose time has passed; return how many."""
    over = list(Mandate.objects.over(at=at))
    for mandate in over:
        mandate.expire(by="timer", at=at)
    return len(over)


def _ask(
    agent: Account,
    kind: str,
    principal: Person | Organisation | None,
    asked: Person | None,
    proposal: Proposal,
    address: str,
    at: datetime,
) -> UUID:
    require(why_not_act(agent))
    refuse_odd(proposal.scope, proposal.valid_until, at)
    if principal is None or asked is None:
        return uuid4()
    mandate = Mandate.objects.propose(
        kind=kind, agent=agent, principal=principal, scope=proposal.scope, valid_until=proposal.valid_until, at=at
    )
    send_code(purpose="mandate", phone=asked.phone, subject=str(mandate.handle), address=address, at=at)
    handle: UUID = mandate.handle
    return handle


def _own_organisation(agent: Account, organisation: Organisation, proposal: Proposal, at: datetime) -> Mandate:
    """The legal representative needs nobody's confirmation."""
    with transaction.atomic():
        mandate = Mandate.objects.propose(
            kind=Mandate.Kind.FIRM,
            agent=agent,
            principal=organisation,
            scope=proposal.scope,
            valid_until=proposal.valid_until,
            at=at,
        )
        mandate.confirm(by=agent, at=at)
    return mandate


def _fourteen(child: Person) -> datetime:
    """Return the first instant of the child's 14th birthday in the city."""
    born = child.born_on
    assert born is not None  # registered by ID number  # noqa: S101
    return datetime.combine(birthday(born, CHILD_UNTIL_AGE), time.min, tzinfo=get_default_timezone())
