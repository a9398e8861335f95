"""What a case answers about itself from its own rows; `Case` names each of these as its question."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate
from django.utils.translation import gettext

from civic.audit.models import Entry
from civic.audit.seal import without
from civic.cases import rules
from civic.cases.models.commitment import Commitment
from civic.cases.models.hearing import Hearing
from civic.cases.models.parts import Correction, Decision, Extension, Submission
from civic.cases.states import AWAITING_APPLICANT, ENDED_STATES, Opinion, TaskState
from civic.core.text import local

BEFORE_RULES = {"rules": "", "questioned_at": None, "overturned_at": None, "mending_sealed": None}

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.cases.models.case import Case
    from civic.cases.models.task import Task


def is_open_at(case: "Case", department_id: int | None) -> bool:
    return any(task.department_id == department_id and task.state == TaskState.OPEN for task in case.tasks.all())


def is_instant(case: "Case") -> bool:
    """Whether the service is decided on the spot (即办件)."""
    return case.service_version.kind == "INSTANT"


def waiting_departments(case: "Case") -> list[str]:
    """Names of the departments that still have a task to do, in the order of the flow."""
    left = [task for task in case.tasks.all() if task.state in (TaskState.WAITING, TaskState.OPEN)]
    return list(dict.fromkeys(local(task.department, "name") for task in sorted(left, key=lambda task: task.position)))


def objections(case: "Case") -> "list[Task]":
    """The parts at whose end a department did not agree, in the order of the flow."""
    return [task for task in case.tasks.in_order() if task.opinion == Opinion.DISAGREE]


def holders(case: "Case") -> list[str]:
    """Who holds the case now, in words."""
    if case.state in ENDED_STATES:
        return []
    if case.state in AWAITING_APPLICANT:
        return [gettext("申请人")]
    at_work = (local(task.department, "name") for task in case.tasks.all() if task.state == TaskState.OPEN)
    return list(dict.fromkeys(at_work)) or [local(case.department, "name")]


def due_on(case: "Case") -> date | None:
    """The promised day; None until the application is accepted."""
    return localdate(case.due_at) if case.due_at else None


def latest_submission(case: "Case") -> Submission:
    """What the applicant sent last."""
    return max(case.submissions.all(), key=lambda submission: submission.round)


def decision(case: "Case") -> Decision:
    """The decision in force. Raises: Decision.DoesNotExist."""
    return Decision.objects.get(case=case, overturned_at=None)


def decision_or_none(case: "Case") -> Decision | None:
    return Decision.objects.filter(case=case, overturned_at=None).first()


def hearings_in_order(case: "Case") -> list[Hearing]:
    """How the applicant was heard, oldest first."""
    return sorted(case.hearings.all(), key=lambda heard: heard.pk)


def hearing(case: "Case") -> Hearing | None:
    """How the applicant is or was heard last; None if they have said nothing."""
    return next(reversed(hearings_in_order(case)), None)


def overturned(case: "Case") -> list[Decision]:
    """Decisions of rules that a person has put out of force, oldest first."""
    found = Decision.objects.filter(case=case, overturned_at__isnull=False)
    return list(found.select_related("case__key").order_by("pk"))


def is_in_question(case: "Case") -> bool:
    """Whether the decision has to be looked at again: a commitment is false, or rules should not have granted it."""
    found = case.decision_or_none
    return bool(case.false_commitments) or (found is not None and found.questioned_at is not None)


def is_doubter(case: "Case", user: "Account") -> bool:
    """Whether this official has found a commitment false, or called the decision in question."""
    if user.pk in {made.verified_by_id for made in false_commitments(case)}:
        return True
    questions = Entry.objects.filter(subject=case.ledger_id(), step="cases.case.call_in_question")
    return questions.filter(actor=user.ledger_id()).exists()


def applicant_name(case: "Case") -> str:
    """Whose case it is, as the staff who hold it see the name."""
    if case.organisation is not None:
        return case.organisation.name
    return case.person.masked("name", "staff") if case.person else ""


def is_told(case: "Case") -> bool:
    """Whether the applicant has been told once what is to be put right."""
    return bool(case.corrections.all())


def newly_submitted(case: "Case") -> frozenset[str]:
    """The places at which the last answer to a correction differs from what was sent before."""
    rounds = sorted(case.submissions.all(), key=lambda submission: submission.round)
    if len(rounds) < 2:
        return frozenset()
    before, after = ((sent.form, sent.documents) for sent in rounds[-2:])
    return rules.changed_places(before, after)


def withdrawal_reason(case: "Case") -> str:
    """Why the applicant took the application back, if they said so."""
    return case.clear("withdrawal")


def open_correction(case: "Case") -> Correction | None:
    """The correction that waits for the applicant, if any."""
    if case.state not in AWAITING_APPLICANT:
        return None
    return next((asked for asked in case.corrections.all() if asked.answered_at is None), None)


def may_extend(case: "Case") -> bool:
    approved = sum(extension.approved_at is not None for extension in case.extensions.all())
    return approved < rules.MAX_EXTENSIONS


def pending_extension(case: "Case") -> Extension | None:
    """The request for more time that waits for approval, if any."""
    return next((extension for extension in case.extensions.all() if extension.is_pending), None)


def false_commitments(case: "Case") -> list[Commitment]:
    """The commitments that a check has found to be false."""
    return [made for made in case.commitments.all() if made.result == Commitment.Result.FALSE]


def earlier_contents(case: "Case") -> Iterator[dict[str, object]]:
    """A case that was sealed before rules could decide: it had one decision at most, and that was a person's."""
    content = case.sealed_content()
    decisions: Any = content.pop("decisions")
    told = [without(decision, BEFORE_RULES) for decision in decisions]
    if len(told) <= 1 and None not in told:
        yield {**content, "decision": told}
