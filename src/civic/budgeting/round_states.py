"""Round and proposal: who may follow whom, and what each window of a round allows."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class RoundState(TextChoices):
    """Where a round stands."""

    PREPARING = "PREPARING", _("筹备中")
    OPEN = "OPEN", _("征集和筛选")
    FROZEN = "FROZEN", _("已冻结，投票")
    COUNTED = "COUNTED", _("已计票，实施中")
    CLOSED = "CLOSED", _("已结束")
    CANCELLED = "CANCELLED", _("已取消")


R = RoundState
ROUND_STEPS = Steps(
    {
        "publish": {R.PREPARING: R.OPEN},
        "freeze": {R.OPEN: R.FROZEN},
        "count": {R.FROZEN: R.COUNTED},
        "close": {R.COUNTED: R.CLOSED},
        "cancel": {R.PREPARING: R.CANCELLED, R.OPEN: R.CANCELLED, R.FROZEN: R.CANCELLED},
    }
)


class ProposalState(TextChoices):
    """Where a proposal stands, as people read it."""

    PROPOSED = "PROPOSED", _("等待筛选")
    REPAIR = "REPAIR", _("等待补正")
    ADMITTED = "ADMITTED", _("通过筛选")
    REFUSED = "REFUSED", _("未通过筛选")
    MERGED = "MERGED", _("已合并")
    WITHDRAWN = "WITHDRAWN", _("已撤回")
    ON_BALLOT = "ON_BALLOT", _("列入投票")
    FUNDED = "FUNDED", _("入选，等待开工")
    PASSED_OVER = "PASSED_OVER", _("未入选")
    BUILDING = "BUILDING", _("实施中")
    DELIVERED = "DELIVERED", _("已完成验收")
    ABANDONED = "ABANDONED", _("不再实施")


P = ProposalState
PROPOSAL_STEPS = Steps(
    {
        "change": {P.PROPOSED: P.PROPOSED, P.ADMITTED: P.ADMITTED},
        "ask_repair": {P.PROPOSED: P.REPAIR},
        "repair": {P.REPAIR: P.PROPOSED},
        "admit": {P.PROPOSED: P.ADMITTED},
        "refuse": {P.PROPOSED: P.REFUSED},
        "lapse": {P.REPAIR: P.REFUSED},
        "merge": {P.PROPOSED: P.MERGED, P.ADMITTED: P.MERGED},
        "withdraw": {P.PROPOSED: P.WITHDRAWN, P.REPAIR: P.WITHDRAWN, P.ADMITTED: P.WITHDRAWN},
        "enter": {P.ADMITTED: P.ON_BALLOT},
        "fund": {P.ON_BALLOT: P.FUNDED},
        "pass_over": {P.ON_BALLOT: P.PASSED_OVER},
        "start": {P.FUNDED: P.BUILDING},
        "deliver": {P.BUILDING: P.DELIVERED},
        "abandon": {P.FUNDED: P.ABANDONED, P.BUILDING: P.ABANDONED},
    }
)
LEFT_OUT = (P.REFUSED, P.MERGED, P.WITHDRAWN)
CHOSEN = (P.FUNDED, P.BUILDING, P.DELIVERED, P.ABANDONED)


class PhaseKind(TextChoices):
    """The windows of a round, in their order."""

    IDEA = "idea", _("征集")
    SCREENING = "screening", _("筛选")
    COCREATION = "cocreation", _("共同完善")
    VOTE = "vote", _("投票")
    DELIVERY = "delivery", _("实施")


ACTS: dict[str, frozenset[str]] = {
    PhaseKind.IDEA: frozenset({"propose", "change", "withdraw", "support", "join", "merge", "screen"}),
    PhaseKind.SCREENING: frozenset({"repair", "withdraw", "support", "join", "merge", "screen"}),
    PhaseKind.COCREATION: frozenset({"change", "withdraw", "support", "join", "merge", "screen", "repair"}),
    PhaseKind.VOTE: frozenset({"vote"}),
    PhaseKind.DELIVERY: frozenset({"deliver", "rate"}),
}


class SectionKind(TextChoices):
    """What a section of a round is."""

    CATEGORY = "CATEGORY", _("类别")
    AREA = "AREA", _("片区")


class Origin(TextChoices):
    """Where a round comes from."""

    HELD = "HELD", _("在本平台进行")
    IMPORTED = "IMPORTED", _("由文件导入的往年结果")
