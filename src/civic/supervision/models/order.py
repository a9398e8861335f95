"""Order: a leader has a unit say what it does about a matter that went wrong (督办)."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account, Department
from civic.audit.services import record
from civic.core.errors import require
from civic.core.said import said
from civic.supervision import policies
from civic.supervision.models.card import Card
from civic.supervision.models.matter import Matter, start_clock, stop_clocks
from civic.supervision.querysets import OrderQuerySet
from civic.supervision.states import ORDER, ORDER_STEPS, OrderState
from civic.workflow.models import Stateful

STAFF = settings.AUTH_USER_MODEL


class OrderManager(models.Manager.from_queryset(OrderQuerySet)):  # type: ignore[misc]
    """Opens orders."""

    def open_for(self, card: Card, *, words: str, by: object, at: datetime) -> "tuple[Order, bool]":
        """Open the order that a red card brings, once a card; return it and whether it is new."""
        facts = {
            "subject": card.subject, "number": card.number, "label": card.label, "unit": card.unit,
            "words": words, "opened_at": at,
        }  # fmt: skip
        with transaction.atomic():
            order, fresh = self.get_or_create(card=card, defaults=facts)
            if fresh:
                order.answer_by = start_clock(order, ORDER, by=by, at=at)
                order.save(update_fields=["answer_by"])
                record(at=at, actor=by, step="supervision.order.open", subject=order, detail={"of": order.subject})
        return order, fresh


class Order(Matter, Stateful):
    """A matter that a unit has to report on to a supervisor by a day."""

    STEPS = ORDER_STEPS

    card = models.OneToOneField(Card, PROTECT, null=True, related_name="order")
    unit = models.ForeignKey(Department, PROTECT, related_name="+", verbose_name=gettext_lazy("责任单位"))
    words = models.TextField(gettext_lazy("督办要求"))
    state = models.CharField(gettext_lazy("状态"), max_length=10, choices=OrderState.choices, default=OrderState.OPEN)
    opened_at = models.DateTimeField(gettext_lazy("下达时间"))
    answer_by = models.DateTimeField(gettext_lazy("反馈期限"), null=True)
    report = models.TextField(gettext_lazy("反馈情况"), blank=True)
    answered_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(gettext_lazy("反馈时间"), null=True)
    remark = models.TextField(gettext_lazy("审核意见"), blank=True)
    closed_by = models.ForeignKey(STAFF, PROTECT, null=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(gettext_lazy("办结时间"), null=True)

    objects: ClassVar[OrderManager] = OrderManager()

    class Meta:
        verbose_name = gettext_lazy("督办件")
        constraints = [
            models.CheckConstraint(
                name="order_answered_by_somebody",
                condition=~Q(state__in=["ANSWERED", "CLOSED"])
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["unit", "-opened_at"], name="order_of_unit")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return _("督办件%(pk)s") % {"pk": self.pk}

    # Verbs

    def answer(self, *, report: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The unit's leader says what was done."""
        with self.step("answer", by=by, at=at, seen=seen):
            require(policies.why_not_answer(by, self))
            self.report, self.answered_by, self.answered_at = said("report", report), by, at
            stop_clocks(self, by=by, at=at)

    def return_answer(self, *, remark: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """The report does not do: again."""
        with self.step("return_answer", by=by, at=at, seen=seen):
            require(policies.why_not_close(by, self))
            self.remark, self.answered_by, self.answered_at = said("remark", remark), None, None
            self.answer_by = start_clock(self, ORDER, by=by, at=at)

    def close(self, *, remark: str = "", by: Account, at: datetime, seen: int | None = None) -> None:
        """A supervisor takes the report."""
        with self.step("close", by=by, at=at, seen=seen):
            require(policies.why_not_close(by, self))
            self.remark, self.closed_by, self.closed_at = remark.strip()[:1000], by, at

    def drop(self, *, by: object, at: datetime) -> None:
        """It is not wanted any more: its card was revoked."""
        with self.step("drop", by=by, at=at):
            self.closed_at = at
            stop_clocks(self, by=by, at=at)

    def why_not(self, step: str, user: Account) -> str | None:
        """Why this person cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return _("这件督办现在是「%(state)s」状态。") % {"state": self.get_state_display()}
        return policies.why_not_answer(user, self) if step == "answer" else policies.why_not_close(user, self)
