"""Onward: one department that has to know of a decision, told once however often it is tried."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import PROTECT, Q

from civic.audit.services import record
from civic.core.errors import require
from civic.core.jobs import enqueue
from civic.instant import policies
from civic.instant.querysets import OnwardQuerySet
from civic.instant.states import ONWARD_STEPS, OnwardState
from civic.workflow.models import Stateful

if TYPE_CHECKING:
    from civic.accounts.models import Account, Department
    from civic.cases.models import Case


class OnwardManager(models.Manager.from_queryset(OnwardQuerySet)):  # type: ignore[misc]
    """Plans what follows a decision."""

    def plan(
        self,
        case: "Case",
        steps: Sequence[Mapping[str, Any]],
        departments: Mapping[str, "Department"],
        *,
        at: datetime,
    ) -> "list[Onward]":
        """Note who has to know of the case, once; return what is new."""
        with transaction.atomic():
            known = set(self.filter(case=case).values_list("notice", flat=True))
            made = []
            for position, step in enumerate(steps):
                if step["notice"] in known:
                    continue
                onward = Onward(case=case, position=position, notice=step["notice"], planned_at=at)
                onward.department = departments[step["notice"].partition(".")[0]]
                onward.name, onward.name_en = step["name"], step.get("name_en", "")
                onward.after = list(step.get("after", []))
                onward.save(force_insert=True)
                record(at=at, actor="rules", step="instant.onward.plan", subject=onward)
                made.append(onward)
        return made


class Onward(Stateful):
    """What one department does because a case was granted (联办): a vaccination book, an insurance, a card.

    The key under which it is told is the same however often it is tried, so that nothing is done twice.
    """

    STEPS = ONWARD_STEPS

    case = models.ForeignKey("cases.Case", PROTECT, related_name="onwards")
    position = models.PositiveSmallIntegerField()
    notice = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    department = models.ForeignKey("accounts.Department", PROTECT, related_name="+")
    after = models.JSONField(default=list)
    state = models.CharField("状态", max_length=10, choices=OnwardState.choices, default=OnwardState.PLANNED)
    planned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects: ClassVar[OnwardManager] = OnwardManager()

    class Meta:
        verbose_name = "联办事项"
        constraints = [
            models.UniqueConstraint(fields=["case", "notice"], name="onward_once_per_case"),
            models.CheckConstraint(
                name="onward_ended_at_when_ended",
                condition=Q(state="PLANNED", ended_at__isnull=True) | ~Q(state="PLANNED") & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="onward_done_has_reference", condition=~Q(state__in=["DONE", "WITHDRAWN"]) | ~Q(reference="")
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.case_id} {self.notice}: {self.state}"

    # Verbs

    def complete(self, *, reference: str, at: datetime) -> None:
        """Note the department's own number for what it has done."""
        with self.step("complete", by="rules", at=at, notice=self.notice):
            self.reference, self.ended_at, self.reason = reference[:60], at, ""

    def turn_down(self, *, reason: str, at: datetime) -> None:
        """Note that the department did not do it, with its reason; a person looks after it."""
        with self.step("turn_down", by="rules", at=at, notice=self.notice):
            self.reason, self.ended_at = reason[:200], at

    def drop(self, *, at: datetime) -> None:
        """Give up what is not done yet, because the case was taken back or what it rests on was turned down."""
        with self.step("drop", by="rules", at=at, notice=self.notice):
            self.ended_at = at

    def take_up(self, *, by: "Account", at: datetime) -> None:
        """Try again what was turned down."""
        with self.step("take_up", by=by, at=at, notice=self.notice):
            require(policies.why_not_take_up(by, self))
            self.ended_at, self.reason = None, ""
            enqueue("civic.instant.tasks.tell", onward=self.pk)

    def withdraw(self, *, at: datetime) -> None:
        """Note that the department has undone it."""
        with self.step("withdraw", by="rules", at=at, notice=self.notice):
            self.ended_at = at

    # Questions

    def why_not_take_up(self, user: "Account") -> str | None:
        return policies.why_not_take_up(user, self)

    @property
    def key(self) -> str:
        """The key under which the department is told, the same for every try."""
        return f"{self.case.number}-{self.notice}"
