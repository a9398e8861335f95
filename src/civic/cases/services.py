"""Journeys across nouns: submitting an application, saving a draft, looking a case up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from civic.accounts.models import Department
from civic.audit.services import record
from civic.cases import rules
from civic.cases.licensed import Supplies, supplied_before, supplies_of, use_held_licences
from civic.cases.models import Case, Commitment, Draft, Submission, Task
from civic.cases.models.clocks import start_acceptance
from civic.cases.models.doubts import Said
from civic.cases.papers import material_errors
from civic.cases.states import Channel, Delivery
from civic.catalogue.rules.form import form_errors
from civic.catalogue.states import State
from civic.core import ids
from civic.core.errors import Conflict, FieldError, Invalid, NotAllowed
from civic.core.jobs import enqueue
from civic.core.text import language
from civic.documents.models import Document
from civic.documents.services import grant_documents, store_document
from civic.masking.keys import index

SUBMIT_BY_RULES = "cases.case.submit:rules"  # in the table of reactions: an application of which rules judge the facts

if TYPE_CHECKING:
    from civic.accounts.models import Account, Mandate, Organisation, Person
    from civic.catalogue.models import Service, Version
    from civic.masking.models import SubjectKey


class NotOnline(Conflict):
    """This service cannot be applied for here."""

    code = "not-online"


class FormIncomplete(Invalid):
    """Something in the application is missing or wrong."""

    code = "form-incomplete"


class IdentityNeeded(NotAllowed):
    """The city has to know who applies."""

    code = "identity-needed"


@dataclass(frozen=True)
class Application:
    """What an applicant sends.

    `documents[material]` are tokens of stored documents; `commitments` are keys of materials replaced by a commitment.
    """

    form: Mapping[str, Any]
    documents: Mapping[str, Sequence[str]] = field(default_factory=dict)
    commitments: Sequence[str] = ()
    licences: Sequence[str] | None = None
    """Keys of the materials for which the applicant lets licences be used; None: as they agreed once and for all."""
    delivery: str = Delivery.ELECTRONIC
    address: str = ""
    channel: str = Channel.ONLINE
    origins: Mapping[str, str] = field(default_factory=dict)
    """How many answers were drawn from departments and how many typed, for the ledger (see prefill.counts)."""


@dataclass(frozen=True)
class Principal:
    """For whom the application is: the applicant's own person, or by a mandate another person or an organisation."""

    person: "Person | None" = None
    organisation: "Organisation | None" = None
    mandate: "Mandate | None" = None

    @classmethod
    def of(cls, mandate: "Mandate | None", *, own: "Person | None") -> "Principal":
        """Return whom a mandate acts for; without a mandate, oneself."""
        if mandate is None:
            return cls(person=own)
        return cls(mandate.principal_person, mandate.principal_organisation, mandate)

    @property
    def holder(self) -> "Person | Organisation | None":
        """Whose licences fill the materials."""
        return self.person or self.organisation

    @property
    def key(self) -> "SubjectKey":
        """The key under which the application is sealed: the person's, or of a firm its representative's."""
        subject = self.person or (self.organisation.representative if self.organisation else None)
        if subject is None:
            raise IdentityNeeded(_("请先完成实名认证，再提交申请。"))
        return subject.key


def submit_case(
    *, version: "Version", application: Application, by: "Account", at: datetime, principal: Principal | None = None
) -> Case:
    """Take in an application: check it whole, number it, start the acceptance clock, tell the applicant.

    Everything that is wrong is named at once. The days promised are the service's own.
    Raises: NotOnline, IdentityNeeded, FormIncomplete.
    """
    require_online(version)
    who = principal or Principal(person=by.person)
    check_application(version, application, by=by, supplies=supplies_of(version, who.holder, by=by, at=at), who=who)
    with transaction.atomic():
        case = new_case(draw_number(at), version, application, by=by, who=who, at=at)
        case.act_by = start_acceptance(case, by=by, at=at)
        case.save(force_insert=True)
        _add_parts(case, version, application, by=by, at=at)
        if who.mandate is not None:
            code, theme = version.service.code, version.theme
            who.mandate.record_use(by=by, at=at, service_code=code, theme=theme, subject=case.ledger_id())
        record(at=at, actor=by, step="cases.case.submit", subject=case, detail=submit_detail(application))
        enqueue("civic.cases.tasks.announce", case=case.pk, step="submit", seen=0)
        if version.rules.get("facts_by"):
            for job in settings.REACTIONS.get(SUBMIT_BY_RULES, ()):
                enqueue(job, subject=case.pk)
    return case


def submit_detail(application: Application) -> dict[str, str]:
    """Return what the ledger keeps of an application besides its digest: counts and codes, no contents."""
    papers = sum(len(tokens) for tokens in application.documents.values())
    return {"channel": application.channel, "papers": str(papers), **application.origins}


