"""Issuing and signing: two steps, because only the worker holds the keys."""

from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from civic.accounts.models import Department, Organisation, Person
from civic.adapters.signing.client import signer
from civic.audit.services import record
from civic.core.errors import Conflict
from civic.core.jobs import enqueue
from civic.licences import rules
from civic.licences.formats import pdf_write, sd_jwt, signed_json
from civic.licences.formats.content import Facts
from civic.licences.models import Ground, HolderWrong, Licence, LicenceType, Rendering, StatusList
from civic.licences.services.status import list_address
from civic.licences.states import Form, HolderKind, StatusPurpose
from civic.masking.models import SubjectKey

SIGN = "civic.licences.tasks.sign"
RENDER = "civic.licences.tasks.render"
PDF_ALGORITHM = "ES256"  # PDF readers know no SM2
TRIES = 5


class NotOffered(Conflict):
    """Licences of this type cannot be issued."""

    code = "licence-type-not-offered"


class TypeUnknown(LookupError):
    """There is no such type of licence: a mistake of the program that asks, not of a person."""


def issue_licence(  # noqa: PLR0913 (what a licence is made of, by name)
    *,
    kind: str,
    holder: Person | Organisation,
    values: Mapping[str, str],
    authority: Department,
    case: str,
    by: object,
    at: datetime,
    valid_until: date | None = None,
    replaces: Licence | None = None,
) -> Licence:
    """Issue a licence of type `kind` to `holder` for `case`; asked again for the same case, return the one there is.

    Without `valid_until` it holds as long as its type says. Signing follows in the worker. Two that ask at once get
    the same licence. `replaces` names the licence that the caller supersedes by this one in the same transaction.
    Raises: TypeUnknown, NotOffered, HolderWrong, FieldWrong.
    """
    type_ = _type(kind, holder)
    for _try in range(TRIES):
        if (found := Licence.objects.of(holder).filter(type=type_, case=case).first()) is not None:
            return found
        draft = _draft(type_, holder, authority=authority, case=case, at=at)
        draft.valid_until = valid_until or type_.last_day(draft.valid_from)
        draft.replaces, draft.edition = replaces, replaces.edition + 1 if replaces is not None else 1
        draft.set_values(values)
        try:
            return _store(draft, by=by, at=at)
        except IntegrityError:
            continue  # somebody else was quicker, or drew the same place in the status list
    raise Conflict(_("同时颁发的证照太多，请稍后再试。"))


def sign_licence(*, licence: Licence, by: object, at: datetime) -> list[Rendering]:
    """Sign the data file and the credential of a licence; what is signed already stays. Call it where the keys are.

    Raises: NoKey, Shredded.
    """
    found = Licence.objects.for_signing().get(pk=licence.pk)
    facts, key = facts_of(found), signer(at=at)
    contents = {
        Form.JSON.value: signed_json.write(facts, key, at=at),
        Form.SD_JWT.value: sd_jwt.write(facts, key, issuer=settings.PUBLIC_ADDRESS, at=at),
    }
    with transaction.atomic():
        kept = Rendering.objects.keep(licence=found, contents=contents, key_id=key.chain[0].thumbprint, by=by, at=at)
        if not any(rendering.form == Form.PDF for rendering in kept):
            enqueue(RENDER, licence=found.pk)
    return kept


def render_licence(*, licence: Licence, by: object, at: datetime) -> Rendering:
    """Set and sign a licence as PDF, once; its signed data file lies attached. Call it in the worker: it loads much.

    Raises: NoKey, Shredded; Rendering.DoesNotExist, if the licence is not signed yet.
    """
    found = Licence.objects.for_signing().get(pk=licence.pk)
    there = {rendering.form: rendering for rendering in found.renderings.all()}
    if Form.PDF in there:
        return there[Form.PDF]
    signed, key = found.renderings.get(form=Form.JSON), signer(PDF_ALGORITHM, at=at)
    content = pdf_write.write(facts_of(found), signed=signed.content, signer=key, frame=_frame(), at=at)
    contents = {Form.PDF.value: content}
    Rendering.objects.keep(licence=found, contents=contents, key_id=key.chain[0].thumbprint, by=by, at=at)
    return found.renderings.get(form=Form.PDF)


