"""Checking commitments after the decision: each against the record of the exchange that its service names.

A machine only lays the record beside the commitment; that it is false, and what follows, an official says.
Source: 国办发〔2020〕42号 (verification during and after); Personal Information Protection Law art. 24.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from civic.cases.models import Case
from civic.exchange.results import Ask, Context, Denied, Disputed, Unavailable, Value
from civic.exchange.services import draw
from civic.instant.models import Check
from civic.instant.states import Found

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from civic.exchange.results import Drawn

ME = "me"
DEADLINE_SECONDS = 3.0


def check_commitments(case: Case, *, at: datetime) -> list[Check]:
    """Draw the records that prove the unverified commitments of a granted case, all at once, and note what they say.

    What could not be got is unknown, with its reason, and is drawn again until somebody has verified it. Safe to run
    twice. Call it outside a transaction. Raises: LedgerClosed.
    """
    wanted = _wanted(case)
    if not wanted:
        return []
    form = case.latest_submission.form
    asks = {key: _ask(case, check, form) for key, check in wanted.items()}
    subject = case.person or (case.organisation.representative if case.organisation else None)
    context = Context(
        service=case.service_version.service.code, case=case.number, purpose="verify", by="rules",
        on_behalf_of=subject.ledger_id() if subject else "",
    )  # fmt: skip
    drawn = draw(asks, context=context, at=at, deadline=DEADLINE_SECONDS)
    return [_note(case, key, wanted[key], drawn[key], form, at=at) for key in wanted]


def unanswered() -> "QuerySet[Check, int]":
    """Return the keys of the cases with a commitment of which no record has said anything yet."""
    return Check.objects.filter(found=Found.UNKNOWN).values_list("case", flat=True)


def _wanted(case: Case) -> dict[str, Mapping[str, Any]]:
    """Return the checks of the commitments that nobody has verified and no record has answered."""
    known = set(Check.objects.filter(case=case).exclude(found=Found.UNKNOWN).values_list("material", flat=True))
    unverified = {made.material for made in case.commitments.all() if not made.result} - known
    return {
        str(material["key"]): material["check"]
        for material in case.service_version.materials
        if material.get("check") and str(material["key"]) in unverified
    }


def _ask(case: Case, check: Mapping[str, str], form: Mapping[str, Any]) -> Ask:
    subject = case.person or (case.organisation.representative if case.organisation else None)
    own = subject.id_number if subject is not None else ""
    value = own if check["of"] == ME else str(form.get(check["of"]) or "")
    return Ask(check["resource"], {check["key"]: value}, (check["field"],))


def _note(
    case: Case, key: str, check: Mapping[str, str], drawn: "Drawn", form: Mapping[str, Any], *, at: datetime
) -> Check:
    result = drawn.one(check["field"])
    said = _plain(form.get(check["says"]) if "says" in check else check["is"])
    found, as_of, reason = Found.UNKNOWN, None, "NO_RECORD"
    match result:
        case Value(is_stale=False):
            found, as_of, reason = (Found.TRUE if _plain(result.value) == said else Found.FALSE), result.as_of, ""
        case Value():
            reason = "STALE"
        case Disputed():
            reason = "DISPUTED"
        case Unavailable():
            reason = result.reason
        case Denied():
            reason = "DENIED"
    source = replace(drawn, source=check["resource"]).source
    return Check.objects.note(case, key, found=found, source=source, as_of=as_of, reason=reason, at=at)


def _plain(value: Any) -> str:
    """Return a recorded or typed value so that the same is the same: numbers, yes and no, texts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value if value is not None else "").strip().lower()
