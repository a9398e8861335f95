"""Who may freeze a vote, hand out paper, read it and open the box: in the words beside the disabled button."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civic.participation.policies import DESK, ORGANISERS, not_leader, not_organiser

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.budgeting.models import Poll

READERS = (*ORGANISERS, "auditor")


def why_not_hand_out(user: "Account", poll: "Poll") -> str | None:
    """Paper is handed out where papers are looked at: at the service desk."""
    return None if user.has_any_role(DESK) else _("只有综合窗口的工作人员可以核对证件、发放纸质选票。")


def why_not_count_paper(user: "Account", poll: "Poll") -> str | None:
    return not_organiser(user, poll.unit_id)


def why_not_open_box(user: "Account", poll: "Poll") -> str | None:
    return not_leader(user, poll.unit_id)
