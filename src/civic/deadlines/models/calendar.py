"""CalendarYear: the official notice of one year, entered as data by an administrator; it overrides the package."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from time import monotonic

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from civic.audit.seal import Sealed, row_content, rows_content
from civic.audit.services import ledger_id, record
from civic.core.errors import FieldError, Invalid
from civic.core.jobs import enqueue
from civic.deadlines import official_year, published
from civic.deadlines.calendars import OFFICE_HOURS, Calendar, Day, DayKind, Notice
from civic.deadlines.official_year import OfficialDay

FRESH_FOR = 30.0  # seconds in which a process trusts its copy of the calendar


class CalendarYearQuerySet(models.QuerySet["CalendarYear"]):
    """Questions about, and the one way into, the entered years."""

    def enter(
        self, *, year: int, notice: Notice, published_on: date, days: Sequence[OfficialDay], by: object, at: datetime
    ) -> "CalendarYear":
        """Enter the official notice of `year`; from now on it decides, and running clocks are counted anew.

        Raises: Invalid, if the days contradict each other or the notice is not complete.
        """
        errors = official_year.check(days, year)
        if not (notice.title and notice.source):
            errors.append(official_year.LineError(0, _("请填写通知的标题和出处。")))
        if errors:
            raise Invalid(
                _("日历没有保存，请改正后再提交。"), errors=[FieldError("days", "day", str(e)) for e in errors]
            )
        with transaction.atomic():
            entered = self.create(
                year=year, title=notice.title, number=notice.number, source=notice.source,
                published_on=published_on, entered_by=ledger_id(by), entered_at=at,
            )  # fmt: skip
            CalendarDay.objects.bulk_create(
                CalendarDay(year=entered, on=day.on, kind=day.kind, name=day.name) for day in days
            )
            record(at=at, actor=by, step="deadlines.calendaryear.enter", subject=entered, detail={"year": str(year)})
            enqueue("civic.deadlines.tasks.recount_clocks", year=year)
            transaction.on_commit(forget_calendar)
        return entered

    def newest(self) -> "CalendarYearQuerySet":
        """The notice in force of each year: the one entered last."""
        return self.order_by("year", "-id").distinct("year")

    def for_list(self) -> "CalendarYearQuerySet":
        return self.annotate(days_named=models.Count("days")).order_by("-year", "-id")


class CalendarYear(Sealed):
    """The holidays and make-up days of one year, as its official notice sets them. A correction is a new one."""

    year = models.PositiveSmallIntegerField("年份")
    title = models.CharField("通知标题", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True)
    source = models.CharField("出处", max_length=300)
    published_on = models.DateField("发布日期")
    entered_by = models.CharField("录入人", max_length=80)
    entered_at = models.DateTimeField("录入时间")

    objects = CalendarYearQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="calendar_year_plausible", condition=models.Q(year__gte=1949) & models.Q(year__lte=2200)
            ),
            models.CheckConstraint(
                name="calendar_year_has_title_and_source", condition=~models.Q(title="") & ~models.Q(source="")
            ),
        ]
        indexes = [models.Index(fields=["year", "-id"], name="calendar_year_newest")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.year}年工作日历"

    def sealed_content(self) -> dict[str, object]:
        return {**row_content(self), "days": rows_content(self.days.all())}

    @classmethod
    def sealed_rows(cls) -> "models.QuerySet[CalendarYear]":
        return cls.objects.prefetch_related("days")

    def notice(self) -> Notice:
        """Return the notice as explanations cite it."""
        return Notice(self.title, self.number, self.source)


class CalendarDay(models.Model):
    """One day that the notice of a year names; written with its year, never changed."""

    year = models.ForeignKey(CalendarYear, on_delete=models.PROTECT, related_name="days")
    on = models.DateField("日期")
    kind = models.CharField("安排", max_length=9, choices=[(kind.value, kind.value) for kind in DayKind])
    name = models.CharField("名称", max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="calendar_day_once_a_year", fields=["year", "on"])]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.on} {self.kind}"


def published_calendar(*, fresh: bool = False) -> Calendar:
    """Return the calendar in force, from this process's memory; `fresh` asks the database at once.

    A process notices a year entered elsewhere within FRESH_FOR seconds; a question about an unknown year asks at once.
    """
    if fresh or monotonic() >= _memory.good_until:
        _memory.look()
    return _memory.calendar


def forget_calendar() -> None:
    """Make the next question about the calendar ask the database."""
    _memory.good_until = 0.0


class _Memory:
    """This process's copy of the calendar."""

    def __init__(self) -> None:
        self.good_until = 0.0
        self.known: tuple[int, ...] | None = None
        self.calendar = Calendar([], {})

    def look(self) -> None:
        """Build the calendar anew if the entered years are no longer the ones known."""
        newest = list(CalendarYear.objects.newest())
        known = tuple(entered.pk for entered in newest)
        if known != self.known:
            self.calendar, self.known = _combined(newest), known
        self.good_until = monotonic() + FRESH_FOR


_memory = _Memory()


@lru_cache(maxsize=1)
def _package_days() -> dict[date, Day]:
    return published.exceptions()


def _combined(entered: Sequence[CalendarYear]) -> Calendar:
    """Return the package's years, each replaced by the entered notice of that year where there is one."""
    replaced = {year.year for year in entered}
    days = {on: day for on, day in _package_days().items() if on.year not in replaced}
    for year in entered:
        notice = year.notice()
        days |= {day.on: Day(DayKind(day.kind), _day_name(day), notice) for day in year.days.all()}
    return Calendar(sorted({*published.YEARS, *replaced}), days, getattr(settings, "OFFICE_HOURS", OFFICE_HOURS))


def _day_name(day: CalendarDay) -> str:
    return day.name or ("" if day.kind == DayKind.OFF else "调休上班")
