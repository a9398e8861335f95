"""Where somebody's request to use licences stands, how a licence was used, and for what a reader may look at one."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class UseState(models.TextChoices):
    """Where a request stands."""

    ASKED = "ASKED", _("等您答复")
    GRANTED = "GRANTED", _("已同意")
    DECLINED = "DECLINED", _("没有同意")
    EXPIRED = "EXPIRED", _("过期没有答复")
    WITHDRAWN = "WITHDRAWN", _("同意后又撤回")


class UsePurpose(models.TextChoices):
    """What is asked of the holder."""

    CONSENT = "consent", _("请您同意")
    USE = "use", _("使用您的证照")


class UseKind(models.TextChoices):
    """How a licence came to be read."""

    SHOWN = "SHOWN", _("当面出示")
    CASE = "CASE", _("用于办件")
    LOOK = "LOOK", _("办件中查看")
    VERIFIED = "VERIFIED", _("按查验码核验真伪")


REUSE = "licence_reuse"  # the purpose to which a holder agrees once and for all: see accounts.rules.PURPOSES


@dataclass(frozen=True)
class Reading:
    """One of the purposes that a reader of a show code may name."""

    name: str
    name_en: str


READINGS = {
    "identity": Reading("核对身份", "Check who somebody is"),
    "service": Reading("窗口办事核对", "Check at a service desk"),
    "entry": Reading("入学、入住、入场登记", "School, hotel or entry registration"),
    "contract": Reading("签约、交易前核对", "Check before a contract or sale"),
    "other": Reading("其他核对", "Another check"),
}

VERIFYING = Reading("核验真伪和状态", "Check that it is genuine, and its state")  # by its code: nothing of it is shown

S = UseState
USE_STEPS = Steps(
    {
        "grant": {S.ASKED: S.GRANTED},
        "decline": {S.ASKED: S.DECLINED},
        "expire": {S.ASKED: S.EXPIRED},
        "extend": {S.GRANTED: S.GRANTED},
        "rely": {S.GRANTED: S.GRANTED},
        "withdraw": {S.GRANTED: S.WITHDRAWN},
    }
)
