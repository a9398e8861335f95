"""Phase: a window of time that allows named acts on one noun; it is extended in the open or not at all."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import PROTECT, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.audit.seal import Sealed
from civic.audit.services import ledger_id, record
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.said import said
from civic.participation import policies
from civic.participation.querysets import PhaseQuerySet
from civic.participation.rules import phases

STAFF = settings.AUTH_USER_MODEL
LOCK_SPACE = 0x0FA5E
LOCK_STATEMENT = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"


class PhaseClosed(Conflict):
    """No window allows this act now; the words say when one opens or that it has ended."""

    code = "phase-closed"


class PhasesClash(Conflict):
    """Two windows of one noun would allow the same act at the same time."""

    code = "phases-clash"


class PhaseManager(models.Manager.from_queryset(PhaseQuerySet)):  # type: ignore[misc]
    """Plans windows."""

    def plan(
        self, subject: object, *, kind: str, window: phases.Window, unit: Department, by: object, at: datetime
    ) -> "Phase":
        """Plan a window of `subject` (a noun or its ledger id), half-open, with the acts that it allows.

        Raises: Invalid, if it ends before it begins or allows nothing; PhasesClash.
        """
        if not window.acts or window.opens_at >= window.closes_at:
            wrong = _("阶段要有至少一种可做的事，截止时间要晚于开始时间。")
            raise Invalid(wrong, errors=[FieldError("closes_at", "order", wrong)])
        made = Phase(subject=ledger_id(subject), kind=kind, acts=sorted(window.acts), unit=unit,
                     opens_at=window.opens_at, closes_at=window.closes_at)  # fmt: skip
        with transaction.atomic():
            made._refuse_clash(window.closes_at)
            made.save(force_insert=True)
            record(at=at, actor=by, step="participation.phase.plan", subject=made, detail={"of": made.subject})
        return made

    def require_open(self, act: str, subject: object, *, at: datetime) -> None:
        """Refuse unless a window of `subject` allows `act` at `at`. Raises: PhaseClosed."""
        reason = self.why_not(act, subject, at=at)
        if reason is not None:
            raise PhaseClosed(reason)


class Phase(Sealed):
    """A window of time: which acts it allows on which noun. `acts` and `kind` are codes of the noun's own room."""

    subject = models.CharField(gettext_lazy("对象"), max_length=80)
    kind = models.SlugField(gettext_lazy("阶段"), max_length=40)
    acts = ArrayField(models.SlugField(max_length=40), verbose_name=gettext_lazy("可做的事"))
    opens_at = models.DateTimeField(gettext_lazy("开始时间"))
    closes_at = models.DateTimeField(gettext_lazy("截止时间"))
    unit = models.ForeignKey(Department, PROTECT, related_name="+", verbose_name=gettext_lazy("组织单位"))

    objects: ClassVar[PhaseManager] = PhaseManager()

    class Meta:
        verbose_name = gettext_lazy("阶段")
        constraints = [
            models.CheckConstraint(name="phase_ends_after_it_begins", condition=Q(closes_at__gt=F("opens_at"))),
        ]
        indexes = [models.Index(fields=["subject", "opens_at"], name="phase_of_subject")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    # Verbs

    def extend(self, *, closes_at: datetime, reason: str, by: Account, at: datetime) -> "Extension":
        """Let the window end later, for a reason that everybody can read; never earlier, never after it has ended.

        Raises: Conflict, Invalid, PhasesClash, NotAllowed.
        """
        words = said("reason", reason)
        require(policies.why_not_extend(by, self))
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Phase.objects.select_for_update(of=("self",)))
            if at >= self.closes_at:
                raise Conflict(_("这个阶段已经截止，不能再延长。确有需要的，请公布新的阶段。"))
            if closes_at <= self.closes_at:
                wrong = _("只能延长，不能缩短：新的截止时间要晚于现在的截止时间。")
                raise Invalid(wrong, errors=[FieldError("closes_at", "order", wrong)])
            self._refuse_clash(closes_at)
            made = Extension(phase=self, was=self.closes_at, until=closes_at, reason=words, by=by, extended_at=at)
            made.save(force_insert=True)
            self.closes_at = closes_at
            self.save(force_update=True)
            record(at=at, actor=by, step="participation.phase.extend", subject=self, detail={"of": self.subject})
        return made

    # Questions

    def window(self) -> phases.Window:
        return phases.Window(self.opens_at, self.closes_at, frozenset(self.acts))

    # Inside

    def _refuse_clash(self, closes_at: datetime) -> None:
        """Refuse an end at which another window would allow the same act; no other is planned meanwhile."""
        with connection.cursor() as cursor:
            cursor.execute(LOCK_STATEMENT, [LOCK_SPACE, self.subject])
        fresh = phases.Window(self.opens_at, closes_at, frozenset(self.acts))
        others = [phase.window() for phase in Phase.objects.of(self.subject).exclude(pk=self.pk)]
        if shared := phases.clash(fresh, others):
            words = _("与同一对象的另一个阶段重叠，两个阶段不能同时允许同一件事（%(acts)s）。请调整时间。")
            raise PhasesClash(words % {"acts": ", ".join(sorted(shared))})


class Extension(Sealed):
    """A window was extended: from when to when, and why."""

    ROOT = "phase"

    phase = models.ForeignKey(Phase, PROTECT, related_name="extensions")
    was = models.DateTimeField(gettext_lazy("原截止时间"))
    until = models.DateTimeField(gettext_lazy("延长至"))
    reason = models.TextField(gettext_lazy("延长理由"))
    by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    extended_at = models.DateTimeField(gettext_lazy("延长时间"))

    class Meta:
        verbose_name = gettext_lazy("阶段延长")
        constraints = [
            models.CheckConstraint(name="extension_only_lengthens", condition=Q(until__gt=F("was"))),
            models.CheckConstraint(name="extension_has_a_reason", condition=~Q(reason="")),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.phase_id} → {self.until:%Y-%m-%d %H:%M}"
