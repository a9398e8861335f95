"""Who may change the catalogue, in the words that stand beside the button."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from civic.catalogue.models import Version

CLERK, PUBLISHER = "catalogue_clerk", "catalogue_publisher"


def why_not_draft(account: Any, department_id: int) -> str | None:
    """Why `account` may not write drafts for this department.

    A text such as "operator" instead of an account is the operator at the machine.
    """
    if isinstance(account, str):
        return None
    if not account.has_any_role(CLERK):
        return "只有事项管理员可以编写事项。请联系本部门的事项管理员。"
    if account.department_id != department_id:
        return "只有事项所属部门的事项管理员可以编写这个事项。"
    return None


def why_not_edit(account: Any, version: "Version") -> str | None:
    return why_not_draft(account, version.service.department_id)


def why_not_publish(account: Any, version: "Version") -> str | None:
    if isinstance(account, str):
        return None
    if not account.has_any_role(PUBLISHER):
        return "只有事项发布员可以发布事项。请交给发布员审核。"
    if version.edited_by_id == account.pk:
        return "最后修改草稿的人不能自己发布，请由另一位发布员审核。"
    return None


def why_not_withdraw(account: Any, version: "Version") -> str | None:
    if isinstance(account, str):
        return None
    needed = PUBLISHER if version.published_at else CLERK
    if not account.has_any_role(needed, PUBLISHER):
        return "只有事项发布员可以撤下已发布的事项。"
    if version.published_at is None:
        return why_not_edit(account, version) if not account.has_any_role(PUBLISHER) else None
    return None
