"""Exclusion: a ticket is left out of one of the three rates, on a published ground and on two persons' word (剔除)."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import PROTECT, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.audit.described import Described
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.core.said import said
from civic.core.text import local
from civic.hotline.models.ticket import Ticket
from civic.hotline.policies import beside
from civic.hotline.querysets import ExclusionQuerySet
from civic.hotline.states import EXCLUSION_STEPS, ExclusionState, RateName
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL


class ExcludedAlready(Conflict):
    """One wish is enough."""

    code = "excluded-already"


class ExclusionGround(Sealed):
    """A published ground on which a ticket may be left out of some of the rates. `rates`: names of `RateName`."""

    code = models.SlugField("代码", max_length=40, unique=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    words = models.CharField("情形", max_length=200)
    words_en = models.CharField("情形（英文）", max_length=300)
    rates = models.JSONField("可以剔除的率", default=list)
    source = models.CharField("出处", max_length=300)

    objects: ClassVar[Described[Self]] = Described()

    class Meta:
        verbose_name = "剔除情形"

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """The ground in the reader's language."""
        return local(self, "words")


class ExclusionManager(models.Manager.from_queryset(ExclusionQuerySet)):  # type: ignore[misc]
    """Takes wishes to leave a ticket out."""

    def propose(
        self, *, ticket: Ticket, rate: str, ground: ExclusionGround, evidence: str, by: Account, at: datetime
    ) -> "Exclusion":
        """Ask that `ticket` be left out of `rate`; it counts until a second person has confirmed.

        Raises: NotAllowed; Invalid, naming the field; ExcludedAlready, if that is asked or decided already.
        """
        require(beside.why_not_exclude(by, ticket))
        if rate not in ground.rates:
            wrong = _("这种情形不能从这个率里剔除。")
            raise Invalid(wrong, errors=[FieldError("rate", "enum", wrong)])
        made = Exclusion(ticket=ticket, rate=rate, ground=ground, proposed_by=by, proposed_at=at)
        made.evidence, made.proposed_unit = said("evidence", evidence, least=10), by.official.department
        try:
            with transaction.atomic():
                made.save(force_insert=True)
                detail = {"of": ticket.ledger_id(), "rate": rate, "ground": ground.code}
                record(at=at, actor=by, step="hotline.exclusion.propose", subject=made, detail=detail)
        except IntegrityError as error:
            raise ExcludedAlready(_("这件工单已经申请从这个率里剔除，不用再申请。")) from error
        return made


class Exclusion(Stateful):
    """One ticket, one rate it is to be left out of, on what ground and evidence, and what a second person said."""

    STEPS = EXCLUSION_STEPS

    ticket = models.ForeignKey(Ticket, PROTECT, related_name="exclusions")
    rate = models.CharField(gettext_lazy("率"), max_length=10, choices=RateName.choices)
    ground = models.ForeignKey(ExclusionGround, PROTECT, related_name="+", verbose_name=gettext_lazy("剔除情形"))
    evidence = models.TextField(gettext_lazy("依据和证据"))
    state = models.CharField(
        gettext_lazy("状态"), max_length=10, choices=ExclusionState.choices, default=ExclusionState.PROPOSED
    )
    proposed_by = models.ForeignKey(STAFF, PROTECT, related_name="+", db_index=False)
    proposed_unit = models.ForeignKey("accounts.Department", PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField(gettext_lazy("申请时间"))
    decided_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    decided_unit = models.ForeignKey("accounts.Department", PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(gettext_lazy("审核时间"), null=True)
    finding = models.TextField(gettext_lazy("审核意见"), blank=True)

    objects: ClassVar[ExclusionManager] = ExclusionManager()

    class Meta:
        verbose_name = gettext_lazy("剔除")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "rate"],
                condition=Q(state__in=["PROPOSED", "CONFIRMED"]),
                name="exclusion_once_a_ticket_and_rate",
            ),
            models.CheckConstraint(
                name="exclusion_decided_by_another_unit",
                condition=Q(state="PROPOSED", decided_by=None, decided_unit=None, decided_at=None)
                | ~Q(state="PROPOSED")
                & Q(decided_at__isnull=False, decided_by__isnull=False, decided_unit__isnull=False)
                & ~Q(decided_by=F("proposed_by"))
                & ~Q(decided_unit=F("proposed_unit")),
            ),
        ]
        indexes = [models.Index(fields=["-proposed_at", "-id"], name="exclusion_newest")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return _("剔除%(pk)s") % {"pk": self.pk}

    # Verbs

    def confirm(self, *, finding: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The evidence holds: the ticket does not count in this rate."""
        with self.step("confirm", by=by, at=at, seen=seen):
            self._decide(finding, by=by, at=at)

    def refuse(self, *, finding: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The evidence does not hold: the ticket goes on counting."""
        with self.step("refuse", by=by, at=at, seen=seen):
            self._decide(finding, by=by, at=at)

    def lift(self, *, finding: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """It was wrong to leave it out: it counts again, and that it was left out stays on record."""
        with self.step("lift", by=by, at=at, seen=seen):
            self._decide(finding, by=by, at=at)

    # Questions

    def why_not(self, step: str, user: Account) -> str | None:
        """Why this person cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return _("这件剔除现在是「%(state)s」状态。") % {"state": self.get_state_display()}
        return beside.why_not_judge_exclusion(user, self)

    # Inside

    def _decide(self, finding: str, *, by: Account, at: datetime) -> None:
        require(beside.why_not_judge_exclusion(by, self))
        self.finding = said("finding", finding)
        self.decided_by, self.decided_unit, self.decided_at = by, by.official.department, at
