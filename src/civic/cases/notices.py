"""Which notice a step sends, and to whom."""

from datetime import datetime

from civic.accounts.models import Account
from civic.cases.models import Case

NOTICES = {
    "submit": "case.submitted",
    "request_correction": "case.correction_requested",
    "resubmit": "case.resubmitted",
    "accept": "case.accepted",
    "decline": "case.declined",
    "suspend": "case.suspended",
    "resume": "case.resumed",
    "extend": "case.extended",
    "grant": "case.granted",
    "refuse": "case.refused",
    "deliver": "case.delivered",
    "withdraw": "case.withdrawn",
    "lapse": "case.lapsed",
    "commitment_false": "case.commitment_false",
    "make_statement": "case.statement_made",
    "call_hearing": "case.hearing_called",
    "ask_person": "case.person_asked",
    "readmit": "case.readmitted",
    "call_in_question": "case.questioned",
    "uphold": "case.upheld",
    "revoke": "case.revoked",
}


def applicants_of(case: Case, *, at: datetime) -> list[Account]:
    """Return who sees the case as its applicant: who filed it, while their mandate holds, and whom it is for."""
    filed = [case.applicant] if case.is_applicant(case.applicant, at=at) else []
    principal = Account.objects.filter(person=case.principal_id) if case.principal_id else Account.objects.none()
    return [*filed, *principal.exclude(pk__in=[account.pk for account in filed])]
