"""My page: what waits for me, what is under way, and who read what is mine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.cases.models import Case, Draft
from civic.cases.states import AWAITING_APPLICANT
from civic.core.text import local
from civic.notifications.models import Notice

SHOWN = 20
FEW = 5
FIELDS = {
    "name": gettext_lazy("姓名"),
    "id_number": gettext_lazy("证件号码"),
    "phone": gettext_lazy("手机号"),
    "address": gettext_lazy("住址"),
    "form": gettext_lazy("申请表内容"),
}


@dataclass(frozen=True)
class Reading:
    """Somebody saw a clear value of mine: which, when, from which department, and the reason given."""

    at: datetime
    department: str
    field: str
    purpose: str


@dataclass(frozen=True)
class Overview:
    """What stands on my page above the rest; `more`: how many cases under way are not shown."""

    my_turn: list[Case]
    under_way: list[Case]
    more: int
    drafts: list[Draft]
    unread: int


def overview_of(account: Account) -> Overview:
    """Return the cases that wait for this person, the latest under way, the drafts, and how many letters are unread."""
    cases = list(Case.objects.of_applicant(account).open().newest_first().for_list()[: 4 * FEW])
    others = [case for case in cases if case.state not in AWAITING_APPLICANT]
    return Overview(
        my_turn=[case for case in cases if case.state in AWAITING_APPLICANT],
        under_way=others[:FEW],
        more=len(others[FEW:]),
        drafts=list(Draft.objects.visible_to(account).newest_first().for_list()[:FEW]),
        unread=Notice.objects.visible_to(account).unread().count(),
    )


def readings_of(account: Account) -> list[Reading]:
    """Return the latest reveals of the values of the person behind `account`, newest first."""
    if account.person is None:
        return []
    subjects = [account.person.ledger_id(), *(case.ledger_id() for case in Case.objects.of_applicant(account))]
    entries = list(Entry.objects.filter(subject__in=subjects, step="masking.value.reveal").order_by("-pk")[:SHOWN])
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
