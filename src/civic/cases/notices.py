"""Which notice a step sends to the applicant."""

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
    "uphold": "case.upheld",
    "revoke": "case.revoked",
}
