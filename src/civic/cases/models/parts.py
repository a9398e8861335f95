"""What belongs to a case: submissions, corrections, the decision, extensions."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import PROTECT, F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.cases import rules
from civic.cases.states import Outcome, Review
from civic.core.errors import FieldError, Invalid
from civic.masking.subjects import Masked

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.cases.models.case import Case


class CorrectionNamesNothing(Invalid):
    """A correction must say precisely what is wrong."""

    code = "correction-names-nothing"


class ReasonMissing(Invalid):
    """A step against the applicant's wish is reasoned."""

    code = "reason-missing"


class ExtensionTooLong(Invalid):
    """The law limits how long a case may be extended."""

    code = "extension-too-long"


class Submission(Masked, models.Model):
    """What the applicant sent: the form, sealed with their key, and the documents, by round.

    `form_sealed` holds JSON: the answers of the form. `documents` maps a material's key to document tokens.
    """

    case = models.ForeignKey("cases.Case", PROTECT, related_name="submissions", db_index=False)
    round = models.PositiveSmallIntegerField(_("第几次提交"))
    form_sealed = models.BinaryField()
    documents = models.JSONField(default=dict)
    submitted_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="submission_one_per_round")]

    class Personal:
        fields = {"form_sealed": "text"}
        key = "case.key"

    def __str__(self) -> str:
        return f"{self.case_id}/{self.round}"

    @classmethod
    def add(
        cls,
        case: "Case",
        *,
        form: Mapping[str, Any],
        documents: Mapping[str, Sequence[str]],
        by: "Account",
        at: datetime,
    ) -> "Submission":
        """Write the next round of what the applicant sent."""
        sent = cls(case=case, round=cls.objects.filter(case=case).count() + 1, submitted_at=at, by=by)
        sent.hold(form, documents)
        sent.save(force_insert=True)
        return sent

    def hold(self, form: Mapping[str, Any], documents: Mapping[str, Sequence[str]]) -> None:
        """Take in what was sent, sealed; the row is not stored yet."""
        self.documents = {material: list(tokens) for material, tokens in documents.items()}
        self.set_personal("form", json.dumps(dict(form), ensure_ascii=False))

    @property
    def form(self) -> dict[str, Any]:
        """The answers, in clear for those who may see the case."""
        answers: dict[str, Any] = json.loads(self.clear("form"))
        return answers

    def ledger_id(self) -> str:
        """Return the case's own subject: whoever reads what was sent reads the case."""
        return self.case.ledger_id()


