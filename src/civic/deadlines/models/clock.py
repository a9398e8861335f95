"""Clock: one running time limit, a ledger of intervals over the published calendar."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.audit.seal import Sealed, row_content, rows_content
from civic.audit.services import ledger_id, record
from civic.core.errors import Conflict, Invalid, require
from civic.deadlines import policies, rules
from civic.deadlines.calendars import CalendarMissing
from civic.deadlines.countdown import Countdown, Light, count_down
from civic.deadlines.measures import Unit
from civic.deadlines.models import reckoning
from civic.deadlines.models.calendar import published_calendar
from civic.deadlines.models.interval import Interval
from civic.deadlines.models.rung import Fired
from civic.deadlines.querysets import ClockQuerySet
from civic.deadlines.states import RUNNING, STEPS, STOPPED, SUSPENDED, ClockState, Reason
from civic.workflow.models import Stateful

SECOND = timedelta(seconds=1)


class Terms(TypedDict, total=False):
    """What the law may add to a limit: a last day that rolls on, and how often it may be extended (once)."""

    rolls: bool
    most_extensions: int


class Clocks(ClockQuerySet):
    """The questions about clocks, and the way to start one."""

    def start(
        self,
        *,
        subject: Sealed | str,
        kind: str,
        budget: Decimal | int,
        unit: str = Unit.WORKDAY,
        by: object,
        at: datetime,
        **terms: Unpack[Terms],
    ) -> "Clock":
        """Start a clock for `subject` (a sealed noun or its ledger id) and record it.

        Raises: CalendarMissing, if the limit runs into an unpublished year; Conflict, if one of this kind is open.
        """
        values = clock_values(subject=subject, kind=kind, budget=budget, unit=unit, by=by, at=at, **terms)
        with transaction.atomic():
            if self.filter(subject=values["subject"], kind=kind).open().select_for_update().exists():
                raise Conflict(gettext("这项时限已在计时，不能重复开始。"))
            clock: Clock = self.create(**values)
            record(at=at, actor=by, step="deadlines.clock.start", subject=clock, detail={"of": clock.subject})
        return clock

    def start_in_any_year(
        self, *, subject: Sealed | str, kind: str, budget: Decimal | int, by: object, at: datetime, **more: Any
    ) -> "Clock":
        """Start a clock as `start` does, also where it runs into a year whose working days are not published yet.

        There the time is counted in natural days, two for one, which over New Year is never less: the end of a year
        does not keep the city from asking and answering.
        """
        try:
            with transaction.atomic():
                return self.start(subject=subject, kind=kind, budget=budget, by=by, at=at, **more)
        except CalendarMissing:
            more["unit"] = Unit.NATURAL_DAY
            return self.start(subject=subject, kind=kind, budget=2 * budget, by=by, at=at, **more)

    def stop_open(self, subject: Sealed, *kinds: str, by: object, at: datetime) -> None:
        """Stop the open clocks of a noun: those of `kinds`, or all of them."""
        found = self.of(subject.ledger_id()).open()
        for clock in found.filter(kind__in=kinds) if kinds else found:
            clock.stop(by=by, at=at)


class Clock(Stateful):
    """One time limit of one noun: the noun's ledger id, what the limit is for, its unit and budget, when it ends.

    `due_at` is None while a suspension leaves the end open. `warn_at` is when a quarter or less is left. `runs_from`
    is the start or the last resumption, `left` what a suspension has left, `extra` what extensions have added.
    """

    class UnitChoice(models.TextChoices):
        WORKDAY = Unit.WORKDAY.value, _("工作日")
        HALF_DAY = Unit.HALF_DAY.value, _("半天")
        NATURAL_DAY = Unit.NATURAL_DAY.value, _("自然日")
        OFFICE_HOUR = Unit.OFFICE_HOUR.value, _("工作小时")
        CLOCK_HOUR = Unit.CLOCK_HOUR.value, _("小时")

    STEPS = STEPS

    subject = models.CharField("计时对象", max_length=120)
    kind = models.CharField("时限种类", max_length=40)
    unit = models.CharField("单位", max_length=12, choices=UnitChoice.choices)
    budget = models.DecimalField("时限", max_digits=8, decimal_places=2)
    rolls = models.BooleanField("末日顺延", default=False)
    most_extensions = models.PositiveSmallIntegerField("最多延长次数", default=1)
    state = models.CharField("状态", max_length=9, choices=ClockState.choices, default=ClockState.RUNNING)
    started_at = models.DateTimeField("开始时间")
    started_by = models.CharField("开始人", max_length=80)
    runs_from = models.DateTimeField("本段起算时间")
    extra = models.DecimalField("延长", max_digits=8, decimal_places=2, default=0)
    left = models.DecimalField("暂停时剩余", max_digits=12, decimal_places=4, null=True, blank=True)
    due_at = models.DateTimeField("到期时间", null=True, blank=True)
    warn_at = models.DateTimeField("预警时间", null=True, blank=True)
    next_rung_at = models.DateTimeField("下一级时间", null=True, blank=True)
    stopped_at = models.DateTimeField("停止时间", null=True, blank=True)

    objects = Clocks.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="clock_one_open_a_subject_and_kind", fields=["subject", "kind"], condition=~Q(state=STOPPED)
            ),
            models.CheckConstraint(
                name="clock_budget_above_zero",
                condition=Q(budget__gt=0) | Q(budget=0, unit=Unit.NATURAL_DAY.value, rolls=True),
            ),
            models.CheckConstraint(name="clock_running_has_due", condition=~Q(state=RUNNING) | Q(due_at__isnull=False)),
            models.CheckConstraint(
                name="clock_suspended_has_left", condition=~Q(state=SUSPENDED) | Q(left__isnull=False)
            ),
            models.CheckConstraint(
                name="clock_stopped_has_time",
                condition=Q(state=STOPPED, stopped_at__isnull=False) | (~Q(state=STOPPED) & Q(stopped_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["next_rung_at"], name="clock_next_rung", condition=Q(state=RUNNING)),
            models.Index(fields=["due_at"], name="clock_due", condition=Q(state=RUNNING)),
            models.Index(fields=["subject"], name="clock_subject"),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"时限{self.pk}"

    # Verbs

    def suspend(self, *, reason: str, basis: str, by: object, at: datetime) -> None:
        """Stop counting for `reason` (a code of states.Reason) on legal basis `basis`."""
        if reason not in Reason.values:
            raise Invalid(
                gettext("“%(reason)s”不是暂停计时的事由，可选：%(known)s。")
                % {"reason": reason, "known": "、".join(Reason.values)}
            )
        if not basis.strip():
            raise Invalid(gettext("暂停计时必须写明法律依据。"))
        with self.step("suspend", by=by, at=at, reason=reason):
            Interval.objects.create(
                clock=self, kind=Interval.Kind.SUSPENSION, begins_at=self._not_before(at),
                reason=reason, basis=basis, by=ledger_id(by),
            )  # fmt: skip
            self._recount()

    def resume(self, *, by: object, at: datetime) -> None:
        """Count on; the day of resumption itself is not counted."""
        with self.step("resume", by=by, at=at):
            pause = self.intervals.get(kind=Interval.Kind.SUSPENSION, ends_at=None)
            pause.ends_at = self._not_before(at)
            pause.save(update_fields=["ends_at"])
            self._recount()

    def extend(self, *, units: Decimal | int, basis: str, by: object, approver: object, at: datetime) -> None:
        """Add `units` to the budget: asked for by `by`, approved by another, at most `most_extensions` times."""
        with self.step("extend", by=approver, at=at, units=str(units), asked_by=ledger_id(by)):
            nth = 1 + self.intervals.filter(kind=Interval.Kind.EXTENSION).count()
            require(policies.why_not_extend(ledger_id(approver), asker=ledger_id(by)))
            if self.is_overdue(at=at):
                raise Conflict(gettext("时限已经届满，不能再延长；延长应当在到期之前批准。"))
            if nth > self.most_extensions:
                raise Conflict(gettext("这个时限最多延长%(n)s次，已经用完。") % {"n": self.most_extensions})
            Interval.objects.create(
                clock=self, kind=Interval.Kind.EXTENSION, begins_at=self._not_before(at), ends_at=self._not_before(at),
                units=reckoning.checked_budget(self.unit, units), nth=nth, basis=basis,
                by=ledger_id(by), approver=ledger_id(approver),
            )  # fmt: skip
            self._recount()

    def stop(self, *, by: object, at: datetime) -> None:
        """End the clock: its duty is done."""
        with self.step("stop", by=by, at=at):
            self.stopped_at = self._not_before(at)
            self.next_rung_at = None

    def ring(self, *, rung: str, at: datetime) -> None:
        """Note in the ledger that a rung was passed, and set the time of the next."""
        with self.step("ring", by="timer", at=at, rung=rung):
            self._recount()

    def recount(self, *, by: object, at: datetime) -> None:
        """Count anew after the calendar or the rungs have changed."""
        with self.step("recount", by=by, at=at):
            self._recount()

    # Questions

    def is_overdue(self, *, at: datetime) -> bool:
        """Whether the limit is over at `at` (or was when the clock stopped); 23:59:59 is still in time."""
        return self.due_at is not None and min(at, self.stopped_at or at) >= self.due_at + SECOND

    def light(self, *, at: datetime) -> Light:
        """Return green, yellow (a quarter or less left, or the last day), red (overdue), paused or done."""
        if self.is_overdue(at=at):
            return Light.RED
        if self.state == STOPPED:
            return Light.DONE
        if self.state == SUSPENDED:
            return Light.PAUSED
        return Light.YELLOW if self.warn_at is not None and at >= self.warn_at + SECOND else Light.GREEN

    def countdown(self, *, at: datetime) -> Countdown:
        """Return what is left at `at`, or by how much the limit is passed; needs no query."""
        return count_down(self, published_calendar(), at)

    def ledger(self) -> list[rules.Event]:
        """Return the events of this clock in order; everything else follows from them."""
        events: list[rules.Event] = [self._start_event()]
        for interval in sorted(self.intervals.all(), key=lambda row: row.pk):
            events += interval.events(self.most_extensions)
        events.sort(key=lambda event: event.at)
        return [*events, rules.Stop(self.stopped_at)] if self.stopped_at else events

    def due_as_of(self, *, at: datetime) -> datetime | None:
        """Return when the limit was to end as things stood at `at`; None while a suspension left it open."""
        known = [event for event in self.ledger() if event.at <= at]
        return reckoning.over_calendar(lambda calendar: rules.due_at(calendar, known)) if known else None

    def explain(self, *, at: datetime) -> list[rules.Line]:
        """Return the limit day by day, each with what made it count or not."""
        return reckoning.over_calendar(lambda calendar: rules.explain(calendar, self.ledger(), at))

    def is_drifted(self) -> bool:
        """Whether the stored columns are no longer what ledger, calendar and rungs come to."""
        values = reckoning.columns(rules.replay(self.ledger()))
        values["next_rung_at"] = min((when for _, when in self._rungs()), default=None)
        return any(getattr(self, name) != value for name, value in values.items())

    def due_rungs(self, *, at: datetime) -> list[str]:
        """Return the rungs that are passed at `at` and have not fired, in order."""
        return [key for key, when in self._rungs() if when <= at]

    def ladder(self) -> list[tuple[str, datetime]]:
        """Return every rung of this clock's kind with the time at which it is passed, in order, fired or not."""
        return list(reckoning.ladder(rules.replay(self.ledger()), self.kind))

    def sealed_content(self) -> dict[str, object]:
        """Return what the seal covers: the clock, its intervals and the rungs that have fired."""
        is_new = self._state.adding  # nothing can hang on a clock that is not stored yet, so nobody has to ask
        return {
            **row_content(self),
            "intervals": [] if is_new else rows_content(self.intervals.all()),
            "fired": [] if is_new else rows_content(self.fired.all()),
        }

    @classmethod
    def sealed_rows(cls) -> "models.QuerySet[Clock]":
        return cls.objects.prefetch_related("intervals", "fired")

    # Inside

    def _start_event(self) -> rules.Start:
        return rules.Start(self.started_at, Unit(self.unit), self.budget, self.rolls)

    def _not_before(self, at: datetime) -> datetime:
        """Return `at`, or the last event's time where another machine's clock runs ahead: a ledger never turns back."""
        ends = [moment for row in self.intervals.all() for moment in (row.begins_at, row.ends_at) if moment]
        return max([at, self.started_at, *ends])

    def _recount(self) -> None:
        """Set every column that follows from the ledger."""
        for name, value in reckoning.columns(rules.replay(self.ledger())).items():
            setattr(self, name, value)
        self.next_rung_at = min((when for _, when in self._rungs()), default=None)

    def _rungs(self) -> list[tuple[str, datetime]]:
        fired = set(Fired.objects.filter(clock=self).values_list("rung", flat=True))
        ladder = reckoning.ladder(rules.replay(self.ledger()), self.kind)
        return [(key, when) for key, when in ladder if key not in fired]


def clock_values(
    *,
    subject: Sealed | str,
    kind: str,
    budget: Decimal | int,
    unit: str,
    by: object,
    at: datetime,
    **terms: Unpack[Terms],
) -> dict[str, Any]:
    """Return the column values of a clock that starts at `at`, for Clock(**values) or a hand-written insert.

    Columns that are not named here have their model's default; `state` is RUNNING. Writes and records nothing.
    """
    amount = reckoning.checked_budget(unit, budget, rolls=terms.get("rolls", False))
    course = rules.Course(rules.Start(at, Unit(unit), amount, terms.get("rolls", False)), total=amount)
    ladder = reckoning.ladder(course, kind)
    return {
        "subject": ledger_id(subject),
        "kind": kind,
        "unit": unit,
        "budget": amount,
        "rolls": course.start.rolls,
        "most_extensions": terms.get("most_extensions", 1),
        "started_at": at,
        "started_by": ledger_id(by),
        **reckoning.columns(course),
        "next_rung_at": min((when for _, when in ladder), default=None),
    }