def version_in_force(service: "Service") -> "Version":
    """Return the version that can be applied for. Raises: NotOnline."""
    if service.current is None:
        raise NotOnline(_("本事项现在没有生效的办事指南，请拨打12345咨询。"))
    require_online(service.current)
    return service.current


def require_online(version: "Version") -> None:
    """Refuse unless the version is the published one and is offered online. Raises: NotOnline."""
    if version.state != State.PUBLISHED:
        raise NotOnline(_("办事指南已更新，请从最新的办事指南重新进入，您填写的内容会保留在草稿里。"))
    if not version.online:
        raise NotOnline(_("本事项暂不支持网上办理，请按办事指南到窗口办理，或拨打12345咨询。"))


def check_application(
    version: "Version", application: Application, *, by: "Account", who: Principal, supplies: Supplies
) -> None:
    """Refuse with everything that is missing or wrong. Raises: IdentityNeeded, FormIncomplete."""
    if who.organisation is None and (who.person is None or not who.person.name_sealed):
        raise IdentityNeeded(_("请先完成实名认证，再提交申请。"))
    errors = [
        FieldError(f"/form{error.pointer}", error.code, error.message)
        for error in form_errors(version.form, application.form, language())
    ]
    errors += material_errors(version, application, by=by, supplies=supplies)
    if application.delivery not in version.delivery:
        errors.append(FieldError("/delivery", "enum", _("请选择本事项支持的取件方式。")))
    if application.delivery == Delivery.POST and not application.address.strip():
        errors.append(FieldError("/address", "required", _("请填写邮寄地址。")))
    if errors:
        raise FormIncomplete(_("有%(n)s处需要修改，请逐项改正后再提交。") % {"n": len(errors)}, errors=errors)


def show_documents(case: Case, documents: Mapping[str, Sequence[str]], *, by: "Account", at: datetime) -> None:
    """Let every department that works on the case read what was handed in for it."""
    tokens = [token for tokens in documents.values() for token in tokens]
    if not tokens:
        return
    found = list(Document.objects.owned_by(account=by).filter(token__in=tokens))
    at_work = Department.objects.filter(Q(pk=case.department_id) | Q(tasks__case=case)).distinct()
    for department in at_work:
        grant_documents(documents=found, department=department, by=by, at=at)


def make_statement(*, case: Case, said: Said, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Say something before a decision is taken back; whoever works on the case can read the papers that come with it.

    Raises: the case's own refusals.
    """
    with transaction.atomic():
        case.make_statement(said=said, by=by, at=at, seen=seen)
        show_documents(case, {"statement": said.documents}, by=by, at=at)


def draw_number(at: datetime) -> tuple[int, str]:
    """Return a primary key and the case number made of it; numbers that a swap could turn into another are skipped."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('cases_case', 'id'))")
            sequence: int = cursor.fetchone()[0]
        if (number := numbered(sequence, at=at)) is not None:
            return sequence, number


def numbered(sequence: int, *, at: datetime) -> str | None:
    """Return the case number made of a primary key; None where a swap could turn it into another."""
    number = ids.case_number(prefix=settings.CASE_NUMBER_PREFIX, day=localdate(at), sequence=sequence)
    return number if ids.is_swap_safe(number) else None


def new_case(
    drawn: tuple[int, str], version: "Version", application: Application, *, by: "Account", who: Principal, at: datetime
) -> Case:
    """Return the case, not stored yet, under the key and number drawn for it."""
    case = Case(
        pk=drawn[0],
        number=drawn[1],
        service_id=version.service_id,
        service_version=version,
        department_id=version.service.department_id,
        applicant_id=by.pk,
        person_id=who.person.pk if who.person else None,
        organisation_id=who.organisation.pk if who.organisation else None,
        mandate_id=who.mandate.pk if who.mandate else None,
        key=who.key,
        channel=application.channel,
        delivery=application.delivery,
        phone_tail_token=phone_tail_token(drawn[1], by.person.phone[-4:]) if by.person else "",
        submitted_at=at,
    )
    if application.delivery == Delivery.POST:
        case.set_personal("address", application.address)
    return case


def _add_parts(case: Case, version: "Version", application: Application, *, by: "Account", at: datetime) -> None:
    Submission.add(case, form=application.form, documents=application.documents, by=by, at=at)
    proved = {key for key, tokens in application.documents.items() if tokens}  # a proof makes a commitment needless
    made = [key for key in application.commitments if key not in proved]
    Commitment.objects.bulk_create(new_commitments(case, version, made, at=at))
    Task.objects.bulk_create(new_tasks(case, version, dict(Department.objects.values_list("code", "pk"))))
    show_documents(case, application.documents, by=by, at=at)
    said, documents = application.licences, application.documents
    use_held_licences(case, version, said=said, documents=documents, by=by, at=at)


