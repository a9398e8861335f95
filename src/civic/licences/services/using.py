"""Licences in applications: which ones fill materials, the holder's yes, and each use with its ground."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Consent, Department, Organisation, Person
from civic.audit.services import ledger_id
from civic.catalogue.models import Service
from civic.core.errors import Conflict, NotAllowed
from civic.core.text import local
from civic.licences.models import Licence, LicenceType, Use, UseRequest, listed, names_of
from civic.licences.services.asking import service_name
from civic.licences.states import LicenceState
from civic.licences.wallet_states import REUSE, UseKind, UsePurpose, UseState

Holder = Person | Organisation


class NotAgreed(NotAllowed):
    """The holder has not agreed that their licences are used."""

    code = "licence-use-not-agreed"


class NotHeld(Conflict):
    """The holder has no valid licence of a type, or the service may use nothing of it."""

    code = "licence-not-held"


@dataclass(frozen=True)
class Held:
    """What a wallet has of one type for one service, as of one instant.

    `fields` are what the department may see of it. `why_not` says in words why it does not count, and what to do;
    "" where it counts, and where the wallet has nothing of the type.
    """

    type: LicenceType
    licence: Licence | None = None
    fields: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def field_words(self) -> str:
        """What the department may see, in the reader's language."""
        return listed(names_of(self.type, self.fields))

    @property
    def is_usable(self) -> bool:
        return bool(self.licence is not None and self.fields and not self.why_not)


def held_for(holder: Holder, *, types: Collection[str], service: str, at: datetime) -> dict[str, Held]:
    """Return what a wallet has of each known type among `types` for an application for `service` (its code)."""
    department = _department(service)
    kinds = {type_.code: type_ for type_ in LicenceType.objects.filter(code__in=list(types))}
    newest: dict[str, Licence] = {}
    there = Licence.objects.of(holder).of_kind(*kinds).select_related("type", "authority", "key")
    for licence in there.order_by("issued_at", "pk"):
        before = newest.get(licence.type.code)
        if before is None or _counts(licence, at) or not _counts(before, at):
            newest[licence.type.code] = licence
    return {code: _held(type_, newest.get(code), department, service, at) for code, type_ in kinds.items()}


def consenter(holder: Holder) -> Person | None:
    """Return who answers for a holder's licences: themselves, or who represents the organisation by law."""
    return holder if isinstance(holder, Person) else holder.representative


def agrees_always(holder: Holder) -> bool:
    """Whether whoever answers for the holder has agreed, once and for all, that licences are used in applications."""
    person = consenter(holder)
    return person is not None and Consent.objects.holds(person=person, purpose=REUSE)


def agree_for_case(
    *, holder: Holder, types: Collection[str], service: str, case: str, by: Account, at: datetime
) -> UseRequest:
    """Note that a holder agrees to the use of licences in an application of their own; listed in the wallet.

    What is shared is what the types grant the service's department, and no more. Raises: NotAgreed, NotHeld.
    """
    person = consenter(holder)
    if person is None or by.person_id != person.pk:
        raise NotAgreed(_("只有持证人自己能同意使用证照，代办人不能代为同意。请上传材料。"))
    found = held_for(holder, types=types, service=service, at=at)
    for code in types:
        if code not in found or not found[code].is_usable:
            raise _not_held(code, found.get(code))
    department = _department(service)
    name, by_whom = service_name(service), department.name if department else ""
    words = (
        f"您在申请“{name['name']}”时同意：{by_whom}办理这个办件时，可以查看您证照中的下列内容。",
        f"When you applied for “{name['name_en']}” you agreed: for this case, "
        f"{(department.name_en if department else '') or by_whom} may see the following of your licences.",
    )
    shares = {code: found[code].fields for code in dict.fromkeys(types)}
    before = UseRequest.objects.standing(holder=person, case=case, purpose=UsePurpose.USE).first()
    if before is None:
        return UseRequest.agree(by=by, service=service, case=case, shares=shares, words=words, at=at)
    if before.state != UseState.GRANTED:
        raise NotAgreed(_("您对这个办件已经答复过一次，不能再改为同意使用证照。请上传材料。"))
    before.extend(shares, by=by, at=at)
    return before


def has_refused(person: Person, *, case: str) -> bool:
    """Whether somebody has said no to the use of their licences for a case, or taken back their yes."""
    standing = UseRequest.objects.standing(holder=person, case=case, purpose=UsePurpose.USE)
    return standing.filter(state__in=(UseState.DECLINED, UseState.WITHDRAWN)).exists()


def use_for_case(
    *, holder: Holder, types: Collection[str], service: str, case: str, by: object, at: datetime
) -> list[Use]:
    """Record that the newest valid licence of each of `types` is used for `case`; asked again, return the same uses.

    Only the fields that the type grants the service's department are used. The ground is the holder's yes about this
    case, else their standing consent. All or none: one transaction.
    Raises: NotAgreed, NotHeld.
    """
    department, person = _department(service), consenter(holder)
    request = UseRequest.objects.granted(holder=person, case=case, purpose=UsePurpose.USE).first() if person else None
    always, uses = agrees_always(holder), []
    with transaction.atomic():
        for code in dict.fromkeys(types):
            licence, fields = _usable(holder, code, department, service, at)
            agreed = _agreed_in(request, code, fields)
            if not agreed and not always:
                raise NotAgreed(_("持证人没有同意使用这份证照。请到“我的账户”同意“调用电子证照”，或自己上传材料。"))
            ground = request if agreed else None
            uses.append(_note(licence, agreed or fields, department, service, case, ground, by, at))
    return uses


