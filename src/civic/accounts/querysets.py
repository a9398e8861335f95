"""The questions about accounts, persons and officials."""

from typing import TYPE_CHECKING, Self

from django.db import models

from civic.masking.keys import indexes

if TYPE_CHECKING:
    from civic.accounts.models import Account, Official, Person  # noqa: F401 (ruff does not read the strings below)


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

    def with_role(self, *, role: str) -> Self:
        return self.filter(roles__contains=[role])

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
