"""Where a demand and a contest stand and the only steps between; the words of the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class Sharing(models.TextChoices):
    """The sharing attribute of a resource or a field. Source: 《政务数据共享条例》."""

    UNCONDITIONAL = "unconditional", _("无条件共享")
    CONDITIONAL = "conditional", _("有条件共享")
    NEVER = "never", _("不予共享")


class Purpose(models.TextChoices):
    """For what a department asks."""

    APPLY = "apply", _("核对申请资格")
    PREFILL = "prefill", _("替申请人填表")
    DECIDE = "decide", _("审批")
    VERIFY = "verify", _("事后核查")
    OFFER = "offer", _("主动提供服务")


class Origin(models.TextChoices):
    """Where a demand comes from."""

    CITY = "CITY", _("随本市数据载入")
    OFFICIAL = "OFFICIAL", _("部门提出")


class Outcome(models.TextChoices):
    """What came of a call."""

    ASKED = "ASKED", _("没有结果")
    ANSWERED = "ANSWERED", _("已答复")
    EMPTY = "EMPTY", _("查无记录")
    STALE = "STALE", _("用了上次的答复")
    FAILED = "FAILED", _("没有答复")
    DENIED = "DENIED", _("不允许查询")


class DemandState(models.TextChoices):
    """Where a demand stands."""

    PROPOSED = "PROPOSED", _("待答复")
    APPROVED = "APPROVED", _("已同意")
    REFUSED = "REFUSED", _("不同意")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


D = DemandState
DEMAND_STEPS = Steps(
    {
        "approve": {D.PROPOSED: D.APPROVED},
        "refuse": {D.PROPOSED: D.REFUSED},
        "withdraw": {D.PROPOSED: D.WITHDRAWN, D.APPROVED: D.WITHDRAWN},
    }
)


class ContestState(models.TextChoices):
    """Where a contest stands."""

    OPENED = "OPENED", _("来源部门核实中")
    CORRECTED = "CORRECTED", _("已更正")
    CONFIRMED = "CONFIRMED", _("核实无误")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


C = ContestState
CONTEST_STEPS = Steps(
    {
        "correct": {C.OPENED: C.CORRECTED},
        "confirm": {C.OPENED: C.CONFIRMED},
        "withdraw": {C.OPENED: C.WITHDRAWN},
        "escalate": {C.OPENED: C.OPENED},
    }
)

ANSWER_DEMAND, ANSWER_CONTEST = "exchange.demand", "exchange.contest"  # kinds of clocks
