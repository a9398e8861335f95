"""Who may hold a draw, extend a window, seat a review group, vote in it: in the words beside the disabled button."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.participation.models import Motion, PanelMember, Phase, Sortition

LEADER = "unit_leader"
ORGANISERS = (LEADER, "unit_handler")
READERS = (*ORGANISERS, "auditor")
DESK = "window_clerk"


def not_organiser(user: "Account", unit: int | None) -> str | None:
    """The unit that holds it organises it."""
    if unit is not None and user.department_id == unit and user.has_any_role(*ORGANISERS):
        return None
    return _("只有组织单位的经办人和负责人可以进行这一步。")


def not_leader(user: "Account", unit: int | None) -> str | None:
    if unit is not None and user.department_id == unit and user.has_any_role(LEADER):
        return None
    return _("只有组织单位的负责人可以进行这一步。")


def why_not_extend(user: "Account", phase: "Phase") -> str | None:
    return not_leader(user, phase.unit_id)


def why_not_commit(user: "Account", sortition: "Sortition") -> str | None:
    """Whoever made the register does not hold the seed: nobody can fit one to the other."""
    if reason := not_leader(user, sortition.unit_id):
        return reason
    if sortition.prepared_by_id == user.pk:
        return _("导入名册的人不能再定种子，请由本单位另一位负责人操作。")
    return None


def why_not_draw(user: "Account", sortition: "Sortition") -> str | None:
    return why_not_commit(user, sortition)


def why_not_sortition(step: str, user: "Account", sortition: "Sortition") -> str | None:
    """Return what the policy of `step` of a draw says."""
    if step in ("commit", "draw"):
        return why_not_commit(user, sortition)
    return not_leader(user, sortition.unit_id)


def why_not_answer_seat(user: "Account", sortition: "Sortition") -> str | None:
    """What an invited person has said is noted by the unit that has asked them."""
    return not_organiser(user, sortition.unit_id)


def why_not_enter(user: "Account", unit: int | None) -> str | None:
    """What came on paper is entered at the service desk or by the unit that holds it."""
    return None if user.has_any_role(DESK) else not_organiser(user, unit)


def why_not_speak_for(user: "Account", member: "PanelMember", unit: int | None) -> str | None:
    """A member speaks for themselves; for one without an account the unit enters what they signed."""
    if member.account_id is not None:
        return None if member.account_id == user.pk else _("只能由成员本人操作。")
    return why_not_enter(user, unit)


def why_not_cast(member: "PanelMember", motion: "Motion", recused: Collection[int]) -> str | None:
    """Nobody votes before they have said what interests they have, nor where one of them is touched."""
    if member.panel_id != motion.panel_id:
        return _("不是这个评审小组的成员。")
    if member.declared_at is None:
        return _("请先申报利益关系（没有也要申报），再表决。")
    if member.pk in recused:
        return _("您申报的利益关系与本项有关，应当回避，不参加表决。")
    return None