def rely_on_uses(*, case: str, by: object, at: datetime) -> None:
    """Note that a decision rests on the licences used for a case; call it in the decision's own transaction."""
    for yes in UseRequest.objects.of_case(case).filter(purpose=UsePurpose.USE, state=UseState.GRANTED):
        yes.rely(by=by, at=at)


def take_back_uses(*, case: str, by: Account, at: datetime) -> None:
    """End what its holder agreed to for a case that they take back themselves: nobody needs to look any more."""
    own = UseRequest.objects.of_case(case).of_oneself().filter(state=UseState.GRANTED, relied_at=None)
    for yes in own.filter(holder=by.person_id):
        yes.withdraw(by=by, at=at)


def _counts(licence: Licence, at: datetime) -> bool:
    return licence.current_state(at=at) == LicenceState.VALID


def _held(
    type_: LicenceType, licence: Licence | None, department: Department | None, service: str, at: datetime
) -> Held:
    if licence is None:
        return Held(type_)
    fields = _fields(type_, department, service)
    return Held(type_, licence, fields, _why_not(licence, fields, at))


def _why_not(licence: Licence, fields: Collection[str], at: datetime) -> str:
    """Say why a licence does not count at `at`, and what to do; "" where it counts."""
    name, state = licence.type.label, licence.current_state(at=at)
    if state == LicenceState.EXPIRED:
        words = _("您的「%(type)s」有效期到%(day)s，已经过期，不能用于这次申请。请先换证，或者上传材料。")
        return words % {"type": name, "day": licence.valid_until.isoformat() if licence.valid_until else ""}
    if state == LicenceState.SUSPENDED:
        words = _("您的「%(type)s」已暂停使用，不能用于这次申请。请向%(authority)s了解原因，或者上传材料。")
        return words % {"type": name, "authority": local(licence.authority, "name")}
    if state != LicenceState.VALID:
        words = _("您的「%(type)s」现在是「%(state)s」，不能用于这次申请。请上传现在有效的材料。")
        return words % {"type": name, "state": LicenceState(state).label}
    if not fields:
        return _("您有「%(type)s」，但证照目录没有允许办理部门用于这个事项。请上传材料。") % {"type": name}
    return ""


def _usable(
    holder: Holder, code: str, department: Department | None, service: str, at: datetime
) -> tuple[Licence, tuple[str, ...]]:
    held = Licence.objects.of(holder).of_kind(code).valid(at=at).select_related("type", "key")
    licence = held.order_by("-issued_at", "-pk").select_for_update(of=("self",)).first()
    fields = _fields(licence.type, department, service) if licence is not None else ()
    if licence is None or not fields:
        raise _not_held(code, None)
    return licence, fields


def _not_held(code: str, held: Held | None) -> NotHeld:
    if held is not None and held.why_not:
        return NotHeld(held.why_not)
    name = LicenceType.objects.filter(code=code).first()
    words = _("没有可用于这个事项的有效证照「%(type)s」，请上传材料。")
    return NotHeld(words % {"type": name.label if name else code})


def _agreed_in(request: UseRequest | None, code: str, fields: tuple[str, ...]) -> tuple[str, ...]:
    shared = request.shares.get(code, []) if request is not None else []
    return tuple(key for key in fields if key in shared)


def _note(  # noqa: PLR0913 (the facts of one use)
    licence: Licence,
    fields: tuple[str, ...],
    department: Department | None,
    service: str,
    case: str,
    request: UseRequest | None,
    by: object,
    at: datetime,
) -> Use:
    """Store one use; the licence's row is held, so two that use it for the same case at once store one."""
    found: Use | None = Use.objects.of_licence(licence).of_case(case).select_related("licence__type").first()
    if found is not None:
        return found
    use = _ground(licence.type, department, service)
    return Use.objects.note(
        licence=licence, kind=UseKind.CASE, fields=list(fields), purpose=use["purpose"], purpose_en=use["purpose_en"],
        service=service, case=case, department=department, request=request, reader=ledger_id(by), by=by, at=at,
    )  # fmt: skip


def _department(service: str) -> Department | None:
    found = Service.objects.filter(code=service).select_related("department").first()
    return found.department if found is not None else None


def _fields(type_: LicenceType, department: Department | None, service: str) -> tuple[str, ...]:
    return type_.fields_for(department=department.code, service=service) if department is not None else ()


def _ground(type_: LicenceType, department: Department | None, service: str) -> Mapping[str, str]:
    """Return the purpose that the type's catalogue names for this department and service."""
    own = department.code if department is not None else ""
    fitting = [
        use
        for use in type_.uses
        if use["department"] in ("*", own) and (not use["services"] or service in use["services"])
    ]
    best: Mapping[str, str] = max(fitting, key=lambda use: (use["department"] != "*", bool(use["services"])))
    return best
