"""Surge: a topic grows unusually in a county; the unit whose duty it is acts before the flood (未诉先办)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.areas.models import Area
from civic.audit.services import record
from civic.core.errors import require
from civic.core.said import said
from civic.deadlines.models import Clock
from civic.hotline.models.lists import Category, Watch
from civic.hotline.policies import beside
from civic.hotline.querysets import SurgeQuerySet
from civic.hotline.states import SURGE, SURGE_OPEN, SURGE_STEPS, SurgeState
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL


@dataclass(frozen=True)
class Sign:
    """What was counted: how many people in the last stretch of days and in each before, newest last; tickets a day."""

    category: Category
    area: Area | None
    people: int
    before: Sequence[int]
    daily: Sequence[int]
    chance: float
    on: date


class SurgeManager(models.Manager.from_queryset(SurgeQuerySet)):  # type: ignore[misc]
    """Raises early warnings, one an episode."""

    def note(self, sign: Sign, *, watch: Watch, unit: Department, at: datetime) -> "tuple[Surge, bool]":
        """Raise a warning for `unit`, or note that one goes on; return it and whether it is new.

        An episode goes on until a topic has been quiet for one stretch of days. The class is held meanwhile (without
        keeping tickets from being taken in), so that workers who count at the same moment raise one.
        """
        with transaction.atomic():
            Category.objects.select_for_update(no_key=True).get(pk=sign.category.pk)
            last = self.of_series(sign.category.pk, sign.area.pk if sign.area else None).first()
            if last is not None and last.goes_on(sign.on):
                last.grow(sign, at=at)
                return last, False
            made = Surge(category=sign.category, area=sign.area, unit=unit, watch=watch, begun_on=sign.on, raised_at=at)
            made.count(sign, at=at)
            made.save(force_insert=True)
            made.due_at = Clock.objects.start_in_any_year(
                subject=made, kind=SURGE, budget=watch.workdays, by="timer", at=at
            ).due_at
            made.save(update_fields=["due_at"])
            record(at=at, actor="timer", step="hotline.surge.raise", subject=made)
        return made, True


class Surge(Stateful):
    """An early warning: of which topic in which county, on which numbers, at which unit, and what it did."""

    STEPS = SURGE_STEPS

    category = models.ForeignKey(Category, PROTECT, related_name="+", verbose_name=gettext_lazy("分类"))
    area = models.ForeignKey(Area, PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Department, PROTECT, related_name="+", db_index=False)
    watch = models.ForeignKey(Watch, PROTECT, related_name="+", db_index=False)
    state = models.CharField(gettext_lazy("状态"), max_length=9, choices=SurgeState.choices, default=SurgeState.RAISED)
    begun_on = models.DateField(gettext_lazy("开始日期"))
    seen_on = models.DateField(gettext_lazy("最近一次超出"))
    counted_at = models.DateTimeField(gettext_lazy("统计时间"))
    people = models.PositiveIntegerField(gettext_lazy("人数"))
    before = models.JSONField(gettext_lazy("此前各段人数"), default=list)
    daily = models.JSONField(gettext_lazy("每天件数"), default=list)
    chance = models.FloatField(gettext_lazy("偶然概率"))
    raised_at = models.DateTimeField(gettext_lazy("预警时间"))
    due_at = models.DateTimeField(gettext_lazy("处置期限"), null=True)
    taken_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    taken_at = models.DateTimeField(gettext_lazy("接单时间"), null=True)
    words = models.TextField(gettext_lazy("处置情况"), blank=True)
    ended_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(gettext_lazy("结束时间"), null=True)

    objects: ClassVar[SurgeManager] = SurgeManager()

    class Meta:
        verbose_name = gettext_lazy("未诉先办预警")
        constraints = [
            models.UniqueConstraint(
                fields=["category", "area", "begun_on"], nulls_distinct=False, name="surge_once_an_episode"
            ),
            models.UniqueConstraint(
                fields=["category", "area"], condition=Q(state__in=SURGE_OPEN), nulls_distinct=False,
                name="surge_one_open_a_topic_and_area",
            ),
            models.CheckConstraint(
                name="surge_ended_by_somebody_with_words",
                condition=Q(state__in=SURGE_OPEN, ended_at=None, ended_by=None)
                | (~Q(state__in=SURGE_OPEN) & Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(words="")),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["unit", "due_at"], name="surge_of_unit")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return _("预警%(pk)s") % {"pk": self.pk}

    # Verbs

    def grow(self, sign: Sign, *, at: datetime) -> None:
        """Note that it goes on, with the new numbers while somebody has to act on them; once a day after that."""
        if self.state not in SURGE_OPEN and self.seen_on >= sign.on:
            return
        with self.step("grow", by="timer", at=at):
            self.seen_on = max(self.seen_on, sign.on)
            if self.state in SURGE_OPEN:
                self.count(sign, at=at)

    def take(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """The unit looks into it."""
        with self.step("take", by=by, at=at, seen=seen):
            require(beside.why_not_surge("take", by, self))
            self.taken_by, self.taken_at = by, at

    def finish(self, *, words: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The unit has done something about it, and says what."""
        with self.step("finish", by=by, at=at, seen=seen):
            require(beside.why_not_surge("finish", by, self))
            self._end(words, by=by, at=at)

    def dismiss(self, *, words: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """There was nothing that a unit could do, for a reason."""
        with self.step("dismiss", by=by, at=at, seen=seen):
            require(beside.why_not_surge("dismiss", by, self))
            self._end(words, by=by, at=at)

    def count(self, sign: Sign, *, at: datetime) -> None:
        """Take the numbers over; stored by the verb that asked for them."""
        self.people, self.before, self.daily = sign.people, list(sign.before), list(sign.daily)
        self.chance, self.seen_on, self.counted_at = sign.chance, sign.on, at

    def _end(self, words: str, *, by: Account, at: datetime) -> None:
        self.words, self.ended_by, self.ended_at = said("words", words), by, at
        Clock.objects.stop_open(self, by=by, at=at)

    # Questions

    def goes_on(self, on: date) -> bool:
        """Whether what is unusual on this day is this episode: an open one, or seen within the last stretch of days."""
        return self.state in SURGE_OPEN or on - self.seen_on <= timedelta(days=self.watch.days)

    def why_not(self, step: str, user: Account) -> str | None:
        """Why this person cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return _("这条预警现在是「%(state)s」状态。") % {"state": self.get_state_display()}
        return beside.why_not_surge(step, user, self)

    @property
    def days(self) -> list[tuple[date, int]]:
        """Each day that was counted, with how many tickets came in."""
        first = self.seen_on - timedelta(days=len(self.daily) - 1)
        return [(first + timedelta(days=place), count) for place, count in enumerate(self.daily)]

    @property
    def mean_before(self) -> float:
        """How many people spoke of it in a stretch of days before, on average."""
        return sum(self.before) / len(self.before) if self.before else 0.0
