"""Who may rate, change, look into and put right, in the words that stand beside the disabled button."""

from datetime import datetime
from typing import TYPE_CHECKING, Optional

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.ratings.models import Rating, Remedy, Right

Rater = Optional["Account"]  # None: somebody who is not logged in and holds the link


def speaks_for_residents(account: "Account") -> bool:
    """Residents and firms for themselves, a people's deputy who holds no office beside that for residents."""
    return not account.is_official or set(account.official.roles) == {"deputy"}


def why_not_hold(holder: "Account") -> str | None:
    """The right to rate belongs to residents and firms, and to the deputy who brought their voice."""
    return None if speaks_for_residents(holder) else _("工作人员账户不能获得评价权。")


def why_not_rate(rater: Rater, right: "Right", at: datetime) -> str | None:
    """No official rates, and nobody after the right has run out. The link itself is the right."""
    if reason := _official(rater, right):
        return reason
    if at >= right.expires_at:
        return _("评价期限（30天）已过，不能再评价。如对服务仍有意见，请拨打12345。")
    return None


def why_not_renew_link(right: "Right", at: datetime) -> str | None:
    """A new link only where nobody is named: who has an account is asked to log in."""
    if right.holder_id is not None:
        return _("请登录后在“我的评价”里评价。")
    return why_not_rate(None, right, at)


def why_not_change(rater: Rater, rating: "Rating", at: datetime) -> str | None:
    if reason := _official(rater, rating.right):
        return reason
    if at >= rating.changeable_until:
        return _("评价提交已超过7天，不能再修改。")
    return None


def why_not_appeal(rater: Rater, remedy: "Remedy") -> str | None:
    return _official(rater, remedy.rating.right)


def why_not_work(user: "Account", remedy: "Remedy") -> str | None:
    """A supervisor or leader of the department who has not handled the matter; where it has none, any supervisor.

    What a resident says of a ticket is never looked into by the unit it is about.
    """
    if reason := _not_fair(user, remedy):
        return reason
    if remedy.rating.right.is_of_hotline:
        return why_not_know_rater(user, remedy.rating.right)
    if not user.has_any_role("supervisor", "unit_leader"):
        return _("差评由本部门的督办人员或负责人办理。")
    right = remedy.rating.right
    if user.department_id == right.department_id:
        return None
    if user.has_any_role("supervisor") and not right.has_own_supervision():
        return None
    return _("差评由被评价部门的督办人员或负责人办理。")


def why_not_attempt(user: "Account", remedy: "Remedy") -> str | None:
    return why_not_work(user, remedy)


def why_not_contact(user: "Account", remedy: "Remedy") -> str | None:
    return why_not_work(user, remedy)


def why_not_verify(user: "Account", remedy: "Remedy") -> str | None:
    return why_not_work(user, remedy)


def why_not_repair(user: "Account", remedy: "Remedy") -> str | None:
    return why_not_work(user, remedy)


def why_not_call_back(user: "Account", remedy: "Remedy") -> str | None:
    return why_not_work(user, remedy)


def why_not_decide_appeal(user: "Account", remedy: "Remedy") -> str | None:
    """A supervisor, of whatever department, who is not the one whose finding is appealed."""
    if reason := _not_fair(user, remedy):
        return reason
    if not user.has_any_role("supervisor"):
        return _("申诉由督办人员复核。")
    if user.pk == remedy.verified_by_id:
        return _("申诉不能由作出核实结论的人自己复核，请由另一名督办人员复核。")
    return None


def why_not_know_rater(user: "Account", right: "Right") -> str | None:
    """Who rated a ticket: known to supervisors of another department who have not handled it, to nobody else.

    Who rated a service is known to whoever may look into the rating.
    """
    if not right.is_of_hotline:
        return None
    if user.has_any_role("supervisor") and user.department_id != right.department_id and user.pk not in right.handlers:
        return None
    return _("热线工单的评价人只有其他部门的督办人员可以知道，差评也由他们核实。")


def _official(rater: Rater, right: "Right") -> str | None:
    if rater is None or (rater.is_official and rater.pk == right.holder_id and speaks_for_residents(rater)):
        return None
    if rater.is_official:
        return _("工作人员不能评价，也不能修改评价。如您是办事人，请退出工作账户后用本人账户评价。")
    return None


def _not_fair(user: "Account", remedy: "Remedy") -> str | None:
    if not user.is_official:
        return _("只有工作人员可以进行这一步。")
    if user.pk in remedy.rating.right.handlers:
        return _("您经办过这件事，须由其他人办理对它的差评。")
    return None
