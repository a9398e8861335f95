"""The questions about requests, show codes and uses of licences."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from civic.accounts.models import Consent
from civic.licences.wallet_states import REUSE, UseKind, UsePurpose, UseState

if TYPE_CHECKING:
    from civic.accounts.models import Account, Person
    from civic.licences.models import Licence, Presentation, Use, UseRequest  # noqa: F401 (ruff does not read the strings below)

USE_READERS = ("unit_handler", "unit_leader", "window_clerk")


class UseRequestQuerySet(models.QuerySet["UseRequest"]):
    """Requests to use licences, or for a yes."""

    def visible_to(self, user: "Account") -> Self:
        """Those that are put to this person."""
        if not user.is_authenticated or user.person_id is None:
            return self.none()
        return self.filter(holder=user.person_id)

    def standing(self, *, holder: "Person", case: str, purpose: str) -> Self:
        """The one request about a matter that has not run out unanswered."""
        return self.filter(holder=holder, case=case, purpose=purpose).exclude(state=UseState.EXPIRED)

    def granted(self, *, holder: "Person", case: str, purpose: str) -> Self:
        """The request about a matter to which the holder has said yes, and not taken it back."""
        return self.filter(holder=holder, case=case, purpose=purpose, state=UseState.GRANTED)

    def of_case(self, case: str) -> Self:
        return self.filter(case=case)

    def of_oneself(self) -> Self:
        """What holders agreed to in applications of their own."""
        return self.filter(purpose=UsePurpose.USE, asker__person=F("holder"))

    def waiting(self, *, at: datetime) -> Self:
        """Those that can still be answered."""
        return self.filter(state=UseState.ASKED, until__gt=at)

    def over(self, *, at: datetime) -> Self:
        """Those whose time to answer has passed and that do not say so yet."""
        return self.filter(state=UseState.ASKED, until__lte=at).order_by("pk")

    def for_list(self) -> Self:
        """With the keys that open their words and names, the newest first."""
        return self.select_related("holder__key", "asker__person__key", "asker__official").order_by("-asked_at", "-pk")


class UseQuerySet(models.QuerySet["Use"]):
    """What was disclosed of licences."""

    def visible_to(self, user: "Account") -> Self:
        """Of one's own licences; to officials, what their department may use for its cases as long as that lasts."""
        if not user.is_authenticated:
            return self.none()
        if user.is_official:
            may = user.has_any_role(*USE_READERS)
            return self.standing().filter(department=user.department_id) if may else self.none()
        if user.person_id is None:
            return self.none()
        return self.filter(Q(licence__person=user.person_id) | Q(licence__organisation__representative=user.person_id))

    def standing(self) -> Self:
        """Uses for cases whose ground lasts: a yes that was not taken back, else the holder's standing consent."""
        owner = Coalesce(OuterRef("licence__person"), OuterRef("licence__organisation__representative"))
        agreed = Consent.objects.filter(person=owner, purpose=REUSE, withdrawn_at=None)
        granted = Q(request__state=UseState.GRANTED) | Q(request__isnull=True) & Exists(agreed)
        return self.filter(granted, kind=UseKind.CASE)

    def of_licence(self, licence: "Licence") -> Self:
        return self.filter(licence=licence)

    def readings(self) -> Self:
        """Those by which somebody got to see something of a licence."""
        return self.exclude(kind=UseKind.VERIFIED)

    def verifications(self) -> Self:
        """Those by which somebody asked whether a licence is genuine, and saw nothing of it."""
        return self.filter(kind=UseKind.VERIFIED)

    def of_case(self, case: str) -> Self:
        return self.filter(case=case, kind=UseKind.CASE)

    def for_list(self) -> Self:
        return self.select_related("licence__type", "department").order_by("-used_at", "-pk")


class PresentationQuerySet(models.QuerySet["Presentation"]):
    """Show codes."""

    def live(self, *, at: datetime) -> Self:
        """Those that can still be read."""
        return self.filter(used_at=None, expires_at__gt=at)

    def stale(self, *, before: datetime) -> Self:
        """Those that were never read and ended before then."""
        return self.filter(used_at=None, expires_at__lte=before)
