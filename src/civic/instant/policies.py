"""Who may look again at what rules decided, in the words that stand beside the disabled button."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civic.cases.policies import why_not_mend
from civic.cases.states import OPEN_STATES
from civic.instant.states import RecheckState

if TYPE_CHECKING:
    from datetime import datetime

    from civic.accounts.models import Account
    from civic.cases.models import Case
    from civic.instant.models import Offer, Onward, Recheck

RECHECK_ROLES = ("unit_handler", "unit_leader")
DRAWING_ROLES = ("window_clerk", *RECHECK_ROLES)


def why_not_look(user: "Account", recheck: "Recheck") -> str | None:
    """Staff of the lead department, whose own case it is not."""
    if recheck.state != RecheckState.OPEN:
        return _("这件已经复核过。")
    return why_not_mend(user, recheck.ruling.case)


def why_not_take_up(user: "Account", onward: "Onward") -> str | None:
    if not user.is_official or not user.has_any_role(*RECHECK_ROLES):
        return _("您的岗位没有这项权限，请联系本部门有权限的同事。")
    if user.department_id not in (onward.department_id, onward.case.department_id):
        return _("只有主办部门和承办部门可以重新办理。")
    return None


def why_not_answer(user: "Account", offer: "Offer", *, at: "datetime") -> str | None:
    """Only whom it is for, while it stands."""
    if user.person_id != offer.person_id:
        return _("只有本人可以答复。")
    if at >= offer.until:
        return _("这项提醒已过期，您可以直接申请。")
    return None


def why_not_draw_again(user: "Account", case: "Case") -> str | None:
    """Who works on the open case may have its sources asked again: the lead department, and whose step is open."""
    if not user.is_official or not user.has_any_role(*DRAWING_ROLES):
        return _("您的岗位没有这项权限，请联系本部门有权限的同事。")
    if case.state not in OPEN_STATES:
        return _("本件已办结，不再取数。")
    if user.department_id != case.department_id and not case.is_open_at(user.department_id):
        return _("本部门的环节不在办理中，不能取数。")
    if case.rulings.undecided().exists():
        return _("系统正在取数核对，请稍后刷新。")
    return None
