"""Questions about cards, orders, complaints and meetings."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from civic.supervision.policies import READ_ALL, UNIT
from civic.supervision.states import (
    STANDING,
    AssignmentState,
    CardState,
    Colour,
    ComplaintState,
    MeetingState,
    OrderState,
)

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.supervision.models import Assignment, Card, Complaint, Item, Meeting, Order  # noqa: F401 (strings below)


SECOND = timedelta(seconds=1)  # the last second of a limit is still in time, as for its clock


class CardQuerySet(models.QuerySet["Card"]):
    """Questions about cards."""

    def visible_to(self, user: "Account") -> Self:
        """Supervisors and auditors all; a unit its own; others none (the public figures are another matter)."""
        if user.has_any_role(*READ_ALL):
            return self
        return self.filter(unit=user.department_id) if user.has_any_role(*UNIT) else self.none()

    def standing(self) -> Self:
        """Cards that count: issued, and not revoked."""
        return self.filter(state__in=STANDING)

    def made_known(self) -> Self:
        """Cards that were issued, also those that were revoked later: they are told as such."""
        return self.filter(issued_at__isnull=False)

    def of_room(self, label: str) -> Self:
        """Cards for nouns of one kind, by their label in the ledger: hotline.ticket."""
        return self.filter(subject__startswith=f"{label}:")

    def given(self, *, since: datetime, until: datetime) -> Self:
        """Cards given within [since, until)."""
        return self.filter(given_at__gte=since, given_at__lt=until)

    def to_sign(self) -> Self:
        return self.filter(state=CardState.PROPOSED)

    def appealed(self) -> Self:
        return self.filter(state=CardState.APPEALED)

    def shaken(self) -> Self:
        """Red cards that count although a yellow one they stand on was revoked since: somebody has to look."""
        gone = self.model._meta.get_field("bases").related_model._default_manager.filter(
            red=OuterRef("pk"), yellow__state=CardState.REVOKED
        )
        return self.standing().filter(Exists(gone))

    def yellow_and_unspent(self, *, unit: int) -> Self:
        """A unit's yellow cards that count and on which no red card for repetition stands yet, first ones first."""
        return self.standing().filter(unit=unit, colour=Colour.YELLOW, basis_of=None).order_by("issued_at", "pk")

    def of(self, *subjects: str) -> Self:
        return self.filter(subject__in=subjects)

    def for_list(self) -> Self:
        return self.select_related("unit", "clock").order_by("-given_at", "-pk")


class OrderQuerySet(models.QuerySet["Order"]):
    """Questions about orders."""

    def visible_to(self, user: "Account") -> Self:
        if user.has_any_role(*READ_ALL):
            return self
        return self.filter(unit=user.department_id) if user.has_any_role(*UNIT) else self.none()

    def open(self) -> Self:
        return self.filter(state__in=(OrderState.OPEN, OrderState.ANSWERED))

    def for_list(self) -> Self:
        return self.select_related("unit", "card").order_by("answer_by", "pk")


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    """Questions about complaints."""

    def visible_to(self, user: "Account") -> Self:
        """Whoever complained; supervisors and auditors all; the checking unit. Never the unit complained of."""
        if not user.is_authenticated:
            return self.none()
        mine = Q(by=user.pk)
        if user.has_any_role(*READ_ALL):
            return self.filter(mine | ~Q(about=user.department_id))
        if user.has_any_role(*UNIT):
            mine |= Q(unit=user.department_id)
        return self.filter(mine)

    def open(self) -> Self:
        return self.filter(state=ComplaintState.LODGED)

    def overdue(self, *, at: datetime) -> Self:
        """Those that nobody has answered in time; what was answered, however late, is not waited for any more."""
        return self.open().filter(answer_by__lte=at - SECOND)

    def for_list(self) -> Self:
        return self.select_related("about", "unit", "key").order_by("answer_by", "pk")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Questions about meetings."""

    def visible_to(self, user: "Account") -> Self:
        """Supervisors and auditors all; a unit those in which it was given something to do."""
        if user.has_any_role(*READ_ALL):
            return self
        if not user.has_any_role(*UNIT):
            return self.none()
        return self.filter(items__assignments__unit=user.department_id).distinct()

    def for_list(self) -> Self:
        return self.order_by("-on", "-pk")


class ItemQuerySet(models.QuerySet["Item"]):
    """Questions about matters on an agenda."""

    def planned(self) -> Self:
        """Those that a meeting is still to come over."""
        return self.filter(meeting__state=MeetingState.PLANNED)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Questions about what meetings have decided."""

    def visible_to(self, user: "Account") -> Self:
        if user.has_any_role(*READ_ALL):
            return self
        return self.filter(unit=user.department_id) if user.has_any_role(*UNIT) else self.none()

    def open(self) -> Self:
        return self.exclude(state=AssignmentState.CONFIRMED)

    def for_list(self) -> Self:
        return self.select_related("item__meeting", "unit").order_by("due_at", "pk")
