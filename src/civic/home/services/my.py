"""My page: who read what is mine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.core.text import local

SHOWN = 20
FIELDS = {
    "name": gettext_lazy("姓名"),
    "id_number": gettext_lazy("证件号码"),
    "phone": gettext_lazy("手机号"),
    "address": gettext_lazy("住址"),
}


@dataclass(frozen=True)
class Reading:
    """Somebody saw a clear value of mine: which, when, from which department, and the reason given."""

    at: datetime
    department: str
    field: str
    purpose: str


def readings_of(account: Account) -> list[Reading]:
    """Return the latest reveals of the values of the person behind `account`, newest first."""
    if account.person is None:
        return []
    entries = list(
        Entry.objects.filter(subject=account.person.ledger_id(), step="masking.value.reveal").order_by("-pk")[:SHOWN]
    )
    departments = _departments(entry.actor for entry in entries)
    return [
        Reading(
            at=entry.at, purpose=entry.purpose, department=departments.get(entry.actor, _("系统")),
            field=str(FIELDS.get(entry.detail.get("field", ""), entry.detail.get("field", ""))),
        )
        for entry in entries
    ]  # fmt: skip


def _departments(actors: Iterable[str]) -> dict[str, str]:
    """Return actor -> the department they work for; the ledger holds actors as `label:key`."""
    keys = {actor.rpartition(":")[2] for actor in actors if actor.startswith("accounts.account:")}
    officials = Account.objects.filter(pk__in=keys, official__isnull=False).select_related("official__department")
    return {account.ledger_id(): local(account.official.department, "name") for account in officials}
