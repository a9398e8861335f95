"""Why somebody may not do something with accounts and offices, in words for them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civic.accounts.models import Account, Official


def why_not_manage(by: "Account", official: "Official") -> str | None:
    """Roles are given by operators, never to themselves."""
    if not by.has_any_role("operator"):
        return "只有运维人员可以管理工作人员的账户和角色。"
    if official.account_id == by.pk:
        return "不能更改自己的角色,请由另一名运维人员操作。"
    return None


def why_not_switch(by: "Account", account: "Account") -> str | None:
    """Accounts are disabled and enabled by operators, never their own."""
    if not by.has_any_role("operator"):
        return "只有运维人员可以停用或启用账户。"
    if account.pk == by.pk:
        return "不能停用或启用自己的账户,请由另一名运维人员操作。"
    return None
