"""Hearing: what the applicant says to it before a decision is taken back, in writing and, if they ask, face to face."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.cases import rules
from civic.core.errors import Conflict, FieldError, Invalid
from civic.deadlines.calendars import CalendarMissing
from civic.deadlines.services import due_after
from civic.masking.subjects import Masked

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.cases.models.case import Case

MOST = 2000  # characters of one statement


class StatementEmpty(Invalid):
    """Whoever wants to be heard says something, or asks for a hearing."""

    code = "statement-empty"


class HearingTooSoon(Invalid):
    """The applicant is told of a hearing in time."""

    code = "hearing-too-soon"


class HearingIncomplete(Invalid):
    """A hearing has a time and a place; one that is over has a record."""

    code = "hearing-incomplete"


class HearingPending(Conflict):
    """Nothing is revoked before a hearing that was asked for in time is over."""

    code = "hearing-pending"


class Hearing(Masked, models.Model):
    """How the applicant was heard (陈述、申辩、听证): their words, their papers, the hearing if they asked for one.

    A doubt that comes up after a hearing is over is heard anew.
    Source: Administrative Licensing Law art. 7, 47 and 48; Administrative Penalty Law art. 64 on who presides.
    """

    case = models.ForeignKey("cases.Case", PROTECT, related_name="hearings")
    words_sealed = models.BinaryField(_("陈述、申辩"), null=True)
    documents = models.JSONField(default=list)
    stated_at = models.DateTimeField()
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(null=True)
    hold_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=120, blank=True)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)
    presided_by = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+", db_index=False)
    record_sealed = models.BinaryField(_("听证笔录"), null=True)

    class Meta:
        verbose_name = _("陈述、申辩和听证")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(closed_at__isnull=True), name="hearing_one_open_per_case"
            ),
            models.CheckConstraint(
                name="hearing_called_if_asked",
                condition=Q(hold_at__isnull=True, place="", called_by__isnull=True)
                | Q(asked_at__isnull=False, hold_at__isnull=False, called_by__isnull=False) & ~Q(place=""),
            ),
            models.CheckConstraint(
                name="hearing_closed_if_called",
                condition=Q(closed_at__isnull=True, presided_by__isnull=True, record_sealed__isnull=True)
                | Q(
                    hold_at__isnull=False,
                    closed_at__isnull=False,
                    presided_by__isnull=False,
                    record_sealed__isnull=False,
                ),
            ),
        ]

    class Personal:
        fields = {"words_sealed": "text", "record_sealed": "text"}
        key = "case.key"

    def __str__(self) -> str:
        return f"{self.case_id} {self.pk}"

    # Verbs

    @classmethod
    def hear(cls, case: "Case", *, words: str, documents: Sequence[str], by: "Account", at: datetime) -> "Hearing":
        """Take down what the applicant says; said again, it is added to what was said before."""
        found = cls.objects.filter(case=case, closed_at=None).first() or cls(case=case)
        found.case = case
        said = [found.words, words.strip()[:MOST]]
        found.set_personal("words", "\n".join(part for part in said if part))
        found.documents = list(dict.fromkeys([*found.documents, *documents]))
        found.stated_at, found.stated_by = at, by
        found.save()
        return found

    def ask(self, *, at: datetime) -> None:
        """Note that the applicant wants a hearing."""
        self.asked_at = at
        self.save(update_fields=["asked_at"])

    def call(self, *, hold_at: datetime | None, place: str, by: "Account", at: datetime) -> None:
        """Set time and place, told seven working days ahead. Raises: HearingIncomplete, HearingTooSoon."""
        if hold_at is None or not place.strip():
            words = gettext("请写明听证的时间和地点。")
            pointer = "/hold_at" if hold_at is None else "/place"
            raise HearingIncomplete(words, errors=[FieldError(pointer, "required", words)])
        earliest = _earliest(at)
        if hold_at <= earliest:
            words = gettext("听证要提前%(n)s个工作日通知，请定在%(day)s之后。") % {
                "n": rules.HEARING_NOTICE_WORKDAYS,
                "day": localdate(earliest).isoformat(),
            }
            raise HearingTooSoon(words, errors=[FieldError("/hold_at", "too-soon", words)])
        self.hold_at, self.place, self.called_by = hold_at, place.strip()[:120], by
        self.save(force_update=True)

    def close(self, *, record: str, by: "Account", at: datetime) -> None:
        """Write down what was said at the hearing, or that the applicant did not come. Raises: HearingIncomplete."""
        if not record.strip():
            words = gettext("请写明听证笔录的要点；申请人没有到场的，也请写明。")
            raise HearingIncomplete(words, errors=[FieldError("/record", "required", words)])
        self.closed_at, self.presided_by = at, by
        self.set_personal("record", record.strip())
        self.save(force_update=True)

    # Questions

    @property
    def words(self) -> str:
        """What the applicant said, in clear for those who may see the case."""
        return self.clear("words")

    @property
    def record(self) -> str:
        """What was said at the hearing, in clear for those who may see the case."""
        return self.clear("record")

    @property
    def is_pending(self) -> bool:
        """Whether a hearing was asked for and is not over."""
        return self.asked_at is not None and self.closed_at is None


def require_held(case: "Case") -> None:
    """Refuse while a hearing that the applicant asked for is not over. Raises: HearingPending."""
    if Hearing.objects.filter(case=case, asked_at__isnull=False, closed_at=None).exists():
        raise HearingPending(gettext("申请人要求了听证，请先举行听证并记下笔录，再决定是否撤销。"))


def _earliest(at: datetime) -> datetime:
    """Return the end of the time within which the hearing has to be told before it is held."""
    try:
        return due_after(rules.HEARING_NOTICE_WORKDAYS, at=at)
    except CalendarMissing:  # over New Year: two natural days for a working day are never less
        return at + timedelta(days=2 * rules.HEARING_NOTICE_WORKDAYS)
