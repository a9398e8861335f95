"""Licences in applications: which ones fill materials, and each use with its ground."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Consent, Department, Person
from civic.audit.services import ledger_id
from civic.catalogue.models import Service
from civic.core.errors import Conflict, NotAllowed
from civic.licences.models import Licence, LicenceType, Use, UseRequest
from civic.licences.wallet_states import UseKind, UsePurpose

CONSENT = "licence_reuse"


class NotAgreed(NotAllowed):
    """The holder has not agreed that their licences are used."""

    code = "licence-use-not-agreed"


class NotHeld(Conflict):
    """The holder has no valid licence of a type, or the service may use nothing of it."""

    code = "licence-not-held"


def held_types(person: Person, *, service: str, at: datetime) -> set[str]:
    """Return the licence types that may fill this person's materials in an application for `service` (its code).

    Those held and valid, of which the service's department may use something, with the holder's consent.
    """
    if not Consent.objects.holds(person=person, purpose=CONSENT):
        return set()
    department = _department(service)
    held = LicenceType.objects.filter(licences__in=Licence.objects.of(person).valid(at=at)).distinct()
    return {type_.code for type_ in held if _fields(type_, department, service)}


def use_for_case(
    *, person: Person, types: Collection[str], service: str, case: str, by: object, at: datetime
) -> list[Use]:
    """Record that the newest valid licence of each of `types` is used for `case`; asked again, return the same uses.

    Only the fields that the type grants the service's department are used. The ground is the holder's standing
    consent, or their yes to a request about this case. All or none: one transaction.
    Raises: NotAgreed, NotHeld.
    """
    department, agreed = _department(service), Consent.objects.holds(person=person, purpose=CONSENT)
    request = UseRequest.objects.granted(holder=person, case=case, purpose=UsePurpose.USE).first()
    uses = []
    with transaction.atomic():
        for code in dict.fromkeys(types):
            licence, fields = _usable(person, code, department, service, at)
            if not agreed:
                fields = _agreed_in(request, code, fields)
            uses.append(_note(licence, fields, department, service, case, request if not agreed else None, by, at))
    return uses


def _usable(
    person: Person, code: str, department: Department | None, service: str, at: datetime
) -> tuple[Licence, tuple[str, ...]]:
    held = Licence.objects.of(person).of_kind(code).valid(at=at).select_related("type", "key")
    licence = held.order_by("-issued_at", "-pk").select_for_update(of=("self",)).first()
    fields = _fields(licence.type, department, service) if licence is not None else ()
    if licence is None or not fields:
        name = LicenceType.objects.filter(code=code).first()
        words = _("没有可用于这个事项的有效证照「%(type)s」，请上传材料。")
        raise NotHeld(words % {"type": name.label if name else code})
    return licence, fields


def _agreed_in(request: UseRequest | None, code: str, fields: tuple[str, ...]) -> tuple[str, ...]:
    shared = request.shares.get(code, []) if request is not None else []
    agreed = tuple(key for key in fields if key in shared)
    if not agreed:
        raise NotAgreed(_("持证人没有同意使用这份证照。请到“我的账户”同意“调用电子证照”，或自己上传材料。"))
    return agreed


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


def _ground(type_: LicenceType, department: Department | None, service: str) -> dict[str, str]:
    """Return the purpose that the type's catalogue names for this department and service."""
    own = department.code if department is not None else ""
    fitting = [
        use
        for use in type_.uses
        if use["department"] in ("*", own) and (not use["services"] or service in use["services"])
    ]
    best: dict[str, str] = max(fitting, key=lambda use: (use["department"] != "*", bool(use["services"])))
    return best
