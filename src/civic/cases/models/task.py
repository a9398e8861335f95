"""Task: one department's part of a case."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.cases import policies
from civic.cases.querysets import TaskQuerySet
from civic.cases.states import TASK_STEPS, Opinion, TaskState
from civic.core.errors import FieldError, Invalid, require
from civic.masking.subjects import Masked
from civic.workflow.models import Stateful

if TYPE_CHECKING:
    from civic.accounts.models import Account


class OpinionNeedsReason(Invalid):
    """A department that does not agree says why."""

    code = "opinion-needs-reason"


class Task(Masked, Stateful):
    """One department's part of a case; several may run side by side (并联审批)."""

    STEPS = TASK_STEPS
    ROOT = "case"

    case = models.ForeignKey("cases.Case", PROTECT, related_name="tasks", db_index=False)
    key = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("环节"), max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    department = models.ForeignKey("accounts.Department", PROTECT, related_name="tasks", db_index=False)
    after = models.JSONField(default=list)
    days = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.WAITING)
    act_by = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=10, choices=Opinion.choices, blank=True)
    note_sealed = models.BinaryField(null=True)
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+", db_index=False)
    completed_at = models.DateTimeField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="task_one_per_step"),
            models.CheckConstraint(
                name="task_done_by_at_with_opinion",
                condition=(~Q(state="DONE") & Q(opinion="", completed_by__isnull=True, completed_at__isnull=True))
                | (Q(state="DONE", completed_by__isnull=False, completed_at__isnull=False) & ~Q(opinion="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "act_by", "case"], condition=Q(state="OPEN"), name="task_open_at_department"
            )
        ]

    class Personal:
        fields = {"note_sealed": "text"}
        key = "case.key"

    def __str__(self) -> str:
        return self.name

    # Verbs

    def open(self, *, by: object, at: datetime, act_by: datetime) -> None:
        """Begin this part: the department finds it on its worklist."""
        with self.step("open", by=by, at=at, task=self.key):
            self.opened_at = at
            self.act_by = act_by

    def complete(self, *, opinion: str, note: str = "", by: "Account", at: datetime, seen: int | None = None) -> None:
        """Give the department's opinion; what waited for this part begins.

        Raises: OpinionNeedsReason, if the department does not agree and says nothing.
        """
        if opinion not in Opinion.values:
            raise OpinionNeedsReason(gettext("请选择同意或不同意。"))
        if opinion == Opinion.DISAGREE and not note.strip():
            words = gettext("不同意时请写明理由和依据，以便告知申请人。")
            raise OpinionNeedsReason(words, errors=[FieldError("/note", "required", words)])
        with transaction.atomic():
            with self.step("complete", by=by, at=at, seen=seen, task=self.key, opinion=opinion):
                require(policies.why_not_complete(by, self))
                self.opinion = opinion
                self.set_personal("note", note.strip())
                self.completed_by = by
                self.completed_at = at
            self.case.open_ready_tasks(by="flow", at=at)

    def cancel(self, *, by: object, at: datetime) -> None:
        """End this part without an opinion, because the case has ended."""
        with self.step("cancel", by=by, at=at, task=self.key):
            pass

    def revive(self, *, by: object, at: datetime) -> None:
        """Put this part back on the way, because the case goes on after all."""
        with self.step("revive", by=by, at=at, task=self.key):
            self.opened_at = self.act_by = None

    # Questions

    @property
    def note(self) -> str:
        """The department's words, in clear for those who hold the case."""
        return self.clear("note")

    def why_not_complete(self, user: "Account") -> str | None:
        return policies.why_not_complete(user, self)
