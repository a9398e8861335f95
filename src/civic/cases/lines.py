"""The lines of the worklist: all that a page of them shows, read flat, with one hand-written statement.

Models of fifty cases with their parts cost more than the rest of the page together. Which cases are listed, and for
whom, stays a question of the QuerySet: its statement stands inside this one.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from civic.accounts.models import Person
from civic.cases.querysets import CaseQuerySet
from civic.cases.states import AWAITING_APPLICANT, ENDED_STATES
from civic.core.text import is_english
from civic.masking.models import SubjectKey

NAMES = {False: "{0}.name", True: "coalesce(nullif({0}.name_en, ''), {0}.name)"}  # by whether the reader has English
STATEMENT = """
SELECT c.id, c.number, c.state, c.act_by::text, c.act_by < %s, c.accepted_at::text, c.submitted_at::text,
       (SELECT {v} FROM catalogue_version v WHERE v.id = c.service_version_id),
       (SELECT {d} FROM accounts_department d WHERE d.id = c.department_id),
       array_to_string(ARRAY(SELECT {h} FROM cases_task t JOIN accounts_department h ON h.id = t.department_id
                             WHERE t.case_id = c.id AND t.state = 'OPEN' ORDER BY t.position, t.id), E'\\n'),
       (SELECT o.name FROM accounts_organisation o WHERE o.id = c.organisation_id),
       p.name_sealed, coalesce(k.id::text, ''), coalesce(k.master_id, ''), k.wrapped
FROM cases_case c
     LEFT JOIN accounts_person p ON p.id = c.person_id LEFT JOIN masking_subjectkey k ON k.id = p.key_id
WHERE c.id = ANY(ARRAY({page}))
ORDER BY c.act_by, c.id
"""


class Line(NamedTuple):
    """What the statement tells of one case, names in the reader's language.

    Instants stay text: reading them takes longer than all else, and of a row that is remembered nobody reads them.
    """

    pk: int
    number: str
    state: str
    act_by: str
    is_over: bool
    accepted_at: str | None
    submitted_at: str
    service: str
    department: str
    at_work: str
    organisation: str | None
    name_sealed: bytes | None
    key_id: str
    master_id: str
    wrapped: bytes | None

    @property
    def applicant(self) -> str:
        """Whose case it is, as `Case.applicant_name` says it."""
        if self.organisation is not None:
            return self.organisation
        if self.name_sealed is None:
            return ""
        key = SubjectKey(id=UUID(self.key_id), master_id=self.master_id, wrapped=self.wrapped)
        return Person(name_sealed=self.name_sealed, key=key).masked("name", "staff")

    @property
    def holders(self) -> str:
        """Who holds the case now, as `Case.holders` says it."""
        if self.state in ENDED_STATES:
            return ""
        if self.state in AWAITING_APPLICANT:
            return _("申请人")
        return "、".join(dict.fromkeys(self.at_work.split("\n"))) or self.department


def lines_of(found: CaseQuerySet, *, at: datetime) -> list[Line]:
    """Return the lines of the cases `found` (a page of them) as they stand at `at`, the most urgent first."""
    page, parameters = found.values("pk").query.sql_with_params()
    names = {alias: NAMES[is_english()].format(alias) for alias in "vdh"}
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(page=page, **names), [at, *parameters])
        return [Line._make(row) for row in cursor.fetchall()]
