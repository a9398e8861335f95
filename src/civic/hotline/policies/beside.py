"""Who may bring what a deputy heard, act on an early warning, leave a ticket out of the rates and decide about that."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civic.hotline.policies import DEPUTY, DISPATCHER, REVIEWER, STATION_CLERK, SUPERVISOR, UNIT

if TYPE_CHECKING:
    from civic.accounts.models import Account
    from civic.hotline.models import Exclusion, Station, Surge, Ticket


def why_not_bring(user: "Account", deputy: "Account", station: "Station") -> str | None:
    """A deputy for themselves where they sit; a clerk of the station for a deputy who sits there."""
    if not station.receptions.filter(deputy=deputy, is_offered=True).exists():
        return _("这位代表不在这个联络站接待，请重新选择。")
    if user.pk == deputy.pk and user.has_any_role(DEPUTY):
        return None
    is_clerk = user.has_any_role(STATION_CLERK) and user.department_id == station.department_id
    return None if is_clerk else _("只有代表本人和本联络站的工作人员可以登记。")


def why_not_surge(step: str, user: "Account", surge: "Surge") -> str | None:
    """The unit takes a warning and says what it did; that there was nothing the centre or a supervisor says."""
    if step == "dismiss":
        return None if user.has_any_role(DISPATCHER, "supervisor") else _("只有热线中心派单员和督办人员可以排除预警。")
    is_own = user.has_any_role(*UNIT) and user.department_id == surge.unit_id
    return None if is_own else _("只有责任单位的工作人员可以进行这一步。")


def why_not_exclude(user: "Account", ticket: "Ticket") -> str | None:
    """The leader of the unit that answers for it, the centre's reviewers and supervisors propose to leave one out."""
    if ticket.answering_unit is None:
        return _("这件工单没有承办单位，不计入三率。")
    if user.has_any_role(REVIEWER, SUPERVISOR):
        return None
    if user.has_any_role("unit_leader") and ticket.answering_unit == user.official.department:
        return None
    return _("只有承办单位负责人、热线中心审核人员和督办人员可以申请剔除。")


def why_not_judge_exclusion(user: "Account", exclusion: "Exclusion") -> str | None:
    """A second person of another unit decides: neither who asked for it, nor anybody who gains from it."""
    if not user.has_any_role(REVIEWER, SUPERVISOR):
        return _("只有热线中心审核人员和督办人员可以审核剔除。")
    if user.pk == exclusion.proposed_by_id:
        return _("申请剔除的人不能自己审核。")
    if user.department_id == exclusion.proposed_unit_id:
        return _("申请剔除的单位不能自己审核，请由另一个单位的人员审核。")
    if exclusion.ticket.answering_unit == user.official.department:
        return _("承办单位不能审核自己工单的剔除。")
    return None
