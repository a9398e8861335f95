"""Who may decide demands, answer contests and move sources, in the words that stand beside the disabled button."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from civic.accounts.models import Account, Department
    from civic.exchange.models import Call, Contest, Demand

STEWARD = "data_steward"
READ_ALL = (STEWARD, "supervisor", "privacy_officer", "auditor")
READ_OWN = ("unit_leader", "unit_handler")
BOARD_ROLES = (*READ_ALL, *READ_OWN, "operator")
ASK_ROLES = ("unit_leader", "unit_handler", "window_clerk")


def why_not_move(user: "Account") -> str | None:
    """The operator sets where a source is asked."""
    return None if user.has_any_role("operator") else _("只有运维人员可以修改来源地址。")


def why_not_propose(user: "Account", consumer: "Department") -> str | None:
    """A department's own leader or handler, or a data steward, asks for data in its name."""
    if user.has_any_role(STEWARD):
        return None
    if user.department_id == consumer.pk and user.has_any_role(*READ_OWN):
        return None
    return _("只有需求部门的工作人员可以提出数据需求。")


def why_not_decide_demand(user: "Account", demand: "Demand") -> str | None:
    """The provider's leader or a data steward answers; nobody answers their own demand."""
    if demand.proposed_by_id is not None and demand.proposed_by_id == user.pk:
        return _("提出需求的人不能自己答复。")
    if user.has_any_role(STEWARD):
        return None
    if user.department_id == demand.resource.provider.department_id and user.has_any_role("unit_leader"):
        return None
    return _("只有数据提供部门的负责人或数据专员可以答复。")


def why_not_withdraw_demand(user: "Account", demand: "Demand") -> str | None:
    """The department that asked takes it back; a data steward may for it."""
    if user.has_any_role(STEWARD):
        return None
    if user.department_id == demand.consumer_id and user.has_any_role(*READ_OWN):
        return None
    return _("只有需求部门或数据专员可以撤回。")


def why_not_contest(user: "Account", call: "Call") -> str | None:
    """Whoever is asked about or for, and officials of the department that relies on the answer."""
    if not call.is_answered:
        return _("这次查询没有得到数据，没有可以核实的内容。")
    if user.is_official:
        relies = call.consumer_id is not None and call.consumer_id == user.department_id
        return None if relies and user.has_any_role(*ASK_ROLES) else _("只有使用这项数据的部门可以提出核实。")
    return None


def why_not_answer_contest(user: "Account", contest: "Contest") -> str | None:
    """The officials of the source answer; nobody answers their own contest."""
    if contest.by_id == user.pk:
        return _("提出核实的人不能自己答复。")
    if user.department_id == contest.resource.provider.department_id and user.has_any_role(*READ_OWN):
        return None
    return _("只有来源部门的工作人员可以答复。")


def why_not_withdraw_contest(user: "Account", contest: "Contest") -> str | None:
    """Only whoever contested takes it back."""
    return None if contest.by_id == user.pk else _("只有提出核实的人可以撤回。")


def why_not_ask(user: "Account") -> str | None:
    """Officials who deal with cases ask; reading the records of what was asked is another matter."""
    return None if user.has_any_role(*ASK_ROLES) else _("您的岗位不办理业务，不能查询数据。")
