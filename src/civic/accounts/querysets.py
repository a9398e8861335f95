"""The questions about accounts, persons and officials."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from civic.masking.keys import indexes

if TYPE_CHECKING:
    from civic.accounts.models import Account, Mandate, Official, Organisation, Person  # noqa: F401 (ruff does not read the strings below)


class AccountQuerySet(models.QuerySet["Account"]):
    """Accounts."""

    def for_request(self) -> Self:
        """With all that a request asks of its account, in one query."""
        return self.select_related("official__department", "person__key")

    def visible_to(self, account: "Account") -> Self:
        """The account itself; to operators and auditors also the accounts of officials."""
        own = models.Q(pk=account.pk)
        if account.has_any_role("operator", "auditor"):
            own |= models.Q(kind="OFFICIAL")
        return self.filter(own)


class OfficialQuerySet(models.QuerySet["Official"]):
    """Officials."""

    def visible_to(self, account: "Account") -> Self:
        """All officials to operators and auditors, colleagues to officials, nobody to everyone else."""
        if account.has_any_role("operator", "auditor"):
            return self
        return self.filter(department=account.department_id) if account.is_official else self.none()

    def for_list(self) -> Self:
        """With the account and department that a row shows."""
        return self.select_related("account", "department").order_by("department__code", "display_name", "pk")


class PersonQuerySet(models.QuerySet["Person"]):
    """Persons; found by the keyed index of a number, never by a number."""

    def with_phone(self, *, phone: str) -> Self:
        return self.filter(phone_index__in=indexes(phone, "mobile"))

    def with_id_number(self, *, id_number: str) -> Self:
        return self.filter(id_number_index__in=indexes(id_number, "id_number"))

    def visible_to(self, account: "Account") -> Self:
        """The account's own person; nobody else is found this way."""
        return self.filter(pk=account.person_id) if account.person_id else self.none()


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations."""

    def visible_to(self, account: "Account") -> Self:
        """Those the account represents or holds an active mandate of."""
        if account.person_id is None:
            return self.none()
        own = models.Q(representative=account.person_id)
        active = models.Q(mandates_given__agent=account, mandates_given__state="ACTIVE")
        return self.filter(own | active).distinct()


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Mandates."""

    def active(self, *, at: datetime) -> Self:
        """Those that hold at `at`, whether or not the sweep has been round."""
        return self.filter(state="ACTIVE", valid_until__gt=at)

    def held_by(self, *, agent: "Account") -> Self:
        return self.filter(agent=agent)

    def given_by(self, *, account: "Account") -> Self:
        """Those that the account's person gave, or gave as the representative of an organisation."""
        if account.person_id is None:
            return self.none()
        own = models.Q(principal_person=account.person_id)
        return self.filter(own | models.Q(principal_organisation__representative=account.person_id))

    def visible_to(self, account: "Account") -> Self:
        """Agent and principal see a mandate, nobody else."""
        mine = models.Q(agent=account)
        if account.person_id is not None:
            mine |= models.Q(principal_person=account.person_id)
            mine |= models.Q(principal_organisation__representative=account.person_id)
        return self.filter(mine)

    def covering(
        self,
        *,
        agent: "Account",
        principal: "Person | Organisation",
        service_code: str,
        at: datetime,
        theme: str = "",
    ) -> Self:
        """Those under which `agent` may act for `principal` in the service at `at`."""
        words = ["*", f"service:{service_code}", *([f"theme:{theme}"] if theme else [])]
        column = "principal_organisation" if principal._meta.model_name == "organisation" else "principal_person"
        held = self.active(at=at).filter(agent=agent, scope__overlap=words)
        return held.filter(**{column: principal.pk}).order_by("-valid_until", "pk")

    def over(self, *, at: datetime) -> Self:
        """Those whose time has passed and that are still open."""
        return self.filter(state__in=["PROPOSED", "ACTIVE"], valid_until__lte=at).order_by("pk")

    def for_list(self) -> Self:
        """With the people that a row shows."""
        people = ("principal_person__key", "principal_organisation__representative", "agent__person__key")
        return self.select_related(*people).order_by("state", "-proposed_at", "pk")