class Correction(Masked, models.Model):
    """One request to put right what is wrong, with everything named at once.

    `items` is a list of {"pointer": "/form/bank" | "/documents/photo", "message": …}.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="corrections")
    round = models.PositiveSmallIntegerField()
    items_sealed = models.BinaryField()
    reason_sealed = models.BinaryField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="correction_one_per_round"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(answered_at__isnull=True), name="correction_one_open_per_case"
            ),
        ]

    class Personal:
        fields = {"items_sealed": "text", "reason_sealed": "text"}
        key = "case.key"

    def __str__(self) -> str:
        return f"{self.case_id}/{self.round}"

    @classmethod
    def ask(
        cls,
        case: "Case",
        *,
        items: Sequence[Mapping[str, str]],
        answer_by: datetime,
        by: "Account",
        at: datetime,
        reason: str = "",
    ) -> "Correction":
        """Write what is wrong, all at once, and for what `reason` a leader asks again.

        Raises: CorrectionNamesNothing, unless every item has a pointer and a message.
        """
        errors = cls._wrong(items)
        if errors:
            raise CorrectionNamesNothing(
                gettext("请逐项写明哪一处有问题、怎样改正，并且一次告知全部内容。"), errors=errors
            )
        asked = cls(case=case, round=cls.objects.filter(case=case).count() + 1, asked_by=by, asked_at=at)
        asked.answer_by = answer_by
        asked.set_personal("items", json.dumps([dict(item) for item in items], ensure_ascii=False))
        asked.set_personal("reason", reason)
        asked.save(force_insert=True)
        return asked

    @staticmethod
    def _wrong(items: Sequence[Mapping[str, str]]) -> list[FieldError]:
        if not items:
            return [FieldError("/items", "required", gettext("请至少写明一项。"))]
        said = {
            "pointer": gettext("第%(n)s项：请选择哪里有问题。"),
            "message": gettext("第%(n)s项：请写明哪里不对、怎样改。"),
        }
        return [
            FieldError(f"/items/{position}/{part}", "required", words % {"n": position + 1})
            for position, item in enumerate(items)
            for part, words in said.items()
            if not item.get(part, "").strip()
        ]

    @property
    def reason(self) -> str:
        """Why the applicant is asked again, in clear for those who may see the case."""
        return self.clear("reason")

    @property
    def items(self) -> list[dict[str, str]]:
        """What is wrong, in clear for those who may see the case."""
        opened: list[dict[str, str]] = json.loads(self.clear("items"))
        return opened


class Decision(Masked, models.Model):
    """The reasoned end of a case: a person's, or of rules named with their version. One at most is in force."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reasons_sealed = models.BinaryField()
    legal_basis = models.CharField(max_length=400)
    remedy = models.CharField(max_length=400, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    rules = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField()
    questioned_at = models.DateTimeField(null=True)
    overturned_at = models.DateTimeField(null=True)
    mending_sealed = models.BinaryField(null=True)
    overruling_sealed = models.BinaryField(null=True)
    review = models.CharField(max_length=8, choices=Review.choices, blank=True)
    review_reasons_sealed = models.BinaryField(null=True)
    review_basis = models.CharField(max_length=400, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decision_reviewed_whole",
                condition=Q(review="", review_basis="", reviewed_by__isnull=True, reviewed_at__isnull=True)
                | ~Q(review="") & ~Q(review_basis="") & Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_refusal_names_remedy", condition=~Q(outcome="REFUSED") | ~Q(remedy="")
            ),
            models.CheckConstraint(name="decision_names_legal_basis", condition=~Q(legal_basis="")),
            models.CheckConstraint(
                name="decision_by_a_person_or_by_rules",
                condition=Q(decided_by__isnull=False, rules="") | Q(decided_by__isnull=True) & ~Q(rules=""),
            ),
            models.CheckConstraint(
                name="decision_mended_only_where_rules_decided",
                condition=Q(questioned_at__isnull=True, overturned_at__isnull=True) | ~Q(rules=""),
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(overturned_at__isnull=True), name="decision_one_in_force"
            ),
        ]

    class Personal:
        fields = {
            "reasons_sealed": "text",
            "overruling_sealed": "text",
            "review_reasons_sealed": "text",
            "mending_sealed": "text",
        }
        key = "case.key"

    def __str__(self) -> str:
        return f"{self.case_id}: {self.outcome}"

    @classmethod
    def write(
        cls, case: "Case", *, outcome: str, reasons: str, legal_basis: str, by: "Account | str", at: datetime
    ) -> "Decision":
        """Write the decision with reasons, legal basis and what to do against it.

        `by` is who decided; rules are named by their words and version. Raises: ReasonMissing.
        """
        require_reasons(reasons, legal_basis)
        decision = cls(case=case, outcome=outcome, legal_basis=legal_basis, decided_at=at)
        if isinstance(by, str):
            decision.rules = by
        else:
            decision.decided_by = by
        decision.remedy = rules.REMEDY
        decision.set_personal("reasons", reasons)
        decision.save(force_insert=True)
        return decision

    def overrule(self, objectors: Sequence[str], *, reason: str) -> None:
        """Write down why it was granted although these departments did not agree. Raises: ReasonMissing."""
        if not reason.strip():
            words = gettext("%(names)s不同意。要准予，请写明不采纳其意见的理由。") % {"names": "、".join(objectors)}
            raise ReasonMissing(words, errors=[FieldError("/overruling", "required", gettext("请写明不采纳的理由。"))])
        self.set_personal("overruling", reason)
        self.save(update_fields=["overruling_sealed"])

    def review_as(self, review: Review, *, reasons: str, legal_basis: str, by: "Account", at: datetime) -> None:
        """Write down once whether the decision stands. Raises: ReasonMissing."""
        require_reasons(reasons, legal_basis)
        self.review, self.review_basis, self.reviewed_by, self.reviewed_at = review, legal_basis, by, at
        self.set_personal("review_reasons", reasons)
        self.save(force_update=True)

    def question(self, *, reasons: str, at: datetime) -> None:
        """Write down why a person holds that rules should not have granted it."""
        self.questioned_at = at
        self.set_personal("mending", reasons)
        self.save(force_update=True)

    def overturn(self, *, reasons: str, at: datetime) -> None:
        """Take the decision out of force; it stays to be read, with the reasons (none: it was only asked for)."""
        self.overturned_at = at
        self.set_personal("mending", reasons)
        self.save(force_update=True)

    @property
    def reasons(self) -> str:
        """The reasons, in clear for those who may see the case."""
        return self.clear("reasons")

    @property
    def mending(self) -> str:
        """Why a person mended what rules had decided, in clear for those who may see the case."""
        return self.clear("mending")

    @property
    def overruling(self) -> str:
        """Why a department's objection was not followed, in clear for those who hold the case."""
        return self.clear("overruling")

    @property
    def review_reasons(self) -> str:
        """Why the decision stands or was revoked, in clear for those who may see the case."""
        return self.clear("review_reasons")


