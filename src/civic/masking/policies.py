"""Who may be shown a clear personal value."""

from typing import Protocol

from django.utils.translation import gettext as _

CONTENT_ROLES = (
    "window_clerk", "unit_handler", "unit_leader", "supervisor", "privacy_officer",
    "call_taker", "dispatcher", "reviewer",
)  # fmt: skip
SHORTEST_PURPOSE = 4
LONGEST_PURPOSE = 120


class Reader(Protocol):
    """An account that asks to see a value."""

    @property
    def is_official(self) -> bool: ...

    def has_any_role(self, *roles: str) -> bool: ...

    def ledger_id(self) -> str: ...


def why_not_reveal(reader: Reader) -> str | None:
    """Return why `reader` may not see clear values at all; whether they may see this noun is asked by `visible_to`."""
    if not reader.is_official:
        return _("只有工作人员可以申请查看完整信息。")
    if not reader.has_any_role(*CONTENT_ROLES):
        return _("您的岗位不接触业务内容，不能查看完整个人信息；如确有需要，请联系承办部门。")
    return None