def new_commitments(case: Case, version: "Version", made: Sequence[str], *, at: datetime) -> list[Commitment]:
    """Return the commitments among `made` that the version knows, not stored yet."""
    texts = {str(material["key"]): str(material.get("commitment", "")) for material in version.materials}
    return [
        Commitment(case=case, material=key, text=texts[key], made_at=at)
        for key in dict.fromkeys(made)
        if texts.get(key)
    ]


def new_tasks(case: Case, version: "Version", departments: Mapping[str, int]) -> list[Task]:
    """Return a task for each step of the flow, not stored yet; `departments` maps codes to primary keys."""
    return [
        Task(
            case=case,
            key=step.key,
            position=position,
            name=step.name,
            name_en=step.name_en,
            department_id=departments[step.department],
            after=list(step.after),
            days=step.days,
        )
        for position, step in enumerate(rules.steps_of(version.steps))
    ]


def phone_tail_token(number: str, tail: str) -> str:
    """Return the look-up index of a case's number together with the last four digits of the phone."""
    return index(f"{number}:{tail}", "phone_tail")


def begin_draft(*, version: "Version", owner: "Account", at: datetime) -> Draft:
    """Return the owner's draft for this service, a new one if there is none.

    A draft begun under an earlier version goes on under this one, with everything that still fits.
    """
    require_online(version)
    if owner.person is None:
        raise IdentityNeeded(_("请先完成实名认证，再填写申请。"))
    found: Draft | None = Draft.objects.visible_to(owner).of_service(version.service_id).newest_first().first()
    if found is not None:
        if found.service_version_id != version.pk:
            found.move_to(version, at=at)
        return found
    return Draft.objects.create(
        owner=owner, service_version=version, key=owner.person.key, created_at=at, updated_at=at
    )


def submit_draft(*, draft: Draft, application: Application, at: datetime, principal: Principal | None = None) -> Case:
    """Send a draft once: the case takes its place in the same transaction."""
    with transaction.atomic():
        held = Draft.objects.select_for_update().filter(pk=draft.pk).first()
        if held is None:
            raise Conflict(_("这份申请已经提交过了，请在「我的办件」中查看。"))
        case = submit_case(
            version=held.service_version, application=application, by=held.owner, at=at, principal=principal
        )
        held.delete()
    return case


def resubmit_case(
    *,
    case: Case,
    form: Mapping[str, Any],
    documents: Mapping[str, Sequence[str]],
    by: "Account",
    at: datetime,
    licences: Sequence[str] = (),
    seen: int | None = None,
) -> None:
    """Answer a correction with the whole corrected application, checked like the first.

    `licences` are keys of the materials for which a licence is to be used now. What was used before stays used, in the
    state that it had then. Raises: FormIncomplete, and the case's own refusals.
    """
    version = case.service_version
    supplies = supplies_of(version, case.person or case.organisation, by=by, at=at, case=case.number)
    made = [commitment.material for commitment in case.commitments.all()]
    application = Application(form=form, documents=documents, commitments=made, licences=licences)
    errors = [FieldError(f"/form{e.pointer}", e.code, e.message) for e in form_errors(version.form, form, language())]
    before = {token for sent in case.submissions.all() for tokens in sent.documents.values() for token in tokens}
    settled = {*supplied_before(case), *made}  # what was committed to in time stays so, whatever was marked since
    errors += material_errors(
        version, application, by=by, supplies=supplies, handed_in_before=before, supplied_before=settled
    )
    if errors:
        raise FormIncomplete(_("有%(n)s处需要修改，请逐项改正后再提交。") % {"n": len(errors)}, errors=errors)
    with transaction.atomic():
        case.resubmit(form=form, documents=documents, by=by, at=at, seen=seen)
        show_documents(case, documents, by=by, at=at)
        use_held_licences(case, version, said=licences, documents=documents, by=by, at=at)


def take_documents(case: Case, files: Any, *, owner: "Account", at: datetime) -> dict[str, list[str]]:
    """Store newly chosen files; a material with new files gets these, the others keep what was sent before.

    Raises: the documents room's refusals, for a file that cannot be taken.
    """
    documents = {key: list(tokens) for key, tokens in case.latest_submission.documents.items()}
    for material in case.service_version.materials:
        key = str(material["key"])
        chosen = [
            store_document(owner=owner, file=file, name=file.name or "", purpose=f"case.{key}", at=at)
            for file in files.getlist(key)
        ]
        if chosen:
            documents[key] = [str(document.token) for document in chosen]
    return documents
