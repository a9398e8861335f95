"""Recheck: a person's second look at what rules decided, drawn at random at the published rate."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext as _

from civic.audit.services import record
from civic.core.errors import FieldError, Invalid, require
from civic.deadlines.calendars import CalendarMissing
from civic.deadlines.services import due_after
from civic.instant import policies
from civic.instant.querysets import RecheckQuerySet
from civic.instant.states import RECHECK_STEPS, RecheckState, RulingState
from civic.masking.subjects import Masked
from civic.workflow.models import Stateful

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.instant.models.ruling import Ruling


class NoteMissing(Invalid):
    """Who finds a decision wrong says why."""

    code = "note-missing"


class RecheckManager(models.Manager.from_queryset(RecheckQuerySet)):  # type: ignore[misc]
    """Draws second looks."""

    def draw(self, ruling: "Ruling", *, at: datetime) -> "Recheck":
        """Put a decision before a person. Drawing it twice changes nothing."""
        with transaction.atomic():
            found: Recheck | None = self.filter(ruling=ruling).first()
            if found is None:
                found = Recheck(ruling=ruling, drawn_at=at, act_by=_act_by(at))
                found.save(force_insert=True)
                record(at=at, actor="rules", step="instant.recheck.draw", subject=found)
        return found


class Recheck(Masked, Stateful):
    """A person's second look at one decision of rules."""

    STEPS = RECHECK_STEPS

    ruling = models.OneToOneField("instant.Ruling", PROTECT, related_name="recheck")
    state = models.CharField("状态", max_length=10, choices=RecheckState.choices, default=RecheckState.OPEN)
    drawn_at = models.DateTimeField()
    act_by = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+")
    looked_at = models.DateTimeField(null=True)
    note_sealed = models.BinaryField(null=True)

    objects: ClassVar[RecheckManager] = RecheckManager()

    class Meta:
        verbose_name = "人工复核"
        constraints = [
            models.CheckConstraint(
                name="recheck_looked_by_and_at",
                condition=Q(state="OPEN", looked_by__isnull=True, looked_at__isnull=True)
                | ~Q(state="OPEN") & Q(looked_by__isnull=False, looked_at__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["act_by"], condition=Q(state="OPEN"), name="recheck_open")]

    class Personal:
        fields = {"note_sealed": "text"}
        key = "ruling.case.key"

    def __str__(self) -> str:
        return f"{self.ruling_id}: {self.state}"

    # Verbs

    def confirm(self, *, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Find that a person would have decided the same."""
        with self.step("confirm", by=by, at=at, seen=seen):
            require(policies.why_not_look(by, self))
            self.looked_by, self.looked_at = by, at

    def find_wrong(self, *, reasons: str, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Find that rules decided wrongly: what was granted is called in question, what was declined goes on.

        Raises: NoteMissing, and the case's own refusals; then nothing has happened.
        """
        if not reasons.strip():
            words = _("请写明哪里有误、依据是什么，理由会告知申请人。")
            raise NoteMissing(words, errors=[FieldError("/reasons", "required", words)])
        with transaction.atomic():
            with self.step("find_wrong", by=by, at=at, seen=seen):
                require(policies.why_not_look(by, self))
                self.looked_by, self.looked_at = by, at
                self.set_personal("note", reasons.strip())
            case = self.ruling.case
            mend = case.call_in_question if self.ruling.state == RulingState.GRANTED else case.readmit
            mend(reasons=reasons.strip(), by=by, at=at)

    # Questions

    @property
    def note(self) -> str:
        """What the person found, in clear for those who hold the case."""
        return self.clear("note")

    def why_not_look(self, user: "Account") -> str | None:
        return policies.why_not_look(user, self)


def _act_by(at: datetime) -> datetime | None:
    """Return until when a person is to look; None past the published working days."""
    try:
        return due_after(settings.RECHECK_WORKDAYS, at=at)
    except CalendarMissing:
        return None
