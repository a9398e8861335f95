"""Who may hold a round, judge a proposal, change it, stand by it: in the words beside the disabled button."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civic.participation.policies import DESK, LEADER, ORGANISERS, READERS, not_leader, not_organiser
from civic.participation.policies import why_not_enter as enter_at_desk

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.budgeting.models import Proposal, Round

__all__ = ["DESK", "LEADER", "ORGANISERS", "READERS"]


def why_not_round(step: str, user: "Account", found: "Round") -> str | None:
    """Whoever prepares a round does not publish, freeze or count it alone: the head of the unit does."""
    return not_leader(user, found.unit_id)


def why_not_screen(user: "Account", proposal: "Proposal", judged_by: int | None) -> str | None:
    """The unit's people judge; the second time somebody else than the first time."""
    if reason := not_organiser(user, proposal.round.unit_id):
        return reason
    if judged_by == user.pk:
        return _("第二次筛选要由另一个人进行，请换本单位的另一位经办人或负责人。")
    return None


def why_not_change(user: "Account", proposal: "Proposal") -> str | None:
    """The author, co-authors who have accepted and the unit change a proposal together."""
    if proposal.is_by(user) or not_organiser(user, proposal.round.unit_id) is None:
        return None
    return _("只有提案人、共同提案人和组织单位可以修改提案。")


def why_not_repair(user: "Account", proposal: "Proposal") -> str | None:
    """One may mend once: whoever wrote it does; for who has proposed on paper the unit does as they say."""
    if proposal.author_id is None:
        return not_organiser(user, proposal.round.unit_id)
    return None if proposal.is_by(user) else _("只有提案人和共同提案人可以补正。")


def why_not_own(user: "Account", proposal: "Proposal") -> str | None:
    """The author; for who has proposed on paper and has no account here, the unit does as they say."""
    if proposal.author_id is None:
        return not_organiser(user, proposal.round.unit_id)
    return None if proposal.author_id == user.pk else _("只有提案人可以进行这一步。")


def why_not_enter(user: "Account", found: "Round") -> str | None:
    """What came on paper is entered at the service desk or by the unit that holds the round."""
    return enter_at_desk(user, found.unit_id)


def why_not_merge(user: "Account", proposal: "Proposal") -> str | None:
    return not_organiser(user, proposal.round.unit_id)


def why_not_support(user: "Account", proposal: "Proposal") -> str | None:
    if user.is_official:
        return _("工作人员账户不能附议，请用个人账户。")
    return _("这是您自己的提案，不用附议。") if proposal.is_by(user) else None


def why_not_deliver(user: "Account", proposal: "Proposal") -> str | None:
    return not_organiser(user, proposal.round.unit_id)
