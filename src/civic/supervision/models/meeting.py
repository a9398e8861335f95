"""Meeting: units sit together over what none of them settles alone; its decisions are tasks with a day (联席会议)."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.errors import require
from civic.core.said import said
from civic.supervision import policies
from civic.supervision.models.matter import Matter, start_clock, stop_clocks
from civic.supervision.querysets import AssignmentQuerySet, ItemQuerySet, MeetingQuerySet
from civic.supervision.states import ASSIGNMENT, ASSIGNMENT_STEPS, MEETING_STEPS, AssignmentState, MeetingState
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL


class MeetingManager(models.Manager.from_queryset(MeetingQuerySet)):  # type: ignore[misc]
    """Calls meetings."""

    def plan(self, *, title: str, on: datetime, by: Account, at: datetime) -> "Meeting":
        """Call a meeting for `on`."""
        require(policies.not_supervisor(by))
        made = Meeting(title=said("title", title, most=120), on=on, called_by=by, called_at=at)
        with transaction.atomic():
            made.save(force_insert=True)
            record(at=at, actor=by, step="supervision.meeting.plan", subject=made)
        return made


class Meeting(Stateful):
    """A joint meeting: when, over which matters, and what was decided."""

    STEPS = MEETING_STEPS

    title = models.CharField(gettext_lazy("会议名称"), max_length=120)
    on = models.DateTimeField(gettext_lazy("召开时间"))
    state = models.CharField(
        gettext_lazy("状态"), max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED
    )
    called_by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    called_at = models.DateTimeField(gettext_lazy("发起时间"))
    minutes = models.TextField(gettext_lazy("会议纪要"), blank=True)
    held_at = models.DateTimeField(gettext_lazy("结束时间"), null=True)

    objects: ClassVar[MeetingManager] = MeetingManager()

    class Meta:
        verbose_name = gettext_lazy("联席会议")
        indexes = [models.Index(fields=["-on"], name="meeting_newest")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.title

    # Verbs

    def add(self, *, matter: dict[str, str], words: str, by: object, at: datetime) -> "Item":
        """Put a matter (subject, number, label) on the agenda, once."""
        if isinstance(by, Account):
            require(policies.not_supervisor(by))
        with transaction.atomic():
            item, fresh = Item.objects.get_or_create(
                meeting=self, subject=matter["subject"], defaults={**matter, "words": words[:500], "added_at": at}
            )
            if fresh:
                record(at=at, actor=by, step="supervision.item.add", subject=item, detail={"of": item.subject})
        return item

    def hold(self, *, minutes: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """Note what was said; decisions follow as assignments."""
        with self.step("hold", by=by, at=at, seen=seen):
            require(policies.not_supervisor(by))
            self.minutes, self.held_at = said("minutes", minutes, most=4000), at

    def cancel(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Call it off."""
        with self.step("cancel", by=by, at=at, seen=seen):
            require(policies.not_supervisor(by))


class Item(Matter, Sealed):
    """One matter on the agenda, and why it is stuck."""

    meeting = models.ForeignKey(Meeting, PROTECT, related_name="items")
    words = models.CharField(gettext_lazy("卡在哪里"), max_length=500)
    added_at = models.DateTimeField(gettext_lazy("列入时间"))

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("议题")
        constraints = [models.UniqueConstraint(fields=["meeting", "subject"], name="item_once_a_meeting")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.number

    def decide(self, *, unit: Department, words: str, by: Account, at: datetime) -> "Assignment":
        """Have `unit` do something about it, by a day."""
        require(policies.not_supervisor(by))
        made = Assignment(item=self, unit=unit, words=said("words", words), given_at=at)
        with transaction.atomic():
            made.save(force_insert=True)
            made.due_at = start_clock(made, ASSIGNMENT, by=by, at=at)
            made.save(update_fields=["due_at"])
            record(at=at, actor=by, step="supervision.assignment.give", subject=made, detail={"of": self.subject})
        return made


class Assignment(Stateful):
    """What a meeting has decided, at the unit that carries it out."""

    STEPS = ASSIGNMENT_STEPS

    item = models.ForeignKey(Item, PROTECT, related_name="assignments")
    unit = models.ForeignKey(Department, PROTECT, related_name="+", verbose_name=gettext_lazy("责任单位"))
    words = models.TextField(gettext_lazy("会议决定"))
    state = models.CharField(
        gettext_lazy("状态"), max_length=10, choices=AssignmentState.choices, default=AssignmentState.OPEN
    )
    given_at = models.DateTimeField(gettext_lazy("下达时间"))
    due_at = models.DateTimeField(gettext_lazy("完成期限"), null=True)
    report = models.TextField(gettext_lazy("完成情况"), blank=True)
    finished_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    finished_at = models.DateTimeField(gettext_lazy("完成时间"), null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("会议决定")
        indexes = [models.Index(fields=["unit", "due_at"], name="assignment_of_unit")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return _("会议决定%(pk)s") % {"pk": self.pk}

    # Verbs

    def finish(self, *, report: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The unit has done it."""
        with self.step("finish", by=by, at=at, seen=seen):
            require(policies.not_of_unit(by, self.unit_id))
            self.report, self.finished_by, self.finished_at = said("report", report), by, at
            stop_clocks(self, by=by, at=at)

    def confirm(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """A supervisor has seen that it is done."""
        with self.step("confirm", by=by, at=at, seen=seen):
            require(policies.not_supervisor(by))

    def reopen(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """It is not done yet: the time runs again."""
        with self.step("reopen", by=by, at=at, seen=seen):
            require(policies.not_supervisor(by))
            self.finished_by = self.finished_at = None
            self.due_at = start_clock(self, ASSIGNMENT, by=by, at=at)
