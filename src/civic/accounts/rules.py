"""Who may do what, who may not be both, and how far a mandate reaches. No Django."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

CODE_DIGITS = 6
CODE_MINUTES = 5
CODE_TRIES = 5
CHILD_UNTIL_AGE = 14
MANDATE_DAYS_AT_MOST = 3 * 365
ANYTHING = "*"


class Level(IntEnum):
    """How surely the city knows who somebody is."""

    NONE = 0
    PHONE = 1
    REAL_NAME = 2
    PRESENT = 3
    CERTIFICATE = 4


@dataclass(frozen=True)
class Role:
    """What an official with this role may do. `acts`: takes steps in matters; `reads`: sees their content."""

    code: str
    name: str
    name_en: str
    may: str
    acts: bool = True
    reads: bool = True


ROLES = {
    role.code: role
    for role in (
        Role("window_clerk", "综合窗口", "Service desk", "预审、受理、要求补正，为到场的人办理登记和确认委托"),
        Role("unit_handler", "经办人", "Case handler", "办理本部门的事项和任务，申请延期和中止"),
        Role("unit_leader", "部门负责人", "Head of unit", "作出决定，批准延期和中止"),
        Role("catalogue_clerk", "事项编制", "Catalogue editor", "编制和修改本部门的事项"),
        Role("catalogue_publisher", "事项发布", "Catalogue publisher", "核对并发布事项的新版本"),
        Role("supervisor", "督办", "Supervisor", "查看各部门的时限和评价，发出督办"),
        Role("privacy_officer", "个人信息保护负责人", "Privacy officer", "复核查看个人信息的记录，答复个人的请求"),
        Role("auditor", "审计", "Auditor", "只读：查看记录和账本，不能办理任何事项", acts=False),
        Role("data_steward", "数据专员", "Data steward", "管理数据目录，答复部门的数据需求，查看数据查询记录"),
        Role("call_taker", "话务员", "Call taker", "接听12345来电，登记诉求，当场答复，回访来电人"),
        Role("dispatcher", "派单员", "Dispatcher", "给诉求分类、派单，审核退单和延期，并案"),
        Role("reviewer", "审核回访员", "Reply reviewer", "审核承办单位的答复，回访来电人，审核公开内容"),
        Role("deputy", "人大代表", "People's deputy", "转交群众意见，查看办理结果，评价答复，看不到群众的电话"),
        Role("station_clerk", "联络站工作人员", "Clerk of a deputies' station", "在联络站替代表登记群众意见"),
        Role("operator", "运维", "Operator", "日历、运行状况、工作人员账户，看不到办件内容", acts=True, reads=False),
    )
}


@dataclass(frozen=True)
class Purpose:
    """Something a person may agree to, in the wording of one version."""

    code: str
    version: int
    name: str
    name_en: str
    text: str
    text_en: str


PURPOSES = {
    purpose.code: purpose
    for purpose in (
        Purpose(
            "sms_notices", 1, "短信通知", "Text messages",
            "办件有进展时，用短信告诉我。不同意也会在网上收到站内信。",
            "Send me a text message when my case moves on. I get letters on this site either way.",
        ),
        Purpose(
            "licence_reuse", 1, "调用电子证照", "Use of my electronic licences",
            "申请时直接调用本市已有的电子证照，我不必再提交。不同意时自己上传。",
            "Use licences that the city already holds, so that I need not hand them in. Otherwise I upload them.",
        ),
        Purpose(
            "service_hints", 1, "政策提醒", "Hints about benefits",
            "根据我的年龄和所在区县，提醒我可能享受的政策。随时可以关闭。",
            "Tell me about benefits that I may have a right to, by my age and district. I can stop this any time.",
        ),
    )
}  # fmt: skip


def why_not_these_roles(roles: Collection[str]) -> str | None:
    """Say why nobody may hold `roles` together; None where somebody may."""
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        return f"没有这样的角色：{'、'.join(unknown)}。"
    if "auditor" in roles and len(set(roles)) > 1:
        return "审计人员不能兼任其他角色：审计只看不办。"
    if "operator" in roles and any(ROLES[role].reads for role in roles):
        return "运维人员不能兼任能看到办件内容的角色。"
    if {"catalogue_clerk", "catalogue_publisher"} <= set(roles):
        return "事项的编制和发布必须由两个人分别承担。"
    return None


def age_on(day: date, *, born_on: date) -> int:
    """Return the age in full years on `day`; who was born on 29 February is a year older on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def birthday(born_on: date, age: int) -> date:
    """Return the day on which somebody born on `born_on` becomes `age`."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def covers(scope: Collection[str], *, service_code: str, theme: str = "") -> bool:
    """Whether a mandate of `scope` reaches the service: everything, its code, or its theme."""
    return ANYTHING in scope or f"service:{service_code}" in scope or (bool(theme) and f"theme:{theme}" in scope)


def why_not_this_scope(scope: Collection[str]) -> str | None:
    """Say what is wrong with the words of a scope: `*`, `service:CODE` or `theme:NAME`."""
    if not scope:
        return "请选择委托办理的事项范围。"
    kinds = ("service", "theme")
    parts = [(word, *word.partition(":")[::2]) for word in scope if word != ANYTHING]
    wrong = [word for word, kind, what in parts if kind not in kinds or not what]
    return f"看不懂的委托范围：{wrong[0]}。" if wrong else None
