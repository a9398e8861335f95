"""What a clock may do from which state."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class ClockState(models.TextChoices):
    """What a clock does; the values are those of rules.State."""

    RUNNING = "RUNNING", _("计时中")
    SUSPENDED = "SUSPENDED", _("暂停计时")
    STOPPED = "STOPPED", _("已停止")


class Reason(models.TextChoices):
    """Why a clock is suspended."""

    CORRECTION = "CORRECTION", _("补正材料")
    SITE_VISIT = "SITE_VISIT", _("现场勘验")
    HEARING = "HEARING", _("听证")
    INSPECTION = "INSPECTION", _("检验、检测、检疫、鉴定")
    EXPERT_REVIEW = "EXPERT_REVIEW", _("专家评审")
    TENDER = "TENDER", _("招标、拍卖")
    PUBLIC_NOTICE = "PUBLIC_NOTICE", _("公示公告")
    CALLER = "CALLER", _("等待来电人补充情况")
    THIRD_PARTY = "THIRD_PARTY", _("等待第三方")
    CHECK = "CHECK", _("答复审核")
    OTHER = "OTHER", _("其他法定事由")


RUNNING, SUSPENDED, STOPPED = ClockState.RUNNING.value, ClockState.SUSPENDED.value, ClockState.STOPPED.value

STEPS = Steps(
    {
        "suspend": {RUNNING: SUSPENDED},
        "resume": {SUSPENDED: RUNNING},
        "extend": {RUNNING: RUNNING, SUSPENDED: SUSPENDED},
        "ring": {RUNNING: RUNNING},
        "recount": {RUNNING: RUNNING, SUSPENDED: SUSPENDED},
        "stop": {RUNNING: STOPPED, SUSPENDED: STOPPED},
    }
)
