"""免申即享: who has a right to something is told before they ask, and takes it with one tap."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Consent, Department, Person
from civic.accounts.rules import PURPOSES, Level
from civic.cases.models import Case
from civic.cases.services import Application, submit_case
from civic.cases.states import Delivery
from civic.catalogue.deciding import GRANT, decide
from civic.core.errors import Conflict, require
from civic.core.text import local
from civic.instant import policies
from civic.instant.facts import OFFERED
from civic.instant.models import Offer
from civic.instant.states import OfferState
from civic.notifications.services import notify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civic.catalogue.models import Service, Version

HINTS = "service_hints"
STANDS_FOR = timedelta(days=30)
LETTER = "offer.made"
LONGEST_REASON = 200


class DataMissing(Conflict):
    """What the application needs cannot be drawn now."""

    code = "offer-data-missing"


@dataclass(frozen=True)
class Reason:
    """One condition that is met, and who says so: "户口在六安（六安市公安局）"."""

    words: str
    sources: tuple[str, ...]

    @property
    def who(self) -> str:
        """The departments whose records say so, as a list in words."""
        return _("、").join(self.sources)


def find_offers(*, service: "Service", at: datetime) -> int:
    """Offer the service to everybody who agreed to hints and meets every rule; return to how many it is new.

    Only the fewest fields are drawn, and only about people old enough. Call it outside a transaction.
    """
    version = service.current
    if version is None or not version.rules.get("offer") or version.rules.get("facts_by") not in OFFERED:
        return 0
    return sum(_offer(version, account, at=at) for account in _candidates(version, at=at))


def take_offer(*, offer: Offer, by: Account, at: datetime) -> Case:
    """Apply for what was offered, with the answers that data and the service's rules give; rules decide as always.

    The commitments of the service are shown beside the button: who takes the offer makes them.
    Raises: NotAllowed, DataMissing, StepRefused, if it was answered before; FormIncomplete.
    """
    require(policies.why_not_answer(by, offer, at=at))
    version: Version | None = offer.service.current
    if version is None or not version.rules.get("offer"):
        raise Conflict(_("这项服务现在不能直接领取，请按办事指南申请。"))
    drawn = OFFERED[version.rules["facts_by"]].fill(offer.person, service=offer.service.code, by=by, at=at)
    form = {**version.rules["offer"]["answers"], **drawn}
    if not set(version.form.get("required", ())) <= set(form):
        raise DataMissing(_("有的部门暂时没有回答，现在填不全申请。请过一会儿再点“领取”，或者直接申请。"))
    application = Application(
        form=form,
        commitments=[str(material["key"]) for material in commitments_of(version)],
        delivery=Delivery.ELECTRONIC,
        origins={"drawn": str(len(form)), "typed": "0"},
    )
    with transaction.atomic():
        case = submit_case(version=version, application=application, by=by, at=at)
        offer.take(case, by=by, at=at)
    return case


def lapse_offers(*, at: datetime) -> int:
    """Close what was not answered in its time; return how many. Who did not answer may be offered it again."""
    over = list(Offer.objects.over(at=at))
    for offer in over:
        offer.lapse(at=at)
    return len(over)


def department_names() -> dict[str, str]:
    """Return the departments' names in the reader's language, by code."""
    return {department.code: local(department, "name") for department in Department.objects.all()}


def reasons_of(offer: Offer, departments: "Mapping[str, str]") -> list[Reason]:
    """Return in words why it was offered: the rules that hold, and which department's record says so."""
    rules = offer.service.current.rules if offer.service.current else {}
    rows = {row["key"]: row for table in rules.get("tables", ()) for row in table["rows"]}
    sources = {fact["key"]: fact["source"] for fact in rules.get("facts", ())}
    return [
        Reason(local(rows[key], "words"), _sources(rows[key], sources, departments))
        for key in offer.reason.split(",")
        if key in rows
    ]


def commitments_of(version: "Version") -> list[dict[str, Any]]:
    """Return what an applicant commits to instead of handing in papers."""
    return [dict(material) for material in version.materials if material["source"] == "COMMITMENT"]


def _sources(
    row: "Mapping[str, Any]", sources: "Mapping[str, str]", departments: "Mapping[str, str]"
) -> tuple[str, ...]:
    codes = [sources.get(key, "").partition(".")[0] for key in row["when"]]
    return tuple(dict.fromkeys(departments[code] for code in codes if code in departments))


def _candidates(version: "Version", *, at: datetime) -> Iterator[Account]:
    """Yield the accounts of those who agreed to hints, are known by name, old enough, and neither asked nor applied."""
    agreed = Consent.objects.filter(
        purpose=HINTS, purpose_version=PURPOSES[HINTS].version, withdrawn_at=None
    ).values("person")  # fmt: skip
    answered = Offer.objects.filter(service=version.service_id).exclude(state=OfferState.LAPSED).values("person")
    applied = Case.objects.filter(service=version.service_id, person__isnull=False)
    people = Person.objects.filter(pk__in=agreed, level__gte=Level.REAL_NAME).exclude(pk__in=answered)
    people = people.exclude(pk__in=applied.open().values("person"))
    accounts = Account.objects.filter(person__in=people, is_active=True).select_related("person__key")
    youngest, today = version.rules["offer"]["age_from"], localdate(at)
    for account in accounts.order_by("pk").iterator(chunk_size=200):
        age = account.person.age_on(today) if account.person else None
        if age is not None and age >= youngest:
            yield account


def _offer(version: "Version", account: Account, *, at: datetime) -> bool:
    """Draw, judge and offer; whatever is unknown or false is no offer, and nobody is told."""
    person, said = account.person, version.rules["offer"]
    assert person is not None  # the caller looks for accounts of persons  # noqa: S101
    gather_for = OFFERED[version.rules["facts_by"]].gather_for
    sheet = gather_for(person, answers=said["answers"], service=version.service.code, at=at)
    ruled = decide(version.rules, sheet.values())
    if ruled.outcome != GRANT:
        return False
    reason = _reason([rule.key for rule in ruled.fired if _is_drawn(version.rules, rule.key)])
    with transaction.atomic():
        offer = Offer.objects.make(
            person=person, service=version.service, reason=reason, until=at + STANDS_FOR, at=at
        )  # fmt: skip
        if offer is None:
            return False
        variables = {"service": version.name, "service_en": version.name_en}
        notify(account, LETTER, subject=f"{offer.ledger_id()}/made", variables=variables, at=at)
    return True


def _is_drawn(rules: "Mapping[str, Any]", key: str) -> bool:
    """Whether a rule rests on what departments say, not on the answers that would be given."""
    (row,) = [row for table in rules["tables"] for row in table["rows"] if row["key"] == key]
    sources = {fact["key"]: str(fact["source"]) for fact in rules["facts"]}
    return not all(sources[fact].startswith("form.") for fact in row["when"])


def _reason(keys: list[str]) -> str:
    text = ""
    for key in keys:
        longer = f"{text},{key}" if text else key
        if len(longer) > LONGEST_REASON:
            break
        text = longer
    return text
