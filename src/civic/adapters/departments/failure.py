"""What can go wrong with a department's system, each with words for people."""

from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from civic.core.errors import Unavailable

WORDS = {
    "TIMEOUT": gettext_noop("数据来源没有在规定时间内答复。"),
    "REFUSED": gettext_noop("数据来源连接不上。"),
    "RESET": gettext_noop("数据来源中断了连接。"),
    "STATUS": gettext_noop("数据来源报告自身出错。"),
    "GARBAGE": gettext_noop("数据来源的答复无法读取。"),
    "CHARSET": gettext_noop("数据来源的答复不是 UTF-8 编码，无法读取。"),
    "TOO_LARGE": gettext_noop("数据来源的答复过大，没有读取。"),
    "SHAPE": gettext_noop("数据来源的答复不符合约定的格式。"),
    "DENIED": gettext_noop("数据来源不接受平台的身份或这次查询。"),
    "BLOCKED": gettext_noop("数据来源的地址或证书不可信，平台没有连接。"),
}
HEAL_AT_ONCE = {"REFUSED", "RESET"}
STATUSES_THAT_HEAL = {"502", "503", "504"}


class SourceFailed(Unavailable):
    """A department's system gave no usable answer. `detail` is for the operator: no content, nobody's data."""

    code: ClassVar[str] = "source-failed"

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(_(WORDS[reason]))
        self.reason = reason
        self.detail = detail

    @property
    def heals(self) -> bool:
        """Whether a second try at once may well succeed."""
        return self.reason in HEAL_AT_ONCE or (self.reason == "STATUS" and self.detail in STATUSES_THAT_HEAL)
