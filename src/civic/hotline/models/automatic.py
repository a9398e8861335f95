"""AutomaticDispatch: one dispatch that no person made: by which decision, which model, how sure, and why."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import PROTECT, F, Q
from django.utils.translation import gettext_lazy as _

from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.hotline.models.lists import Tolerance
from civic.hotline.models.parts import Dispatch
from civic.hotline.querysets import AutomaticDispatchQuerySet
from civic.masking.subjects import Masked

if TYPE_CHECKING:
    from civic.hotline.models.questions import ByRule

APART = "\n"


class AutomaticDispatch(Masked, Sealed):
    """Why the rule has dispatched a ticket. `model_digest`: SHA-256 of the model's file; shares are from 0 to 1."""

    dispatch = models.OneToOneField(Dispatch, PROTECT, related_name="automatic")
    ticket = models.ForeignKey("hotline.Ticket", PROTECT, related_name="automatic_dispatches")
    tolerance = models.ForeignKey(Tolerance, PROTECT, related_name="dispatches")
    model_digest = models.CharField(_("模型"), max_length=64)
    trained_on = models.DateField(_("训练日期"))
    confidence = models.DecimalField(_("把握"), max_digits=5, decimal_places=4)
    threshold = models.DecimalField(_("门槛"), max_digits=5, decimal_places=4)
    words_sealed = models.BinaryField(_("起作用的说法"))
    at = models.DateTimeField(_("时间"))

    objects = AutomaticDispatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("自动分派")
        constraints = [
            models.CheckConstraint(name="automatic_dispatch_is_sure", condition=Q(confidence__gte=F("threshold")))
        ]

    class Personal:
        fields = {"words_sealed": "text"}
        key = "ticket.key"

    def __str__(self) -> str:
        return f"{self.dispatch_id}"

    # Verbs

    @classmethod
    def note(cls, dispatch: Dispatch, how: "ByRule", *, at: datetime) -> "AutomaticDispatch":
        """Note why the rule has made this dispatch; the ledger keeps the figures, not the words."""
        made = cls(
            dispatch=dispatch, ticket=dispatch.ticket, tolerance=how.tolerance, model_digest=how.model,
            trained_on=date.fromisoformat(how.trained_on), confidence=Decimal(str(how.confidence)),
            threshold=Decimal(str(how.threshold)), at=at,
        )  # fmt: skip
        made.set_personal("words", APART.join(how.words))
        made.save(force_insert=True)
        record(at=at, actor="rules", step="hotline.automaticdispatch.add", subject=made, detail=how.figures())
        return made
