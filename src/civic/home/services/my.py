"""My page: what waits for me, what is under way, and who read what is mine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.cases.models import Case, Draft
from civic.cases.states import AWAITING_APPLICANT
from civic.core.text import local
from civic.documents.models import Document
from civic.licences.models import Licence
from civic.notifications.models import Notice

REVEAL = "masking.value.reveal"
READING = (REVEAL, "cases.case.read", "documents.document.read", "licences.licence.read", "licences.use.read")
SHOWN = 20
FEW = 5
FIELDS = {
    "name": gettext_lazy("姓名"),
    "id_number": gettext_lazy("证件号码"),
    "phone": gettext_lazy("手机号"),
    "address": gettext_lazy("住址"),
    "form": gettext_lazy("申请表内容"),
    "values": gettext_lazy("证照内容"),
}


@dataclass(frozen=True)
class Reading:
    """An official saw something of mine: what, when, from which department, and the reason given."""

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


def overview_of(account: Account, *, at: datetime) -> Overview:
    """Return the cases that wait for this person, the latest under way, the drafts, and how many letters are unread."""
    cases = list(Case.objects.of_applicant(account, at=at).open().newest_first().for_list()[: 4 * FEW])
    others = [case for case in cases if case.state not in AWAITING_APPLICANT]
    return Overview(
        my_turn=[case for case in cases if case.state in AWAITING_APPLICANT],
        under_way=others[:FEW],
        more=len(others[FEW:]),
        drafts=list(Draft.objects.visible_to(account).newest_first().for_list()[:FEW]),
        unread=Notice.objects.visible_to(account).unread().count(),
    )


def readings_of(account: Account, *, at: datetime) -> list[Reading]:
    """Return who of the officials saw what of the person behind `account`: the latest days, newest first.

    What one department looked at several times on a day for the same reason is one line.
    """
    if account.person is None:
        return []
    of = _subjects(account, at)
    entries = Entry.objects.filter(subject__in=of, step__in=READING).exclude(actor=account.ledger_id())
    newest = list(entries.order_by("-pk")[: SHOWN * FEW])
    departments = _departments(entry.actor for entry in newest)
    lines: dict[tuple[object, ...], Reading] = {}
    for entry in newest:
        department = departments.get(entry.actor, _("系统"))
        line = Reading(entry.at, department, _seen(entry, of[entry.subject]), entry.purpose)
        lines.setdefault((localdate(line.at), line.department, line.field, line.purpose), line)
    return list(lines.values())[:SHOWN]


def _subjects(account: Account, at: datetime) -> dict[str, str]:
    """Return what is about this person: ledger id -> the words for it."""
    cases = Case.objects.of_applicant(account, at=at).values_list("pk", "number")
    documents = Document.objects.owned_by(account=account).values_list("pk", flat=True)
    licences = Licence.objects.of(account.person).select_related("type") if account.person else []
    person = {account.person.ledger_id(): ""} if account.person else {}
    return {
        **person,
        **{f"{Case._meta.label_lower}:{pk}": _("办件%(number)s") % {"number": number} for pk, number in cases},
        **{licence.ledger_id(): licence.type.label for licence in licences},
        **{f"{Document._meta.label_lower}:{pk}": _("提交的材料") for pk in documents},
    }


def _seen(entry: Entry, what: str) -> str:
    if entry.step != REVEAL:
        return what
    field = entry.detail.get("field", "")
    return str(FIELDS.get(field, field))


def _departments(actors: Iterable[str]) -> dict[str, str]:
    """Return actor -> the department they work for; the ledger holds actors as `label:key`."""
    keys = {actor.rpartition(":")[2] for actor in actors if actor.startswith("accounts.account:")}
    officials = Account.objects.filter(pk__in=keys, official__isnull=False).select_related("official__department")
    return {account.ledger_id(): local(account.official.department, "name") for account in officials}
