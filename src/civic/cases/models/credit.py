"""CreditMark: a false commitment stands on somebody's record until it is repaired or has grown old."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.audit.services import record
from civic.cases.querysets import CreditMarkQuerySet
from civic.cases.states import CREDIT_STEPS, CreditState
from civic.core.errors import NotAllowed, require
from civic.core.jobs import enqueue
from civic.core.said import said
from civic.deadlines.models import Clock
from civic.masking.subjects import Masked
from civic.workflow.models import Stateful

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.cases.models.case import Case

REPAIR = "credit.repair"  # the kind of the clock of a request for repair
LEAST = 10  # characters


class CreditMarks(models.Manager.from_queryset(CreditMarkQuerySet)):  # type: ignore[misc]
    """Marks false commitments."""

    def mark(self, case: "Case", *, by: "Account", at: datetime) -> "list[CreditMark]":
        """Mark every false commitment of a case whose decision was revoked for it, each once.

        Source: 国办发〔2020〕42号: false commitments are entered into the credit record, and who made one may not use
        commitments before it is repaired. How long a mark lasts without repair is the city's (CREDIT_MARK_DAYS).
        """
        marks = []
        with transaction.atomic():
            for made in case.false_commitments:
                rest = {
                    "person": case.person, "organisation": case.organisation, "key": case.key, "marked_by": by,
                    "marked_at": at, "until": at + timedelta(days=settings.CREDIT_MARK_DAYS),
                }  # fmt: skip
                mark, fresh = self.get_or_create(case=case, material=made.material, defaults=rest)
                if fresh:
                    record(at=at, actor=by, step="cases.creditmark.mark", subject=mark, detail={"of": case.ledger_id()})
                    marks.append(mark)
        return marks


class CreditMark(Masked, Stateful):
    """One false commitment of a person or a firm: they hand in proofs instead until it is repaired or `until` is over.

    Nobody sees it but the person and the officials whose task it is; it has no other effect.
    """

    STEPS = CREDIT_STEPS

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", PROTECT, related_name="credit_marks")
    material = models.CharField(_("材料"), max_length=60)
    person = models.ForeignKey("accounts.Person", PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", PROTECT, null=True, related_name="+")
    key = models.ForeignKey("masking.SubjectKey", PROTECT, related_name="+", db_index=False)
    state = models.CharField(_("状态"), max_length=10, choices=CreditState.choices, default=CreditState.MARKED)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, related_name="+", db_index=False)
    marked_at = models.DateTimeField(_("记录时间"))
    until = models.DateTimeField(_("最长到"))
    words_sealed = models.BinaryField(_("修复申请"), null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField(_("申请修复时间"), null=True)
    answer_sealed = models.BinaryField(_("修复答复"), null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    objects = CreditMarks()

    class Meta:
        verbose_name = _("承诺信用记录")
        constraints = [
            models.UniqueConstraint(fields=["case", "material"], name="credit_mark_once_a_commitment"),
            models.CheckConstraint(
                name="credit_mark_of_a_person_or_a_firm",
                condition=Q(person__isnull=False, organisation=None) | Q(person=None, organisation__isnull=False),
            ),
        ]

    class Personal:
        fields = {"words_sealed": "text", "answer_sealed": "text"}

    def __str__(self) -> str:
        return f"{self.case_id} {self.material}"

    # Verbs

    def ask_repair(self, *, words: str, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Say what was put right, and ask that the mark be lifted; an official has so many working days to answer."""
        with self.step("ask_repair", by=by, at=at, seen=seen):
            require(self.why_not("ask_repair", by))
            self.set_personal("words", said("words", words, least=LEAST))
            self.asked_by, self.asked_at, self.answered_by, self.answered_at = by, at, None, None
            Clock.objects.start_in_any_year(
                subject=self, kind=REPAIR, budget=settings.CASE_WORKDAYS[REPAIR], by=by, at=at
            )

    def repair(self, *, answer: str, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Lift the mark: it was put right."""
        with self.step("repair", by=by, at=at, seen=seen):
            self._answer(answer, by=by, at=at)

    def refuse_repair(self, *, answer: str, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Let the mark stand, with what is still missing; asking again is free."""
        with self.step("refuse_repair", by=by, at=at, seen=seen):
            self._answer(answer, by=by, at=at)

    def expire(self, *, by: object, at: datetime) -> None:
        """Its time is over: it has no effect any more."""
        with self.step("expire", by=by, at=at):
            if at < self.until:
                raise NotAllowed(gettext("还没有到期。"))
            Clock.objects.stop_open(self, by=by, at=at)

    # Questions

    @property
    def commitment(self) -> str:
        """The words that were found false."""
        found = self.case.commitments.filter(material=self.material).first()
        return found.text if found else ""

    def is_of(self, user: "Account") -> bool:
        """Whether the mark is the user's own or that of a firm they represent."""
        if user.person_id is None:
            return False
        represents = self.organisation is not None and self.organisation.representative_id == user.person_id
        return self.person_id == user.person_id or represents

    def why_not(self, step: str, user: "Account") -> str | None:
        """Why this person cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return gettext("这条记录现在是「%(state)s」状态。") % {"state": self.get_state_display()}
        if step == "ask_repair":
            return None if self.is_of(user) else gettext("只有本人可以申请修复。")
        if user.department_id != self.case.department_id or not user.has_any_role("unit_leader"):
            return gettext("只有作出决定的部门的负责人可以答复修复申请。")
        if user.pk == self.marked_by_id:
            return gettext("记录的人不能答复修复申请，请由另一位负责人答复。")
        return gettext("不能答复自己的申请。") if user.pk == self.asked_by_id else None

    # Inside

    def _answer(self, answer: str, *, by: "Account", at: datetime) -> None:
        require(self.why_not("repair", by))
        self.set_personal("answer", said("words", answer, least=LEAST))
        self.answered_by, self.answered_at = by, at
        Clock.objects.stop_open(self, by=by, at=at)
        enqueue("civic.cases.tasks.tell_credit", mark=self.pk)
