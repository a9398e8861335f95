"""The countdown of a case on a list: green, yellow, red, paused, done, always with words."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civic.cases.states import ENDED_STATES, CaseState
from civic.deadlines.services import workdays_left

if TYPE_CHECKING:
    from civic.cases.models import Case

Light = str
YELLOW_SHARE = 4  # yellow when a quarter of the time or less is left


def light_of(case: "Case", *, at: datetime) -> tuple[Light, str]:
    """Return the light and its words, from the case's own columns: no query a row."""
    if case.state in ENDED_STATES:
        return "done", ""
    if case.state not in (CaseState.SUBMITTED, CaseState.IN_REVIEW):
        return "paused", ""
    left = workdays_left(case.act_by, at=at)
    if at > case.act_by:
        return "red", ngettext("超期%(n)s个工作日", "超期%(n)s个工作日", -left) % {"n": -left}
    begun = case.accepted_at or case.submitted_at
    total = workdays_left(case.act_by, at=begun)
    light = "yellow" if left * YELLOW_SHARE <= total else "green"
    return light, _("今天到期") if left == 0 else ngettext("剩%(n)s个工作日", "剩%(n)s个工作日", left) % {"n": left}
