"""A decision in doubt: a commitment is checked, the applicant is heard; `Case` names each of these as its verb."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from civic.cases import policies
from civic.cases.models import clocks
from civic.cases.models.clocks import HEARING, STATEMENT
from civic.cases.models.commitment import Commitment
from civic.cases.models.hearing import Hearing, StatementEmpty
from civic.core.errors import FieldError, require

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.cases.models.case import Case


def verify_commitment(
    case: "Case", *, material: str, result: str, by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Record what the check of a commitment has found; if it is false, the applicant's time to be heard starts."""
    with case.step("verify_commitment", by=by, at=at, seen=seen, material=material, result=result):
        require(policies.why_not_verify_commitment(by, case))
        case.commitments.get(material=material).verify(result=result, by=by, at=at)
        if result == Commitment.Result.FALSE:
            clocks.stop_open(case, STATEMENT, by=by, at=at)
            clocks.start_answer(case, STATEMENT, by=by, at=at)
            case.act_by = clocks.latest_end(case)
            case._announce("commitment_false")


@dataclass(frozen=True)
class Said:
    """What an applicant says before a decision is taken back: words, tokens of papers, whether they want a hearing."""

    words: str = ""
    documents: tuple[str, ...] = ()
    wants_hearing: bool = False

    @property
    def is_nothing(self) -> bool:
        return not (self.words.strip() or self.documents or self.wants_hearing)


def make_statement(case: "Case", *, said: Said, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Say something to what was found, and ask for a hearing while there is time; said again, it is added.

    Source: Administrative Licensing Law art. 7 and 47. Raises: StatementEmpty.
    """
    detail = {"hearing": "yes" if said.wants_hearing else "no", "papers": str(len(said.documents))}
    with case.step("make_statement", by=by, at=at, seen=seen, **detail):
        require(policies.why_not_make_statement(by, case, at=at))
        if said.is_nothing:
            words = gettext("请写下您的意见，或者勾选要求听证。")
            raise StatementEmpty(words, errors=[FieldError("/words", "required", words)])
        if said.wants_hearing:
            require(policies.why_not_ask_hearing(case, at=at))
        heard = Hearing.hear(case, words=said.words, documents=said.documents, by=by, at=at)
        if said.wants_hearing:
            heard.ask(at=at)
            clocks.start_answer(case, HEARING, by=by, at=at)
            case.act_by = clocks.latest_end(case)
        case._announce("make_statement")


def call_hearing(
    case: "Case", *, hold_at: datetime | None, place: str, by: "Account", at: datetime, seen: int | None = None
) -> None:
    """Tell the applicant when and where the hearing is; called again, it is put off.

    Raises: HearingIncomplete, HearingTooSoon.
    """
    with case.step("call_hearing", by=by, at=at, seen=seen):
        require(policies.why_not_call_hearing(by, case))
        case.hearings.get(closed_at=None).call(hold_at=hold_at, place=place, by=by, at=at)
        case._announce("call_hearing")


def close_hearing(case: "Case", *, record: str, by: "Account", at: datetime, seen: int | None = None) -> None:
    """Record what was said at the hearing; who presides did not raise the doubt. Raises: HearingIncomplete."""
    with case.step("close_hearing", by=by, at=at, seen=seen):
        require(policies.why_not_close_hearing(by, case, at=at))
        held = case.hearings.get(closed_at=None)
        held.close(record=record, by=by, at=at)
        clocks.stop_open(case, HEARING, by=by, at=at)
        case.act_by = clocks.latest_end(case)
