"""Complaint: somebody says that their matter is handled badly; another unit than that one looks into it (投诉)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.audit.services import record
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.jobs import enqueue
from civic.core.said import said
from civic.masking.models import SubjectKey
from civic.masking.subjects import Masked
from civic.supervision import policies
from civic.supervision.models.matter import Matter, start_clock, stop_clocks
from civic.supervision.querysets import ComplaintQuerySet
from civic.supervision.states import COMPLAINT, COMPLAINT_STEPS, ComplaintState, Topic
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL


class ComplainedAlready(Conflict):
    """The same complaint is being looked into."""

    code = "complained-already"


class ComplaintManager(models.Manager.from_queryset(ComplaintQuerySet)):  # type: ignore[misc]
    """Takes complaints in."""

    def lodge(
        self, *, about: Department, topic: str, words: str, matter: Mapping[str, Any], by: Account, at: datetime
    ) -> "Complaint":
        """Complain about how `about` handles a matter (subject, number, label); three working days start to run.

        Raises: Invalid, naming the field; ComplainedAlready.
        """
        if topic not in Topic.values:
            wrong = _("请从列表中选择。")
            raise Invalid(wrong, errors=[FieldError("topic", "enum", wrong)])
        text = said("words", words)
        checker = Department.objects.filter(code=settings.COMPLAINT_UNIT).exclude(pk=about.pk).first()
        with transaction.atomic():
            key = by.person.key if by.person else SubjectKey.objects.create_key()
            made = Complaint(about=about, unit=checker, topic=topic, by=by, key=key, lodged_at=at, **matter)
            made.set_personal("words", text)
            if self.filter(subject=made.subject, by=by, state=ComplaintState.LODGED).select_for_update().exists():
                raise ComplainedAlready(_("您对这件事的投诉正在核查，请等待结果。"))
            made.save(force_insert=True)
            made.answer_by = start_clock(made, COMPLAINT, by=by, at=at)
            made.save(update_fields=["answer_by"])
            record(at=at, actor=by, step="supervision.complaint.lodge", subject=made, detail={"of": made.subject})
        return made


class Complaint(Masked, Matter, Stateful):
    """What somebody complains of, whom it is about, who looks into it, and what was found."""

    STEPS = COMPLAINT_STEPS

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    about = models.ForeignKey(Department, PROTECT, related_name="+", verbose_name=gettext_lazy("被投诉单位"))
    unit = models.ForeignKey(Department, PROTECT, null=True, related_name="+", verbose_name=gettext_lazy("核查单位"))
    topic = models.CharField(gettext_lazy("投诉事由"), max_length=12, choices=Topic.choices)
    key = models.ForeignKey(SubjectKey, PROTECT, related_name="+", db_index=False)
    words_sealed = models.BinaryField(gettext_lazy("投诉内容"))
    by = models.ForeignKey(STAFF, PROTECT, related_name="+")
    state = models.CharField(
        gettext_lazy("状态"), max_length=10, choices=ComplaintState.choices, default=ComplaintState.LODGED
    )
    lodged_at = models.DateTimeField(gettext_lazy("投诉时间"))
    answer_by = models.DateTimeField(gettext_lazy("答复期限"), null=True)
    finding_sealed = models.BinaryField(gettext_lazy("核查结论"), null=True)
    decided_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(gettext_lazy("答复时间"), null=True)

    objects: ClassVar[ComplaintManager] = ComplaintManager()

    class Meta:
        verbose_name = gettext_lazy("投诉")
        constraints = [
            models.CheckConstraint(
                name="complaint_checked_by_another_unit", condition=Q(unit=None) | ~Q(unit=F("about"))
            ),
            models.UniqueConstraint(
                fields=["subject", "by"], condition=Q(state="LODGED"), name="complaint_one_open_a_person"
            ),
        ]
        indexes = [models.Index(fields=["unit", "answer_by"], name="complaint_at_unit")]

    class Personal:
        fields = {"words_sealed": "text", "finding_sealed": "text"}

    def __str__(self) -> str:
        return _("投诉%(pk)s") % {"pk": self.pk}

    # Verbs

    def assign(self, *, unit: Department, by: Account, at: datetime, seen: int | None = None) -> None:
        """Have a unit look into it, never the one complained of."""
        with self.step("assign", by=by, at=at, seen=seen):
            require(policies.why_not_assign(by, self, unit))
            self.unit = unit

    def uphold(self, *, finding: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """It is true; the finding says what is put right and how."""
        with self.step("uphold", by=by, at=at, seen=seen):
            self._decide(finding, by=by, at=at)

    def reject(self, *, finding: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """It is not; the finding says why."""
        with self.step("reject", by=by, at=at, seen=seen):
            self._decide(finding, by=by, at=at)

    def withdraw(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Whoever complained takes it back."""
        with self.step("withdraw", by=by, at=at, seen=seen):
            require(policies.why_not_withdraw(by, self))
            stop_clocks(self, by=by, at=at)

    def why_not(self, step: str, user: Account) -> str | None:
        """Why this person cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return _("这件投诉现在是「%(state)s」状态。") % {"state": self.get_state_display()}
        if step == "withdraw":
            return policies.why_not_withdraw(user, self)
        return policies.why_not_decide(user, self) if step in ("uphold", "reject") else policies.not_supervisor(user)

    def _decide(self, finding: str, *, by: Account, at: datetime) -> None:
        require(policies.why_not_decide(by, self))
        self.set_personal("finding", said("finding", finding))
        self.decided_by, self.decided_at = by, at
        stop_clocks(self, by=by, at=at)
        enqueue("civic.supervision.tasks.tell_complainant", complaint=self.pk)
