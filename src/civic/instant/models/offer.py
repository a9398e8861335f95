"""Offer: what somebody has a right to, offered before they ask (免申即享), with the reason why."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import models, transaction
from django.db.models import PROTECT, Q

from civic.audit.services import record
from civic.core.errors import require
from civic.instant import policies
from civic.instant.querysets import OfferQuerySet
from civic.instant.states import OFFER_STEPS, OfferState
from civic.workflow.models import Stateful

if TYPE_CHECKING:
    from civic.accounts.models import Account, Person
    from civic.cases.models import Case
    from civic.catalogue.models import Service


class OfferManager(models.Manager.from_queryset(OfferQuerySet)):  # type: ignore[misc]
    """Makes offers."""

    def make(
        self, *, person: "Person", service: "Service", reason: str, until: datetime, at: datetime
    ) -> "Offer | None":
        """Offer a service to a person, unless it was offered before; who declined is not asked again."""
        with transaction.atomic():
            if self.filter(person=person, service=service).exclude(state=OfferState.LAPSED).exists():
                return None
            offer = Offer(person=person, service=service, reason=reason, made_at=at, until=until)
            offer.save(force_insert=True)
            record(at=at, actor="rules", step="instant.offer.make", subject=offer, detail={"service": service.code})
        return offer


class Offer(Stateful):
    """A service that a person seems to have a right to. `reason` is the code of the rule that says so, no data."""

    STEPS = OFFER_STEPS

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    person = models.ForeignKey("accounts.Person", PROTECT, related_name="offers")
    service = models.ForeignKey("catalogue.Service", PROTECT, related_name="offers")
    reason = models.CharField(max_length=200)
    state = models.CharField("状态", max_length=10, choices=OfferState.choices, default=OfferState.MADE)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    case = models.OneToOneField("cases.Case", PROTECT, null=True, related_name="offer")

    objects: ClassVar[OfferManager] = OfferManager()

    class Meta:
        verbose_name = "免申即享"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "service"], condition=~Q(state="LAPSED"), name="offer_once_per_person_and_service"
            ),
            models.CheckConstraint(
                name="offer_taken_has_a_case",
                condition=Q(state="TAKEN", case__isnull=False) | ~Q(state="TAKEN") & Q(case__isnull=True),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.service_id} {self.state}"

    # Verbs

    def take(self, case: "Case", *, by: "Account", at: datetime) -> None:
        """Note the case in which the person has taken it."""
        with self.step("take", by=by, at=at):
            require(policies.why_not_answer(by, self, at=at))
            self.case, self.answered_at = case, at

    def decline(self, *, by: "Account", at: datetime) -> None:
        """Note that the person does not want it; it is not offered again."""
        with self.step("decline", by=by, at=at):
            require(policies.why_not_answer(by, self, at=at))
            self.answered_at = at

    def lapse(self, *, at: datetime) -> None:
        """Close the offer after its time."""
        with self.step("lapse", by="timer", at=at):
            self.answered_at = at
