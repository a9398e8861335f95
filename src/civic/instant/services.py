"""The journey of an application through its rules: asked, drawn, decided, and what follows a decision."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from civic.cases.models import Case
from civic.cases.states import CaseState
from civic.catalogue.deciding import DECLINE, GRANT, decide, recheck_rate
from civic.core.jobs import enqueue
from civic.instant.asking import ask_other
from civic.instant.facts import gather, needs_consent
from civic.instant.models import Onward, Recheck, Ruling
from civic.instant.models.ruling import GrantedBefore
from civic.instant.rules import basis_of, reasons_to_decline, reasons_to_grant, rules_label
from civic.instant.states import OnwardState, RulingState
from civic.licences.models import Licence, UseRequest
from civic.licences.models.licence import Ground
from civic.licences.wallet_states import UseState

if TYPE_CHECKING:
    from civic.catalogue.deciding import Ruled
    from civic.instant.facts.sheet import Sheet

BY = "rules"
REVOKED_WITH_ITS_DECISION = "据以颁发的决定已撤销。"


def begin(*, case: Case, at: datetime) -> Ruling | None:
    """Return the ruling that is to be decided; None where a person has it or was asked for, or where no rules decide.

    What was handed over is looked at anew when an answer comes in, as long as nobody has taken it up.
    """
    rules = case.service_version.rules
    if case.state != CaseState.SUBMITTED or not (rules.get("auto") and rules.get("facts_by")) or case.overturned:
        return None
    return Ruling.objects.ask(case, at=at)


def draw_sheet(*, ruling: Ruling, at: datetime) -> "Sheet":
    """Draw every fact that the rules of the service ask for. Call it outside a transaction: sources may be slow."""
    return gather(ruling.case, at=at)


def settle(*, ruling: Ruling, sheet: "Sheet", lots: float, at: datetime) -> None:
    """Decide what is clean, wait for the other parent where only their answer is missing, hand over everything else.

    `lots` is a random number in [0, 1): below the published rate a person looks at the decision again.
    """
    ruled = decide(ruling.service_version.rules, sheet.values())
    with transaction.atomic():
        if ruled.outcome == DECLINE:
            _decline(ruling, sheet, ruled, at=at)
        elif sheet.waits_on is not None and _is_clean_but_for_consent(ruling, sheet):
            ask_other(ruling, sheet, at=at)
            if ruling.state == RulingState.ASKED:  # a job that runs twice finds it waiting already
                ruling.wait(sheet=sheet, at=at)
            return
        elif ruled.outcome == GRANT:
            _grant_or_hand_over(ruling, sheet, ruled, at=at)
        else:
            _hand_over(ruling, sheet, ruled, at=at)
        if ruling.state != RulingState.HANDED_OVER and lots < recheck_rate(ruling.service_version.rules):
            Recheck.objects.draw(ruling, at=at)


def enqueue_ready(case: Case) -> None:
    """Put on the queue what waits for nothing any more."""
    rows = list(Onward.objects.filter(case=case).in_order())
    done = {row.notice for row in rows if row.state == OnwardState.DONE}
    for row in rows:
        if row.state == OnwardState.PLANNED and set(row.after) <= done:
            enqueue("civic.instant.tasks.tell", onward=row.pk)


def settle_onward(*, onward: Onward, accepted: bool, reference: str, message: str, at: datetime) -> None:
    """Note what a department answered; what rested on a refusal is given up, what waited for it begins."""
    with transaction.atomic():
        if accepted:
            onward.complete(reference=reference, at=at)
            enqueue_ready(onward.case)
            return
        onward.turn_down(reason=message, at=at)
        for row in Onward.objects.filter(case=onward.case).planned():
            if onward.notice in row.after:
                row.drop(at=at)


def body_of(onward: Onward) -> dict[str, Any]:
    """Return what a department is told: what the decision has found, of that which the notice names."""
    ruling = Ruling.objects.filter(case=onward.case).decided().newest_first().select_related("case__key").first()
    kept = ruling.notice if ruling is not None else {}
    return {"case": onward.case.number, **kept}


def undo(*, case: Case, at: datetime) -> list[Onward]:
    """Take back the licence of a revoked case and what is not done yet; return what departments have to undo."""
    with transaction.atomic():
        for licence in Licence.objects.filter(case=case.number).exclude(state="REVOKED"):
            licence.revoke(Ground(REVOKED_WITH_ITS_DECISION, decision=case.number), by="rules", at=at)
        rows = list(Onward.objects.filter(case=case).in_order())
        for row in rows:
            if row.state == OnwardState.PLANNED:
                row.drop(at=at)
    return [row for row in reversed(rows) if row.state == OnwardState.DONE]


def _is_clean_but_for_consent(ruling: Ruling, sheet: "Sheet") -> bool:
    assumed: dict[str, Any] = {**sheet.values(), needs_consent(ruling.service_version.rules): True}
    return decide(ruling.service_version.rules, assumed).outcome == GRANT


def _grant_or_hand_over(ruling: Ruling, sheet: "Sheet", ruled: "Ruled", *, at: datetime) -> None:
    try:
        ruling.grant(sheet=sheet, fired=_fired(ruled), at=at)
    except GrantedBefore:
        ruling.refresh_from_db()
        ruling.hand_over(sheet=sheet, fired=_fired(ruled), missing=["granted_before"], at=at)
        return
    for yes in UseRequest.objects.filter(case=ruling.case.number, state=UseState.GRANTED):
        yes.rely(by="rules", at=at)
    ruling.case.grant_by_rules(
        reasons=reasons_to_grant(ruled.fired), legal_basis=basis_of(ruled.fired), rules=_label(ruling), at=at
    )


def _decline(ruling: Ruling, sheet: "Sheet", ruled: "Ruled", *, at: datetime) -> None:
    false = [rule for rule in ruled.fired if rule.verdict == DECLINE]
    ruling.decline(sheet=sheet, fired=_fired(ruled), at=at)
    ruling.case.decline_by_rules(
        reasons=reasons_to_decline(false), legal_basis=basis_of(false), rules=_label(ruling), at=at
    )


def _hand_over(ruling: Ruling, sheet: "Sheet", ruled: "Ruled", *, at: datetime) -> None:
    ask_other(ruling, sheet, at=at)
    ruling.hand_over(sheet=sheet, fired=_fired(ruled), missing=ruled.missing, at=at)


def _fired(ruled: "Ruled") -> Sequence[Mapping[str, str]]:
    return [{"key": rule.key, "verdict": rule.verdict} for rule in ruled.fired]


def _label(ruling: Ruling) -> str:
    return rules_label(ruling.service_version.service.code, ruling.service_version.number)
