"""Commitment: the applicant's word instead of a proof, checked after the decision."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import PROTECT, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.cases.models import clocks
from civic.core.errors import FieldError, Invalid

if TYPE_CHECKING:
    from civic.accounts.models import Account


class CommitmentChecked(Invalid):
    """A commitment is checked once."""

    code = "commitment-checked"


class Commitment(models.Model):
    """The applicant's written commitment instead of a proof (告知承诺), verified after the decision.

    Source: 国办发〔2020〕42号.
    """

    class Result(models.TextChoices):
        TRUE = "TRUE", _("属实")
        FALSE = "FALSE", _("不属实")
        UNDETERMINED = "UNDETERMINED", _("无法核实")

    case = models.ForeignKey("cases.Case", PROTECT, related_name="commitments", db_index=False)
    material = models.CharField(max_length=60)
    text = models.TextField()
    made_at = models.DateTimeField()
    result = models.CharField(max_length=14, choices=Result.choices, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+", db_index=False)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "material"], name="commitment_one_per_material"),
            models.CheckConstraint(
                name="commitment_result_by_and_at",
                condition=Q(result="", verified_by__isnull=True, verified_at__isnull=True)
                | (~Q(result="") & Q(verified_by__isnull=False, verified_at__isnull=False)),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.case_id} {self.material}"

    @property
    def verify_by(self) -> datetime | None:
        """Until when it is to be checked, as far as that is known."""
        return clocks.check_by(self.case)

    def verify(self, *, result: str, by: "Account", at: datetime) -> None:
        """Record what the check has found.

        Raises: CommitmentChecked, if it was checked before.
        """
        if result not in self.Result.values:
            raise Invalid(
                gettext("请选择核查结果。"),
                errors=[FieldError("/result", "enum", gettext("请从列表中选择。"))],
            )
        if self.result:
            raise CommitmentChecked(gettext("这项承诺已经核查过，结果不能更改。"))
        self.result, self.verified_by, self.verified_at = result, by, at
        self.save(update_fields=["result", "verified_by", "verified_at"])
