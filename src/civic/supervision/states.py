"""Where a card, an order, a complaint and a meeting stand, and the only steps between."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class Colour(models.TextChoices):
    """What a card says. Source: 《宿迁、广元等地督查督办红黄蓝牌做法》; a city sets its own rungs."""

    BLUE = "BLUE", _("蓝牌")
    YELLOW = "YELLOW", _("黄牌")
    RED = "RED", _("红牌")


class CardState(models.TextChoices):
    """Where a card stands."""

    PROPOSED = "PROPOSED", _("待签发")
    ISSUED = "ISSUED", _("已发出")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("已签收")
    APPEALED = "APPEALED", _("申诉中")
    UPHELD = "UPHELD", _("已维持")
    RECTIFIED = "RECTIFIED", _("已整改")
    CLEARED = "CLEARED", _("已销牌")
    REVOKED = "REVOKED", _("已撤销")
    DROPPED = "DROPPED", _("不予签发")


C = CardState
CARD_STEPS = Steps(
    {
        "sign": {C.PROPOSED: C.ISSUED},
        "drop": {C.PROPOSED: C.DROPPED},
        "acknowledge": {C.ISSUED: C.ACKNOWLEDGED},
        "appeal": {C.ISSUED: C.APPEALED, C.ACKNOWLEDGED: C.APPEALED},
        "uphold": {C.APPEALED: C.UPHELD},
        "revoke": {C.APPEALED: C.REVOKED, C.ISSUED: C.REVOKED, C.ACKNOWLEDGED: C.REVOKED},
        "rectify": {C.ISSUED: C.RECTIFIED, C.ACKNOWLEDGED: C.RECTIFIED, C.UPHELD: C.RECTIFIED},
        "clear": {C.RECTIFIED: C.CLEARED},
    }
)
STANDING = (C.ISSUED, C.ACKNOWLEDGED, C.APPEALED, C.UPHELD, C.RECTIFIED, C.CLEARED)  # they count


class OrderState(models.TextChoices):
    """Where an order to a unit stands (督办)."""

    OPEN = "OPEN", _("待反馈")
    ANSWERED = "ANSWERED", _("已反馈")
    CLOSED = "CLOSED", _("已办结")
    DROPPED = "DROPPED", _("已撤销")


R = OrderState
ORDER_STEPS = Steps(
    {
        "answer": {R.OPEN: R.ANSWERED},
        "return_answer": {R.ANSWERED: R.OPEN},
        "close": {R.ANSWERED: R.CLOSED},
        "drop": {R.OPEN: R.DROPPED, R.ANSWERED: R.DROPPED},
    }
)


class ComplaintState(models.TextChoices):
    """Where a complaint about handling stands (投诉)."""

    LODGED = "LODGED", _("核查中")
    UPHELD = "UPHELD", _("属实")
    REJECTED = "REJECTED", _("不属实")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


K = ComplaintState
COMPLAINT_STEPS = Steps(
    {
        "assign": {K.LODGED: K.LODGED},
        "uphold": {K.LODGED: K.UPHELD},
        "reject": {K.LODGED: K.REJECTED},
        "withdraw": {K.LODGED: K.WITHDRAWN},
    }
)


class Topic(models.TextChoices):
    """What is wrong with the handling."""

    SLOW = "SLOW", _("拖延不办")
    ATTITUDE = "ATTITUDE", _("服务态度差")
    FALSE_REPLY = "FALSE_REPLY", _("虚假答复、敷衍答复")
    LEAK = "LEAK", _("泄露个人信息")
    DEMANDS = "DEMANDS", _("吃拿卡要")
    OTHER = "OTHER", _("其他")


class MeetingState(models.TextChoices):
    """Where a joint meeting stands."""

    PLANNED = "PLANNED", _("待召开")
    HELD = "HELD", _("已召开")
    CANCELLED = "CANCELLED", _("已取消")


M = MeetingState
MEETING_STEPS = Steps({"hold": {M.PLANNED: M.HELD}, "cancel": {M.PLANNED: M.CANCELLED}})


class AssignmentState(models.TextChoices):
    """Where a decision of a meeting stands at the unit that carries it out."""

    OPEN = "OPEN", _("办理中")
    DONE = "DONE", _("已完成")
    CONFIRMED = "CONFIRMED", _("已核实")


A = AssignmentState
ASSIGNMENT_STEPS = Steps({"finish": {A.OPEN: A.DONE}, "confirm": {A.DONE: A.CONFIRMED}, "reopen": {A.DONE: A.OPEN}})

# what brings a card that no rung of a clock brings
BY_HAND, IN_MATTER, OF_KIND = "by_hand", "in_matter", "of_kind"

# kinds of clocks
SIGN, APPEAL, REVIEW, ORDER = "card.sign", "card.appeal", "card.review", "supervision.order"
COMPLAINT, ASSIGNMENT = "supervision.complaint", "supervision.assignment"