def _frame() -> pdf_write.Frame:
    if settings.DEMONSTRATION:
        return pdf_write.Frame(settings.LICENCE_HEADING)
    return pdf_write.Frame(settings.LICENCE_HEADING, mark="", notice="", notice_en="")


def facts_of(licence: Licence) -> Facts:
    """Return what the signed forms of a licence say. Raises: Shredded."""
    type_, holder, values = licence.type, licence.holder, licence.values
    fields = tuple(
        (field["key"], field["name"], field["name_en"], values[field["key"]])
        for field in type_.fields
        if values.get(field["key"])
    )
    return Facts(
        number=licence.number, code=licence.code, address=settings.PUBLIC_ADDRESS + licence.path,
        type=type_.code, national_type=type_.national_code, type_name=type_.name, type_name_en=type_.name_en,
        authority=licence.authority.code, authority_name=licence.authority.name, authority_code=type_.authority_code,
        holder_kind=_kind_of(holder), holder_name=holder.name, holder_id=_holder_number(holder), fields=fields,
        issued_at=licence.issued_at, valid_from=licence.valid_from, valid_until=licence.valid_until,
        ends_at=licence.ends_at, status=_status(licence), metadata=type_.metadata,
        is_demonstration=settings.DEMONSTRATION,
    )  # fmt: skip


def _type(kind: str, holder: Person | Organisation) -> LicenceType:
    found: LicenceType | None = LicenceType.objects.filter(code=kind).first()
    if found is None:
        raise TypeUnknown(f"There is no licence type {kind!r}: load the city's licences.yaml.")
    if not found.is_offered:
        raise NotOffered(_("现在不颁发「%(type)s」。") % {"type": found.label})
    if found.holder_kind not in (_kind_of(holder), HolderKind.ANY):
        words = _("「%(type)s」颁发给%(kind)s，请核对申请人。")
        raise HolderWrong(words % {"type": found.label, "kind": found.get_holder_kind_display()})
    return found


def _draft(
    type_: LicenceType, holder: Person | Organisation, *, authority: Department, case: str, at: datetime
) -> Licence:
    draft = Licence(type=type_, authority=authority, case=case, issued_at=at, valid_from=localdate(at))
    draft.code = rules.new_code()
    if isinstance(holder, Person):
        draft.person, draft.key = holder, holder.key
    else:
        draft.organisation, draft.key = holder, SubjectKey.objects.create_key()
    return draft


def _store(draft: Licence, *, by: object, at: datetime) -> Licence:
    """Number a licence, give it a place in a status list and store it, with its first move, its entry and its job."""
    with transaction.atomic():
        draft.pk = _next_serial()
        draft.number = rules.licence_number(
            type_code=draft.type.national_code,
            authority_code=draft.type.authority_code,
            serial=draft.pk,
            version=draft.edition,
            widths=rules.Widths.read(settings.LICENCE_WIDTHS),
        )
        draft.status_list, draft.status_place = StatusList.objects.place_for(serial=draft.pk, by=by, at=at)
        draft.save(force_insert=True)
        draft.note_move("issue", Ground(""), by=by, at=at)
        record(
            at=at, actor=by, step="licences.licence.issue", subject=draft,
            detail={"type": draft.type.code, "case": draft.case},
        )  # fmt: skip
        enqueue(SIGN, licence=draft.pk)
    return draft


def _next_serial() -> int:
    """Draw the licence's primary key, which is its serial number: no number is given twice at any rate."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('licences_licence', 'id'))")
        (serial,) = cursor.fetchone()
    return int(serial)


def _kind_of(holder: Person | Organisation) -> str:
    return (HolderKind.ORGANISATION if isinstance(holder, Organisation) else HolderKind.PERSON).value


def _holder_number(holder: Person | Organisation) -> str:
    return holder.uscc if isinstance(holder, Organisation) else holder.id_number


def _status(licence: Licence) -> tuple[tuple[str, str, int], ...]:
    return tuple(
        (purpose.value, list_address(licence.status_list.name(purpose)), licence.status_place)
        for purpose in StatusPurpose
    )
