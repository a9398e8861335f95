"""Check: what a record of the exchange says of a commitment after the decision; a person draws the conclusion."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models, transaction
from django.db.models import PROTECT, Q

from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.instant.states import Found

if TYPE_CHECKING:
    from civic.cases.models import Case


class CheckManager(models.Manager["Check"]):
    """Notes what records say."""

    def note(
        self, case: "Case", material: str, *, found: str, source: str, as_of: datetime | None, reason: str, at: datetime
    ) -> "Check":
        """Note what the record says of one commitment; what was unknown before is replaced, what was known stays."""
        with transaction.atomic():
            check = self.select_for_update().filter(case=case, material=material).first()
            if check is not None and check.found != Found.UNKNOWN:
                return check
            check = check or Check(case=case, material=material)
            check.found, check.source, check.as_of, check.reason, check.drawn_at = found, source, as_of, reason, at
            check.tries += 1
            check.save()
            record(at=at, actor="rules", step="instant.check.note", subject=check, detail={"of": case.ledger_id()})
        return check


class Check(Sealed):
    """One commitment held against the record that proves it: it agrees, it does not, or it is not known and why."""

    case = models.ForeignKey("cases.Case", PROTECT, related_name="+")
    material = models.CharField(max_length=60)
    found = models.CharField(max_length=8, choices=Found.choices, default=Found.UNKNOWN)
    source = models.CharField(max_length=60)
    as_of = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, blank=True)
    drawn_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[CheckManager] = CheckManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "material"], name="check_once_a_commitment"),
            models.CheckConstraint(name="check_unknown_says_why", condition=~Q(found="UNKNOWN") | ~Q(reason="")),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.case_id} {self.material}"
