"""Card: a unit is told, for everybody to see, that its time is nearly over, over, or long over."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.audit.seal import without
from civic.audit.services import record
from civic.core.errors import require
from civic.core.said import said
from civic.deadlines.models import Clock
from civic.supervision import policies
from civic.supervision.models.matter import Matter, start_clock, stop_clocks
from civic.supervision.querysets import CardQuerySet
from civic.supervision.states import APPEAL, BY_HAND, CARD_STEPS, REVIEW, SIGN, CardState, Colour
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL


class CardManager(models.Manager.from_queryset(CardQuerySet)):  # type: ignore[misc]
    """Gives cards."""

    def give(
        self, *, colour: str, unit: Department, reason: str, facts: Mapping[str, Any], by: object, at: datetime
    ) -> "tuple[Card, bool]":
        """Give `unit` a card, once for each clock and colour; return it and whether it is new.

        `facts` are the card's other columns: subject, number, label, category, difficulty, clock, rung, rule, evidence.
        A red card has to be signed by a leader before it counts.
        """
        red = colour == Colour.RED
        state = CardState.PROPOSED if red else CardState.ISSUED
        giver = by if isinstance(by, Account) else None
        rest = {"unit": unit, "reason": reason, "given_by": giver, "given_at": at, "state": state, **facts}
        if not red:
            rest["issued_at"] = at
        with transaction.atomic():
            if facts.get("clock") is None:
                card, fresh = self.create(colour=colour, **rest), True
            else:
                card, fresh = self.get_or_create(clock=facts["clock"], colour=colour, defaults=rest)
            if fresh:
                record(at=at, actor=by, step="supervision.card.give", subject=card, detail={"of": card.subject})
                start_clock(card, SIGN if red else APPEAL, by=by, at=at)
        return card, fresh


class Card(Matter, Stateful):
    """A blue, yellow or red card: which rule, which clock, which unit, on what evidence, and what became of it.

    `evidence` is the clock's excerpt: start, end, what counted, what stood still. No personal data.
    """

    STEPS = CARD_STEPS

    colour = models.CharField(gettext_lazy("颜色"), max_length=6, choices=Colour.choices)
    unit = models.ForeignKey(Department, PROTECT, related_name="cards", verbose_name=gettext_lazy("责任单位"))
    category = models.CharField(gettext_lazy("事项分类"), max_length=40, blank=True)
    clock = models.ForeignKey(Clock, PROTECT, null=True, related_name="+")
    rung = models.CharField(gettext_lazy("级别"), max_length=40, blank=True)
    rule = models.CharField(gettext_lazy("规则版本"), max_length=120)
    reason = models.CharField(gettext_lazy("事由"), max_length=200)
    evidence = models.JSONField(gettext_lazy("证据"), default=dict)
    difficulty = models.PositiveSmallIntegerField(gettext_lazy("难度"), default=1)
    state = models.CharField(gettext_lazy("状态"), max_length=12, choices=CardState.choices)
    given_at = models.DateTimeField(gettext_lazy("产生时间"))
    given_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    issued_at = models.DateTimeField(gettext_lazy("发出时间"), null=True)
    signed_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    acknowledged_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    acknowledged_at = models.DateTimeField(gettext_lazy("签收时间"), null=True)
    statement = models.TextField(gettext_lazy("陈述申辩"), blank=True)
    appealed_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    appealed_at = models.DateTimeField(gettext_lazy("申诉时间"), null=True)
    finding = models.TextField(gettext_lazy("复核结论"), blank=True)
    decided_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(gettext_lazy("复核时间"), null=True)
    rectified = models.TextField(gettext_lazy("整改情况"), blank=True)
    rectified_at = models.DateTimeField(gettext_lazy("整改时间"), null=True)
    ended_at = models.DateTimeField(gettext_lazy("结束时间"), null=True)

    objects: ClassVar[CardManager] = CardManager()

    class Meta:
        verbose_name = gettext_lazy("督办牌")
        constraints = [
            models.UniqueConstraint(fields=["clock", "colour"], name="card_once_a_clock_and_colour"),
            models.UniqueConstraint(
                fields=["subject", "unit", "colour"],
                condition=Q(rung=BY_HAND, state__in=["PROPOSED", "ISSUED", "ACKNOWLEDGED", "APPEALED"]),
                name="card_one_open_by_hand",
            ),
            models.CheckConstraint(
                name="card_counts_from_its_issue",
                condition=Q(state__in=["PROPOSED", "DROPPED"], issued_at=None)
                | ~Q(state__in=["PROPOSED", "DROPPED"]) & Q(issued_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-given_at"], name="card_of_unit"),
            models.Index(fields=["subject"], name="card_of_subject"),
            models.Index(fields=["-given_at", "-id"], name="card_newest"),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.get_colour_display()}{self.pk}"

    # Verbs

    def sign(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """Issue a red card: a leader's word, within one working day."""
        with self.step("sign", by=by, at=at, seen=seen):
            require(policies.why_not_sign(by, self))
            self.signed_by, self.issued_at = by, at
            stop_clocks(self, SIGN, by=by, at=at)
            start_clock(self, APPEAL, by=by, at=at)

    def drop(self, *, words: str, by: Account | str, at: datetime, seen: int | None = None) -> None:
        """Not issue a proposed card, with the reason; the platform itself drops one whose grounds have gone."""
        with self.step("drop", by=by, at=at, seen=seen):
            if isinstance(by, Account):
                require(policies.why_not_sign(by, self))
                self.decided_by = by
            self.finding, self.decided_at, self.ended_at = said("words", words), at, at
            stop_clocks(self, by=by, at=at)

    def acknowledge(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """The unit has read it."""
        with self.step("acknowledge", by=by, at=at, seen=seen):
            require(policies.why_not_acknowledge(by, self))
            self.acknowledged_by, self.acknowledged_at = by, at

    def appeal(self, *, statement: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The unit says why the card is wrong, within two working days; somebody independent looks."""
        with self.step("appeal", by=by, at=at, seen=seen):
            require(policies.why_not_appeal(by, self, at=at))
            self.statement, self.appealed_by, self.appealed_at = said("statement", statement), by, at
            stop_clocks(self, APPEAL, by=by, at=at)
            start_clock(self, REVIEW, by=by, at=at)

    def uphold(self, *, finding: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The card stands."""
        with self.step("uphold", by=by, at=at, seen=seen):
            require(policies.why_not_review(by, self))
            self._decide(finding, by=by, at=at)

    def revoke(self, *, finding: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The card does not count any more; that it was given stays on record."""
        with self.step("revoke", by=by, at=at, seen=seen):
            require(policies.why_not_review(by, self))
            self._decide(finding, by=by, at=at)
            self.ended_at = at

    def rectify(self, *, words: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The unit says what it has put right."""
        with self.step("rectify", by=by, at=at, seen=seen):
            require(policies.why_not_rectify(by, self))
            self.rectified, self.rectified_at = said("words", words), at
            stop_clocks(self, APPEAL, by=by, at=at)

    def clear(self, *, by: Account, at: datetime, seen: int | None = None) -> None:
        """A supervisor has seen that it is put right."""
        with self.step("clear", by=by, at=at, seen=seen):
            require(policies.why_not_clear(by, self))
            self.ended_at = at

    # Questions

    def why_not(self, step: str, user: Account, *, at: datetime) -> str | None:
        """Why this person cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return _("这张牌现在是「%(state)s」状态。") % {"state": self.get_state_display()}
        return policies.why_not_card(step, user, self, at=at)

    def open_clock(self, kind: str) -> Clock | None:
        """Return the clock of this kind that runs; None where none does."""
        found: Clock | None = Clock.objects.of(self.ledger_id()).open().filter(kind=kind).first()
        return found

    def earlier_contents(self) -> Iterator[dict[str, object]]:
        """A card that was sealed before cards knew the class of their matter."""
        if (told := without(self.sealed_content(), {"category": ""})) is not None:
            yield told

    # Inside

    def _decide(self, finding: str, *, by: Account, at: datetime) -> None:
        self.finding, self.decided_by, self.decided_at = said("finding", finding), by, at
        stop_clocks(self, by=by, at=at)


class Basis(models.Model):
    """A yellow card is one of those on which a red card for repetition stands; of one red card at most."""

    red = models.ForeignKey(Card, PROTECT, related_name="bases")
    yellow = models.OneToOneField(Card, PROTECT, related_name="basis_of")

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.yellow_id} → {self.red_id}"
