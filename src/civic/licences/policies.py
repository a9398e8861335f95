"""Who may change the state of a licence, in the words that stand beside the disabled button."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.licences.models import Licence


def why_not_move(user: "Account | str", licence: "Licence") -> str | None:
    """The department that issued a licence suspends, resumes, replaces and revokes it; the platform may by itself.

    A code such as "rules" or "timer" is the platform, which acts for the department by published rules.
    """
    if isinstance(user, str):
        return None
    if not user.is_official:
        return _("只有颁发这份证照的部门可以变更它的状态。您可以到该部门或综合窗口申请。")
    if user.department_id != licence.authority_id:
        return _("这份证照由其他部门颁发，只有颁发部门可以变更它的状态。")
    if not user.has_any_role("unit_leader"):
        return _("变更证照状态由部门负责人办理，请联系本部门负责人。")
    return None
