"""Interval: one suspension or extension in the ledger of a clock."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civic.deadlines import rules
from civic.deadlines.states import Reason


class Interval(models.Model):
    """One suspension or extension in the ledger of a clock; a suspension that lasts has no end."""

    class Kind(models.TextChoices):
        SUSPENSION = "SUSPENSION", _("暂停计时")
        EXTENSION = "EXTENSION", _("延长时限")

    clock = models.ForeignKey("deadlines.Clock", on_delete=models.PROTECT, related_name="intervals")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    begins_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束", null=True, blank=True)
    reason = models.CharField("事由", max_length=20, choices=Reason.choices, blank=True)
    basis = models.CharField("法律依据", max_length=300, blank=True)
    units = models.DecimalField("延长数量", max_digits=8, decimal_places=2, null=True, blank=True)
    nth = models.PositiveSmallIntegerField("第几次", null=True, blank=True)
    by = models.CharField("申请人", max_length=80)
    approver = models.CharField("批准人", max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="interval_one_open_suspension", fields=["clock"], condition=Q(kind="SUSPENSION", ends_at=None)
            ),
            models.UniqueConstraint(
                name="interval_extensions_numbered", fields=["clock", "nth"], condition=Q(kind="EXTENSION")
            ),
            models.CheckConstraint(
                name="interval_suspension_has_reason", condition=~Q(kind="SUSPENSION") | (~Q(reason="") & ~Q(basis=""))
            ),
            models.CheckConstraint(
                name="interval_extension_approved_by_another",
                condition=~Q(kind="EXTENSION")
                | (Q(units__gt=0, nth__gte=1) & ~Q(approver="") & ~Q(approver=models.F("by"))),
            ),
            models.CheckConstraint(
                name="interval_ends_after_it_begins",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("begins_at")),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def events(self, most: int) -> list[rules.Event]:
        """Return this interval as events of the ledger."""
        if self.kind == self.Kind.EXTENSION:
            return [rules.Extend(self.begins_at, self.units or 0, self.nth or 0, most, self.approver)]
        begun: list[rules.Event] = [rules.Suspend(self.begins_at, self.reason, self.basis)]
        return [*begun, rules.Resume(self.ends_at)] if self.ends_at else begun
