"""Sheet: what people have handed in on paper, entered by staff under the same rules and marked as such."""

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.audit.seal import Sealed
from civic.audit.services import ledger_id, record
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.said import said
from civic.participation import policies
from civic.participation.models.once import store_once
from civic.participation.models.phase import Phase

STAFF = settings.AUTH_USER_MODEL
MOST_LINES = 500


class EnteredAlready(Conflict):
    """This line of the sheet was entered before, or this entry is of another line."""

    code = "entered-already"


class NotInTime(Conflict):
    """What is on the paper was said before the window opened or after it closed."""

    code = "not-in-time"


class SheetManager(models.Manager["Sheet"]):
    """Takes sheets in."""

    def take(
        self, *, number: str, place: str, collected_on: date, lines: int, unit: Department, by: Account, at: datetime
    ) -> "Sheet":
        """Take in a sheet with `lines` lines that people filled in at `place`. Raises: Invalid, NotAllowed."""
        require(policies.why_not_enter(by, unit.pk))
        if not 0 < lines <= MOST_LINES or collected_on > localdate(at):
            wrong = _("行数应为1至%(n)s，收集日期不能晚于今天。") % {"n": MOST_LINES}
            raise Invalid(wrong, errors=[FieldError("lines", "range", wrong)])
        made = Sheet(
            number=said("number", number, least=1, most=40), place=said("collected_at", place, least=2, most=80),
            collected_on=collected_on, lines=lines, unit=unit, taken_by=by, taken_at=at,
        )  # fmt: skip
        with transaction.atomic():
            store_once(made, EnteredAlready(_("本单位已有编号为%(number)s的纸质表。") % {"number": made.number}))
            record(at=at, actor=by, step="participation.sheet.take", subject=made)
        return made


class Sheet(Sealed):
    """A sheet of paper: where and when it was collected, how many lines it has, who took it in."""

    number = models.CharField(gettext_lazy("表号"), max_length=40)
    place = models.CharField(gettext_lazy("收集地点"), max_length=80)
    collected_on = models.DateField(gettext_lazy("收集日期"))
    lines = models.PositiveSmallIntegerField(gettext_lazy("行数"))
    unit = models.ForeignKey(Department, PROTECT, related_name="+", verbose_name=gettext_lazy("组织单位"))
    taken_by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    taken_at = models.DateTimeField(gettext_lazy("接收时间"))

    objects: ClassVar[SheetManager] = SheetManager()

    class Meta:
        verbose_name = gettext_lazy("纸质表")
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="sheet_one_number_a_unit"),
            models.CheckConstraint(name="sheet_has_lines", condition=Q(lines__gt=0)),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.number

    def require_in_time(self, act: str, subject: object) -> datetime:
        """Return an instant of the window allowing `act` on `subject` into which the day of collecting fell.

        Raises: NotInTime, if it fell into none; both the day it opens and the day it closes count.
        """
        for phase in Phase.objects.of(subject):
            if act in phase.acts and localdate(phase.opens_at) <= self.collected_on <= localdate(phase.closes_at):
                opens_at: datetime = phase.opens_at
                return opens_at
        words = _("这张表的收集日期（%(day)s）不在规定的期限内，不能录入。")
        raise NotInTime(words % {"day": self.collected_on.isoformat()})

    def enter(self, *, line: int, subject: object, by: Account, at: datetime) -> "PaperEntry":
        """Mark `subject` (what was made of it, or its ledger id) as entered from `line`. Raises: EnteredAlready, …"""
        require(policies.why_not_enter(by, self.unit_id))
        if not 1 <= line <= self.lines:
            wrong = _("这张表只有%(n)s行。") % {"n": self.lines}
            raise Invalid(wrong, errors=[FieldError("line", "range", wrong)])
        made = PaperEntry(sheet=self, line=line, subject=ledger_id(subject), entered_by=by, entered_at=at)
        with transaction.atomic():
            Sheet.objects.select_for_update(of=("self",)).get(pk=self.pk)
            store_once(made, EnteredAlready(_("第%(n)s行已经录入过。") % {"n": line}))
            record(
                at=at, actor=by, step="participation.sheet.enter", subject=self,
                detail={"of": made.subject, "line": str(line)},
            )  # fmt: skip
        return made


class PaperEntryManager(models.Manager["PaperEntry"]):
    """Questions about what came on paper."""

    def of(self, subject: object) -> "PaperEntry | None":
        """Return the line of a sheet from which `subject` was entered; None if it did not come on paper."""
        return self.filter(subject=ledger_id(subject)).select_related("sheet").first()


class PaperEntry(Sealed):
    """What was entered from which line of a sheet, and by whom."""

    ROOT = "sheet"

    sheet = models.ForeignKey(Sheet, PROTECT, related_name="entries")
    line = models.PositiveSmallIntegerField(gettext_lazy("行"))
    subject = models.CharField(gettext_lazy("录入为"), max_length=80, unique=True)
    entered_by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    entered_at = models.DateTimeField(gettext_lazy("录入时间"))

    objects: ClassVar[PaperEntryManager] = PaperEntryManager()

    class Meta:
        verbose_name = gettext_lazy("纸质录入")
        constraints = [models.UniqueConstraint(fields=["sheet", "line"], name="paper_entry_once_a_line")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.line}"
