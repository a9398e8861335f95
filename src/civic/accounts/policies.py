"""Why somebody may not do something with accounts, offices and mandates, in words for them."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from civic.accounts.rules import CHILD_UNTIL_AGE, Level

if TYPE_CHECKING:
    from civic.accounts.models import Account, Mandate, Official, Organisation, Person


def why_not_manage(by: "Account", official: "Official") -> str | None:
    """Roles are given by operators, never to themselves."""
    if not by.has_any_role("operator"):
        return _("只有运维人员可以管理工作人员的账户和角色。")
    if official.account_id == by.pk:
        return _("不能更改自己的角色，请由另一名运维人员操作。")
    return None


def why_not_switch(by: "Account", account: "Account") -> str | None:
    """Accounts are disabled and enabled by operators, never their own."""
    if not by.has_any_role("operator"):
        return _("只有运维人员可以停用或启用账户。")
    if account.pk == by.pk:
        return _("不能停用或启用自己的账户，请由另一名运维人员操作。")
    return None


def why_not_attest(by: object) -> str | None:
    """Who somebody is, and whose child is whose, is attested at the service desk, by who sees people and papers."""
    may = getattr(by, "has_any_role", None)
    return None if may is not None and may("window_clerk") else _("只有综合窗口的工作人员可以为到场的人登记和确认。")


def why_not_act(agent: "Account") -> str | None:
    """Agents are residents whom the city knows by their real name."""
    if agent.person is None or agent.person.level < Level.REAL_NAME:
        return _("请先完成实名认证，再申请代办。")
    return None


def why_not_propose(agent: "Account", kind: str, principal: "Person | Organisation", *, at: datetime) -> str | None:
    """Nobody acts for themselves; children are under 14."""
    reason = why_not_act(agent)
    if reason is not None:
        return reason
    if agent.person == principal:
        return _("不需要委托自己。")
    if kind == "CHILD":
        age = principal.age_on(localdate(at)) if hasattr(principal, "age_on") else None
        if age is None or age >= CHILD_UNTIL_AGE:
            return _("只能为未满14周岁的子女办理；年满14周岁的，请由本人委托。")
    return None


def why_not_confirm(by: object, mandate: "Mandate") -> str | None:
    """Only the principal, or the representative of the organisation, confirms."""
    return None if _is_principal(by, mandate) else _("只有委托人本人可以确认委托。")


def why_not_revoke(by: "Account", mandate: "Mandate") -> str | None:
    """Agent and principal may end it."""
    if mandate.agent_id == by.pk or _is_principal(by, mandate):
        return None
    return _("只有委托人或代办人可以撤销委托。")


def _is_principal(by: object, mandate: "Mandate") -> bool:
    organisation = mandate.principal_organisation
    principal = organisation.representative_id if organisation is not None else mandate.principal_person_id
    return principal is not None and getattr(by, "person_id", None) == principal
