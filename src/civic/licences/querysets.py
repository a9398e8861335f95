"""The questions about licences and their types."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate

from civic.licences.states import LISTED, LicenceState, StatusPurpose

if TYPE_CHECKING:
    from civic.accounts.models import Account, Organisation, Person
    from civic.licences.models import Licence, LicenceType, StatusListVersion  # noqa: F401 (ruff does not read the strings below)

READERS = ("unit_handler", "unit_leader", "window_clerk")


class LicenceTypeQuerySet(models.QuerySet["LicenceType"]):
    """Types of licences: public."""

    def offered(self) -> Self:
        """Those that can be issued now."""
        return self.filter(is_offered=True)

    def for_list(self) -> Self:
        return self.select_related("authority").order_by("position", "code")


class LicenceQuerySet(models.QuerySet["Licence"]):
    """Licences."""

    def of(self, holder: "Person | Organisation") -> Self:
        """Those of one holder."""
        column = "organisation" if holder._meta.model_name == "organisation" else "person"
        return self.filter(**{column: holder.pk})

    def visible_to(self, user: "Account") -> Self:
        """The holder's own, those of organisations one represents; to officials those kept by or granted to them."""
        if not user.is_authenticated:
            return self.none()
        if user.is_official:
            granted = apps.get_model("licences", "Use").objects.visible_to(user).filter(licence=OuterRef("pk"))
            return self.kept_by(user) | self.filter(Exists(granted))
        return self.owned_by(user)

    def owned_by(self, user: "Account") -> Self:
        """One's own, and those of organisations one represents."""
        if user.person_id is None:
            return self.none()
        return self.filter(Q(person=user.person_id) | Q(organisation__representative=user.person_id))

    def kept_by(self, user: "Account") -> Self:
        """Those that an official may read whole: of their own department; an auditor reads every one."""
        if not user.is_authenticated or not user.is_official:
            return self.none()
        if user.has_any_role("auditor"):
            return self
        return self.filter(authority=user.department_id) if user.has_any_role(*READERS) else self.none()

    def valid(self, *, at: datetime) -> Self:
        """Those that hold at `at` by what is stored now, whether or not the sweep has been round."""
        return self.filter(state=LicenceState.VALID, valid_from__lte=localdate(at)).exclude(
            valid_until__lt=localdate(at)
        )

    def of_kind(self, *codes: str) -> Self:
        return self.filter(type__code__in=codes)

    def over(self, *, on: date) -> Self:
        """Those whose last day has passed and that do not say so yet."""
        return self.filter(state__in=(LicenceState.VALID, LicenceState.SUSPENDED), valid_until__lt=on).order_by("pk")

    def ending(self, *, on: date) -> Self:
        """Valid ones whose last day is `on`."""
        return self.filter(state=LicenceState.VALID, valid_until=on).order_by("pk")

    def listed(self, purpose: str) -> Self:
        """Those whose bit is set in the lists of `purpose`."""
        return self.filter(state__in=LISTED[StatusPurpose(purpose)])

    def for_signing(self) -> Self:
        """With all that a signed form says."""
        related = ("type", "authority", "person__key", "organisation", "key", "status_list")
        return self.select_related(*related)

    def for_list(self) -> Self:
        return self.select_related("type", "authority", "key").order_by("type__position", "-issued_at", "-pk")


class StatusListVersionQuerySet(models.QuerySet["StatusListVersion"]):
    """What status lists said, and say: public."""

    def as_of(self, *, number: int, purpose: str, instant: datetime) -> Self:
        """The version that counted at `instant`, first."""
        found = self.filter(status_list=number, purpose=purpose, from_at__lte=instant)
        return found.order_by("-from_at", "-pk")
