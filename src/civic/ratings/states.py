"""Where a rating and a remedy stand and the only steps between; the grades and reasons people choose from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class Grade(models.IntegerChoices):
    """The five grades, and no others. Source: 国办发〔2019〕51号."""

    VERY_GOOD = 5, _("非常满意")
    GOOD = 4, _("满意")
    FAIR = 3, _("基本满意")
    BAD = 2, _("不满意")
    VERY_BAD = 1, _("非常不满意")


class Channel(models.TextChoices):
    """Where the person met the city."""

    ONLINE = "ONLINE", _("网上")
    WINDOW = "WINDOW", _("窗口")
    TERMINAL = "TERMINAL", _("自助终端")
    HOTLINE = "HOTLINE", _("12345热线")


class Reason(models.TextChoices):
    """What a rating is about."""

    EFFICIENCY = "EFFICIENCY", _("办事效率")
    GUIDE = "GUIDE", _("办事指南精确度")
    CONVENIENCE = "CONVENIENCE", _("办事便捷度")
    PLATFORM = "PLATFORM", _("平台操作性")
    SERVICE_EFFICIENCY = "SERVICE_EFFICIENCY", _("服务效率")
    SERVICE_LEVEL = "SERVICE_LEVEL", _("服务水平")
    ATTITUDE = "ATTITUDE", _("服务态度")
    RESULT = "RESULT", _("问题解决情况")
    CLARITY = "CLARITY", _("答复是否清楚")


ONLINE_REASONS = (Reason.EFFICIENCY, Reason.GUIDE, Reason.CONVENIENCE, Reason.PLATFORM)
OFFLINE_REASONS = (Reason.SERVICE_EFFICIENCY, Reason.SERVICE_LEVEL, Reason.ATTITUDE)
HOTLINE_REASONS = (Reason.SERVICE_EFFICIENCY, Reason.RESULT, Reason.CLARITY, Reason.ATTITUDE)


def reasons_of(channel: str) -> tuple[Reason, ...]:
    """Return the reasons that may be named for a matter dealt with through `channel`."""
    if channel == Channel.HOTLINE:
        return HOTLINE_REASONS
    return ONLINE_REASONS if channel == Channel.ONLINE else OFFLINE_REASONS


class RatingState(models.TextChoices):
    """Where a rating stands."""

    SUBMITTED = "SUBMITTED", _("已评价")
    CONFIRMED = "CONFIRMED", _("已确认")
    DISPUTED = "DISPUTED", _("核实有异议")
    EXCLUDED = "EXCLUDED", _("不计入统计")


R = RatingState
RATING_STEPS = Steps(
    {
        "change": {R.SUBMITTED: R.SUBMITTED},
        "flag": {R.SUBMITTED: R.SUBMITTED, R.CONFIRMED: R.CONFIRMED},
        "confirm": {R.SUBMITTED: R.CONFIRMED},
        "dispute": {R.SUBMITTED: R.DISPUTED, R.CONFIRMED: R.DISPUTED},
        "reinstate": {R.DISPUTED: R.CONFIRMED},
        "exclude": {R.DISPUTED: R.EXCLUDED},
    }
)


class Finding(models.TextChoices):
    """What looking into a bad rating has found."""

    TRUE = "TRUE", _("属实")
    MISTAKEN = "MISTAKEN", _("误评")
    MALICIOUS = "MALICIOUS", _("恶意")


class RemedyState(models.TextChoices):
    """Where the remedy of a bad rating stands."""

    OPENED = "OPENED", _("待联系")
    CONTACTED = "CONTACTED", _("待核实")
    DISPUTED = "DISPUTED", _("待申诉")
    APPEALED = "APPEALED", _("申诉待复核")
    REPAIRING = "REPAIRING", _("整改中")
    REPAIRED = "REPAIRED", _("待回访")
    CLOSED = "CLOSED", _("已办结")
    WITHDRAWN = "WITHDRAWN", _("评价人已改评")


M = RemedyState
REMEDY_STEPS = Steps(
    {
        "attempt": {M.OPENED: M.OPENED},
        "contact": {M.OPENED: M.CONTACTED},
        "uphold": {M.CONTACTED: M.REPAIRING},
        "dispute": {M.CONTACTED: M.DISPUTED},
        "appeal": {M.DISPUTED: M.APPEALED},
        "let_stand": {M.DISPUTED: M.CLOSED},
        "grant_appeal": {M.APPEALED: M.REPAIRING},
        "reject_appeal": {M.APPEALED: M.CLOSED},
        "repair": {M.REPAIRING: M.REPAIRED},
        "reopen": {M.REPAIRED: M.REPAIRING},
        "call_back": {M.REPAIRED: M.CLOSED},
        "withdraw": {M.OPENED: M.WITHDRAWN},
    }
)
OVER = (M.CLOSED, M.WITHDRAWN)

CONTACT, REPAIR, APPEAL = "rating.contact", "rating.repair", "rating.appeal"
REVIEW, CALL_BACK = "rating.review", "rating.call_back"
# which limits run in which state; the repair's runs from the rating itself until something is put right
CLOCKS: dict[str, tuple[str, ...]] = {
    M.OPENED: (CONTACT, REPAIR),
    M.CONTACTED: (REPAIR,),
    M.DISPUTED: (APPEAL,),
    M.APPEALED: (REVIEW,),
    M.REPAIRING: (REPAIR,),
    M.REPAIRED: (CALL_BACK,),
    M.CLOSED: (),
    M.WITHDRAWN: (),
}
