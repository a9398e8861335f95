"""The states of a ruling, of a second look at it and of what follows a decision, and the only steps between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class RulingState(models.TextChoices):
    """How far rules have come with an application."""

    ASKED = "ASKED", _("正在核验")
    WAITING = "WAITING", _("等待另一方同意")
    GRANTED = "GRANTED", _("自动核验通过")
    DECLINED = "DECLINED", _("不符合规定条件")
    HANDED_OVER = "HANDED_OVER", _("转由工作人员办理")
    ADVISED = "ADVISED", _("规则意见，由工作人员决定")


R = RulingState

RULING_STEPS = Steps(
    {
        "wait": {R.ASKED: R.WAITING},
        "grant": {R.ASKED: R.GRANTED, R.WAITING: R.GRANTED},
        "decline": {R.ASKED: R.DECLINED, R.WAITING: R.DECLINED},
        "hand_over": {R.ASKED: R.HANDED_OVER, R.WAITING: R.HANDED_OVER},
        "advise": {R.ASKED: R.ADVISED},
    }
)
UNDECIDED = (R.ASKED, R.WAITING)


class RecheckState(models.TextChoices):
    """Whether a person has looked at what rules decided."""

    OPEN = "OPEN", _("待复核")
    CONFIRMED = "CONFIRMED", _("决定正确")
    WRONG = "WRONG", _("决定有误，已更正")


C = RecheckState

RECHECK_STEPS = Steps({"confirm": {C.OPEN: C.CONFIRMED}, "find_wrong": {C.OPEN: C.WRONG}})


class OnwardState(models.TextChoices):
    """Whether a department that follows a decision knows of it."""

    PLANNED = "PLANNED", _("办理中")
    DONE = "DONE", _("已办好")
    REFUSED = "REFUSED", _("没有办成")
    WITHDRAWN = "WITHDRAWN", _("已撤回")
    DROPPED = "DROPPED", _("不再办理")


O = OnwardState  # noqa: E741 (as the other tables are written)

ONWARD_STEPS = Steps(
    {
        "complete": {O.PLANNED: O.DONE},
        "turn_down": {O.PLANNED: O.REFUSED},
        "drop": {O.PLANNED: O.DROPPED},
        "take_up": {O.REFUSED: O.PLANNED},
        "withdraw": {O.DONE: O.WITHDRAWN},
    }
)


class OfferState(models.TextChoices):
    """What became of something the city offered before it was asked for."""

    MADE = "MADE", _("等您确认")
    TAKEN = "TAKEN", _("已办理")
    DECLINED = "DECLINED", _("您选择了不办")
    LAPSED = "LAPSED", _("已过期")


F = OfferState

OFFER_STEPS = Steps({"take": {F.MADE: F.TAKEN}, "decline": {F.MADE: F.DECLINED}, "lapse": {F.MADE: F.LAPSED}})


class Found(models.TextChoices):
    """What a record says of a commitment."""

    TRUE = "TRUE", _("与记录一致")
    FALSE = "FALSE", _("与记录不一致")
    UNKNOWN = "UNKNOWN", _("没有查到")
