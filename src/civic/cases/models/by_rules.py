"""What rules decide without a person, and the second look at a decision; `Case` names each of these as its verb."""

from datetime import datetime
from typing import TYPE_CHECKING

from civic.cases import policies
from civic.cases.models import clocks
from civic.cases.models.clocks import STATEMENT
from civic.cases.models.credit import CreditMark
from civic.cases.models.hearing import require_held
from civic.cases.models.parts import Decision, require_reasons
from civic.cases.states import BY_RULES, Outcome, Review
from civic.core.errors import require

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.cases.models.case import Case


def grant_by_rules(case: "Case", *, reasons: str, legal_basis: str, rules: str, at: datetime) -> None:
    """Grant an application of which every rule is true on the records of those who keep them, at once.

    `rules` names the rules and their version. Source: Personal Information Protection Law art. 24; a person can
    always look at it again.
    """
    with case.step("grant_by_rules", by=BY_RULES, at=at, rules=rules, outcome=Outcome.GRANTED):
        require(policies.why_not_decide_by_rules(case))
        case.accepted_at = case.due_at = at  # taken up and decided in one instant: nothing is left to count
        case._decide(Outcome.GRANTED, reasons=reasons, legal_basis=legal_basis, by=rules, at=at)
        case._announce("grant")


def decline_by_rules(case: "Case", *, reasons: str, legal_basis: str, rules: str, at: datetime) -> None:
    """Not take up an application that a rule of law rules out, with article and remedy."""
    with case.step("decline_by_rules", by=BY_RULES, at=at, rules=rules):
        require(policies.why_not_decide_by_rules(case))
        Decision.write(case, outcome=Outcome.REFUSED, reasons=reasons, legal_basis=legal_basis, by=rules, at=at)
        case._end(by=BY_RULES, at=at)
        case._announce("decline")


def ask_person(case: "Case", *, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Have a person look at what rules did not take up; the department's time starts anew.

    Source: Personal Information Protection Law art. 24: nobody has to accept a decision made by a machine alone.
    """
    with case.step("ask_person", by=by, at=at, seen=seen):
        require(policies.why_not_ask_person(by, case, at=at))
        _reopen(case, reasons="", by=by, at=at)
        case._announce("ask_person")


def readmit(case: "Case", *, reasons: str, by: "Account", at: datetime) -> None:
    """Take up again what rules wrongly did not, because a person has looked at it; the reasons are kept."""
    with case.step("readmit", by=by, at=at):
        require(policies.why_not_mend(by, case))
        require_reasons(reasons, case.decision.legal_basis)
        _reopen(case, reasons=reasons, by=by, at=at)
        case._announce("readmit")


def call_in_question(case: "Case", *, reasons: str, by: "Account", at: datetime) -> None:
    """Say that rules should not have granted it; the applicant's time to be heard starts, then `uphold` or `revoke`.

    Source: Administrative Licensing Law art. 69 and art. 7.
    """
    with case.step("call_in_question", by=by, at=at):
        require(policies.why_not_mend(by, case))
        require_reasons(reasons, case.decision.legal_basis)
        case.decision.question(reasons=reasons, at=at)
        clocks.stop_all(case, by=by, at=at)
        case.act_by = clocks.start_answer(case, STATEMENT, by=by, at=at)
        case._announce("call_in_question")


def uphold(
    case: "Case", *, reasons: str, legal_basis: str, by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Let the decision stand although a commitment proved false, or it was called in question."""
    with case.step("uphold", by=by, at=at, seen=seen):
        _review(case, Review.UPHELD, reasons=reasons, legal_basis=legal_basis, by=by, at=at)
        case._announce("uphold")


def revoke(
    case: "Case", *, reasons: str, legal_basis: str, by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Take the decision back, not before the applicant could be heard, and was if they asked for a hearing.

    Source: Administrative Licensing Law art. 69, 7 and 47; 国办发〔2020〕42号 on false commitments.
    Raises: StatementPending, HearingPending.
    """
    with case.step("revoke", by=by, at=at, seen=seen):
        clocks.require_over(case, STATEMENT, at=at)
        require_held(case)
        _review(case, Review.REVOKED, reasons=reasons, legal_basis=legal_basis, by=by, at=at)
        CreditMark.objects.mark(case, by=by, at=at)
        case._announce("revoke")


def _review(case: "Case", result: Review, *, reasons: str, legal_basis: str, by: "Account", at: datetime) -> None:
    require(policies.why_not_review(by, case))
    case.decision.review_as(result, reasons=reasons, legal_basis=legal_basis, by=by, at=at)
    clocks.stop_all(case, by=by, at=at)


def _reopen(case: "Case", *, reasons: str, by: "Account", at: datetime) -> None:
    case.decision.overturn(reasons=reasons, at=at)
    for task in case.tasks.cancelled():
        task.case = case
        task.revive(by=by, at=at)
    case.ended_at = None
    case.act_by = clocks.start_acceptance(case, by=by, at=at)
