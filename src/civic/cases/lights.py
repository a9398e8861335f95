"""The countdown of a case on a list: green, yellow, red, paused, done, always with words."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civic.cases.states import ENDED_STATES, CaseState
from civic.deadlines.calendars import city_day
from civic.deadlines.services import workdays_between

if TYPE_CHECKING:
    from civic.cases.models import Case

Light = str
YELLOW_SHARE = 4  # yellow when a quarter of the time or less is left


def light_of(case: "Case", *, at: datetime) -> tuple[Light, str]:
    """Return the light and its words, from the case's own columns: no query a row."""
    begun_on, act_on = city_day(case.accepted_at or case.submitted_at), city_day(case.act_by)
    light, left = light_on(city_day(at), case.state, begun_on=begun_on, act_on=act_on, is_over=at > case.act_by)
    return light, words_of(light, left)


def light_on(today: date, state: str, *, begun_on: date, act_on: date, is_over: bool) -> tuple[Light, int]:
    """Return the light of a case in `state` and the working days left until `act_on`: below zero when it is past."""
    if state in ENDED_STATES:
        return "done", 0
    if state not in (CaseState.SUBMITTED, CaseState.IN_REVIEW):
        return "paused", 0
    left = workdays_between(today, act_on)
    if is_over:
        return "red", left
    return ("yellow" if left * YELLOW_SHARE <= workdays_between(begun_on, act_on) else "green"), left


def words_of(light: Light, left: int) -> str:
    """Return in words what is left; nothing where no time runs."""
    if light in ("done", "paused"):
        return ""
    if light == "red":
        return ngettext("超期%(n)s个工作日", "超期%(n)s个工作日", -left) % {"n": -left}
    return _("今天到期") if left == 0 else ngettext("剩%(n)s个工作日", "剩%(n)s个工作日", left) % {"n": left}
