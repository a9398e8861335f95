"""The questions about requests, show codes and uses of licences."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from civic.licences.wallet_states import UseKind, UseState

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
        """Of one's own licences; to officials, what their department used for its cases."""
        if not user.is_authenticated:
            return self.none()
        if user.is_official:
            may = user.has_any_role(*USE_READERS)
            return self.filter(kind=UseKind.CASE, department=user.department_id) if may else self.none()
        if user.person_id is None:
            return self.none()
        return self.filter(Q(licence__person=user.person_id) | Q(licence__organisation__representative=user.person_id))

    def of_licence(self, licence: "Licence") -> Self:
        return self.filter(licence=licence)

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