def require_reasons(reasons: str, legal_basis: str) -> None:
    """Refuse what is not reasoned. Raises: ReasonMissing."""
    wanted = (
        ("/reasons", reasons, gettext("请写明理由。")),
        ("/legal_basis", legal_basis, gettext("请写明法律依据。")),
    )
    wrong = [FieldError(pointer, "required", words) for pointer, value, words in wanted if not value.strip()]
    if wrong:
        raise ReasonMissing(gettext("决定必须写明理由和法律依据。"), errors=wrong)


class Extension(models.Model):
    """One request for more time, asked by a handler and approved by a leader."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    legal_basis = models.CharField(max_length=200)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=300, blank=True)
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="extension_refused_with_reason_by_and_at",
                condition=Q(refusal="", refused_by__isnull=True, refused_at__isnull=True)
                | ~Q(refusal="") & Q(refused_by__isnull=False, refused_at__isnull=False, approved_at__isnull=True),
            ),
            models.CheckConstraint(
                name="extension_approved_by_and_at",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="extension_approved_by_another",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")),
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(approved_at__isnull=True, refused_at__isnull=True),
                name="extension_one_pending_per_case",
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.case_id} +{self.days}"

    @classmethod
    def ask(cls, case: "Case", *, days: int, reason: str, by: "Account", at: datetime) -> "Extension":
        """Ask for `days` working days more.

        Raises: ExtensionTooLong; ReasonMissing.
        """
        limit = rules.MAX_EXTENSION_WORKDAYS
        if not 1 <= days <= limit:
            words = gettext("延期天数应为1至%(n)s个工作日。") % {"n": limit}
            raise ExtensionTooLong(
                words, errors=[FieldError("/days", "range", gettext("请填写1至%(n)s。") % {"n": limit})]
            )
        if not reason.strip():
            words = gettext("请写明延期理由，理由会告知申请人。")
            raise ReasonMissing(words, errors=[FieldError("/reason", "required", gettext("请填写延期理由。"))])
        return cls.objects.create(
            case=case, days=days, reason=reason, legal_basis=rules.EXTENSION_BASIS, asked_by=by, asked_at=at
        )

    def approve(self, *, by: "Account", at: datetime) -> None:
        """Agree to the request."""
        self.approved_by, self.approved_at = by, at
        self.save(update_fields=["approved_by", "approved_at"])

    def refuse(self, *, reason: str, by: "Account", at: datetime) -> None:
        """Turn the request down. Raises: ReasonMissing."""
        if not reason.strip():
            words = gettext("请写明不批准延期的理由。")
            raise ReasonMissing(words, errors=[FieldError("/reason", "required", words)])
        self.refusal, self.refused_by, self.refused_at = reason, by, at
        self.save(update_fields=["refusal", "refused_by", "refused_at"])

    @property
    def is_pending(self) -> bool:
        """Whether nobody has answered the request yet."""
        return self.approved_at is None and self.refused_at is None
