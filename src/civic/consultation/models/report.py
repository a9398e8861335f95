"""Report: the figures of a consultation as they were published, once. FollowUp: what came of it half a year later."""

import hashlib
from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.audit.seal import Sealed, row_content
from civic.audit.services import record
from civic.consultation import policies
from civic.consultation.models.consultation import Consultation
from civic.consultation.rules.months import months_later
from civic.consultation.states import FOLLOW_UP_STEPS, FollowUpState
from civic.core.errors import Conflict, require
from civic.core.jobs import enqueue
from civic.core.said import said
from civic.deadlines.measures import Unit
from civic.deadlines.models import Clock
from civic.participation.models.once import store_once
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL
SET = "civic.consultation.tasks.set_report"
FOLLOW_UP = "consultation.follow_up"  # the kind of the clock
MONTHS = (6, 12)
F = FollowUpState


class PublishedAlready(Conflict):
    """There is a report."""

    code = "published-already"


class ReportManager(models.Manager["Report"]):
    """Publishes reports."""

    def publish(self, consultation: Consultation, figures: dict[str, Any], *, by: object, at: datetime) -> "Report":
        """Freeze the figures; a job sets the PDF. There is one report, never a second with other numbers."""
        made = Report(consultation=consultation, figures=figures, published_at=at)
        with transaction.atomic():
            store_once(made, PublishedAlready(_("报告已经公布，数字不再变动。")))
            record(at=at, actor=by, step="consultation.report.publish", subject=made)
            enqueue(SET, report=made.pk)
        return made


class Report(Sealed):
    """What is published of a consultation: figures of people and opinions, at the moment when all was answered.

    One only: beside the true number of people a second table by area and age would tell who came in between.
    """

    consultation = models.OneToOneField(Consultation, PROTECT, related_name="report")
    figures = models.JSONField(gettext_lazy("数字"))
    published_at = models.DateTimeField(gettext_lazy("公布时间"))
    pdf = models.BinaryField(gettext_lazy("PDF 文件"), null=True)

    objects: ClassVar[ReportManager] = ReportManager()

    class Meta:
        verbose_name = gettext_lazy("征求意见报告")

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.consultation_id}"

    # Verbs

    def keep_pdf(self, content: bytes, *, by: object, at: datetime) -> None:
        """Keep the report as a PDF; a second one changes nothing."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Report.objects.select_for_update(of=("self",)))
            if self.pdf is None:
                self.pdf = content
                self.save(force_update=True)
                record(at=at, actor=by, step="consultation.report.keep_pdf", subject=self)

    # Questions

    def sealed_content(self) -> dict[str, object]:
        """Cover the PDF by the digest that it has now."""
        held = None if self.pdf is None else hashlib.sha256(bytes(self.pdf)).hexdigest()
        return {**row_content(self), "pdf": held}


class FollowUpManager(models.Manager["FollowUp"]):
    """Plans follow-ups."""

    def plan(self, consultation: Consultation, *, by: object, at: datetime) -> "list[FollowUp]":
        """Plan to tell people after 6 and after 12 months what came of it; the city's clock counts the days."""
        made = [FollowUp(consultation=consultation, months=months) for months in MONTHS]
        with transaction.atomic():
            for one in made:
                one.save(force_insert=True)
                record(at=at, actor=by, step="consultation.followup.plan", subject=one)
                today = localdate(at)
                days = (months_later(today, one.months) - today).days
                Clock.objects.start(subject=one, kind=FOLLOW_UP, budget=days, unit=Unit.NATURAL_DAY, by=by, at=at)
        return made


class FollowUp(Stateful):
    """A duty to say in public, so many months after the answers, what was done about them."""

    STEPS = FOLLOW_UP_STEPS

    consultation = models.ForeignKey(Consultation, PROTECT, related_name="follow_ups", db_index=False)
    months = models.PositiveSmallIntegerField(gettext_lazy("几个月后"))
    state = models.CharField(gettext_lazy("状态"), max_length=4, choices=F.choices, default=F.DUE)
    words = models.TextField(gettext_lazy("落实情况"), blank=True)
    told_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    told_at = models.DateTimeField(gettext_lazy("公布时间"), null=True)

    objects: ClassVar[FollowUpManager] = FollowUpManager()

    class Meta:
        verbose_name = gettext_lazy("落实情况回访")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "months"], name="follow_up_once_a_date"),
            models.CheckConstraint(
                name="follow_up_done_says_what",
                condition=Q(state="DUE", words="", told_at__isnull=True)
                | Q(state="DONE", told_at__isnull=False, told_by__isnull=False) & ~Q(words=""),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return _("%(months)s个月后的落实情况") % {"months": self.months}

    # Verbs

    def tell(self, words: str, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Say in public what was done. Raises: WordsMissing, NotAllowed, StepRefused, Stale."""
        told = said("words", words, least=10, most=2000)
        with self.step("tell", by=by, at=at, seen=seen):
            require(policies.not_organiser(by, self.consultation.unit_id))
            self.words, self.told_by, self.told_at = told, by, at
            Clock.objects.stop_open(self, by=by, at=at)

    # Questions

    @property
    def due_on(self) -> date | None:
        """The last day on which it is in time."""
        answered_at = self.consultation.answered_at
        return None if answered_at is None else months_later(localdate(answered_at), self.months)

    def clock(self) -> Clock | None:
        """Return the limit that it runs against; None once it is told."""
        return Clock.objects.of(self.ledger_id()).open().first()

    def why_not(self, step: str, user: Account) -> str | None:
        """Say why `user` cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return _("已经公布。")
        return policies.not_organiser(user, self.consultation.unit_id)
