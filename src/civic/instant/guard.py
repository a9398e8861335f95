"""What binds an official too: both parties must apply, and a rule of law that is known to be false is not granted."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from civic.catalogue.deciding import DECLINE, PERSON
from civic.core.text import local
from civic.instant.facts.consent import asked_for
from civic.instant.models import Ruling
from civic.licences.models import UseRequest
from civic.licences.wallet_states import UsePurpose, UseState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civic.cases.models import Case

FALSE = (DECLINE, PERSON)


def why_not_grant(case: "Case") -> str | None:
    """Return what keeps anybody from granting the case, with the article and what to do; None where nothing does."""
    rules = case.service_version.rules
    if not rules.get("binding") and not rules.get("consent", {}).get("basis"):
        return None
    ruling = Ruling.objects.filter(case=case).decided().newest_first().select_related("case__key").first()
    return _why_not_bound(rules, ruling) or _why_not_agreed(case, rules, ruling)


def rely_on(case: "Case", *, at: datetime) -> None:
    """Let the decision rest on the other party's yes: from now on it cannot be withdrawn."""
    given = UseRequest.objects.filter(case=case.number, purpose=UsePurpose.CONSENT, state=UseState.GRANTED)
    for yes in given.order_by("pk"):
        yes.rely(by="rules", at=at)


def _why_not_bound(rules: "Mapping[str, Any]", ruling: Ruling | None) -> str | None:
    """A binding rule that was false when the facts were drawn last."""
    verdicts = {fired["key"]: fired["verdict"] for fired in ruling.fired} if ruling is not None else {}
    for table in rules.get("tables", []):
        for row in table["rows"]:
            if row["key"] in rules.get("binding", []) and verdicts.get(row["key"]) in FALSE:
                words = _("「%(rule)s」不符合（%(basis)s）。%(remedy)s情况有变化的，请先重新取数。")
                return words % {"rule": local(row, "words"), "basis": row["basis"], "remedy": local(row, "remedy")}
    return None


def _why_not_agreed(case: "Case", rules: "Mapping[str, Any]", ruling: Ruling | None) -> str | None:
    """Where the law wants both to apply: the other's yes in the wallet to these terms, or on paper."""
    consent = rules.get("consent", {})
    if not consent.get("basis"):
        return None
    asked = asked_for(case)
    if asked is not None and asked.state == UseState.GRANTED and (ruling is None or _has_agreed(rules, ruling)):
        return None
    if consent.get("paper") and case.latest_submission.documents.get(consent["paper"]):
        return None
    if asked is not None and asked.state == UseState.ASKED:
        words = _("还在等对方在网上确认（%(basis)s）。对方确认后就能准予，也可以请申请人补交双方签字的同意书。")
    else:
        words = _("没有对方的确认（%(basis)s）。请要求申请人补交双方签字的同意书。")
    return words % {"basis": consent["basis"]}


def _has_agreed(rules: "Mapping[str, Any]", ruling: Ruling) -> bool:
    """Whether the yes was to the terms that are applied for now."""
    fact = ruling.facts.get(rules["consent"]["fact"], {})
    return bool(fact.get("value")) or fact.get("reason") != "CHANGED"
