"""Journeys of the service desk: taking in a person who has come with their papers, and a guardian for a child."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.mandates import Proposal, let_act_for_child
from civic.accounts.models import Account, Mandate, Person
from civic.accounts.policies import why_not_attest
from civic.accounts.rules import Level
from civic.accounts.services import account_of, send_code, use_code
from civic.audit.services import record
from civic.core import personal
from civic.core.errors import Conflict, require
from civic.masking.keys import index

SOURCE = "counter"


class NotAsRegistered(Conflict):
    """The city knows this ID number under another name."""

    code = "not-as-registered"


class GuardianUnknown(Conflict):
    """The guardian has not been taken in yet."""

    code = "guardian-unknown"


def send_counter_code(*, phone: str, by: Account, at: datetime) -> None:
    """Send a code to the phone that the person at the desk names as theirs. Raises: NotAllowed, TooOften."""
    require(why_not_attest(by))
    send_code(purpose=SOURCE, phone=phone, subject=_subject(phone, by), address=by.ledger_id(), at=at)


def register_at_counter(
    *, name: str, id_number: str, by: Account, at: datetime, phone: str = "", code: str = ""
) -> Person:
    """Take in a person whose ID document the official has seen; who is known already is confirmed.

    A phone is theirs only with the code that was sent to it: otherwise whoever holds it could log in as them.
    Raises: NotAllowed, Malformed, WrongCode, TooOften, NotAsRegistered, TakenAlready.
    """
    require(why_not_attest(by))
    if phone:
        use_code(purpose=SOURCE, subject=_subject(phone, by), code=code, address=by.ledger_id(), at=at)
    called, number = personal.name(name), personal.id_number(id_number)
    with transaction.atomic():
        person: Person | None = Person.objects.with_id_number(id_number=number).first()
        if person is None:
            person = _take_in(called, number, phone, by=by, at=at)
        elif person.name != called:
            raise NotAsRegistered(_("这个证件号码已用另一个姓名登记。请核对证件；确有更名的，请先到户籍窗口变更。"))
        elif phone and person.phone != phone:
            person.correct(phone=phone, by=by, at=at)
        person.claim(max(Level.PRESENT, person.level), source=SOURCE, by=by, at=at)
    return person


def attest_guardian(
    *, guardian_id: str, name: str, id_number: str, evidence: str, proposal: Proposal, by: Account, at: datetime
) -> Mandate:
    """Let a guardian act for a child under 14, because the official has seen the papers (`evidence`: which).

    Raises: NotAllowed, Malformed, GuardianUnknown, NotGuardian, Invalid.
    """
    require(why_not_attest(by))
    guardian = Person.objects.with_id_number(id_number=personal.id_number(guardian_id)).first()
    if guardian is None or guardian.level < Level.REAL_NAME:
        raise GuardianUnknown(_("监护人还没有实名登记，请先为监护人办理到场登记。"))
    with transaction.atomic():
        agent = account_of(guardian, at=at)
        mandate = let_act_for_child(
            agent=agent, name=name, id_number=id_number, proposal=proposal, proof=SOURCE, by=by, at=at
        )
        step, detail = "accounts.mandate.attest", {"evidence": evidence}
        record(at=at, actor=by, step=step, subject=mandate, detail=detail)
    return mandate


def _take_in(name: str, id_number: str, phone: str, *, by: Account, at: datetime) -> Person:
    """Give a name to whoever logged in with this phone before, or store a new person."""
    unnamed = Person.objects.with_phone(phone=phone).filter(id_number_sealed=None).first() if phone else None
    if unnamed is None:
        return Person.objects.register(name=name, id_number=id_number, phone=phone, by=by, at=at)
    found: Person = unnamed
    found.correct(name=name, id_number=id_number, by=by, at=at)
    return found


def _subject(phone: str, by: Account) -> str:
    """Return what the code is for: this phone, at this official's desk."""
    return f"{by.pk}:{index(phone, 'mobile')}"
