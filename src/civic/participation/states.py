"""Sortition, seat, panel and motion: who may follow whom."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class SortitionState(TextChoices):
    """Where a draw by lot stands."""

    PREPARED = "PREPARED", _("名册已核对")
    COMMITTED = "COMMITTED", _("已公布承诺")
    DRAWN = "DRAWN", _("已抽取")
    CLOSED = "CLOSED", _("已结束")
    CANCELLED = "CANCELLED", _("已取消")


S = SortitionState
SORTITION_STEPS = Steps(
    {
        "commit": {S.PREPARED: S.COMMITTED},
        "draw": {S.COMMITTED: S.DRAWN},
        "close": {S.DRAWN: S.CLOSED},
        "cancel": {S.PREPARED: S.CANCELLED, S.COMMITTED: S.CANCELLED},
    }
)


class SeatState(TextChoices):
    """Where somebody stands whom the lot has put on the list."""

    RESERVE = "RESERVE", _("递补")
    INVITED = "INVITED", _("已邀请")
    ACCEPTED = "ACCEPTED", _("已接受")
    DECLINED = "DECLINED", _("已谢绝")


P = SeatState
SEAT_STEPS = Steps(
    {
        "invite": {P.RESERVE: P.INVITED},
        "accept": {P.INVITED: P.ACCEPTED},
        "decline": {P.INVITED: P.DECLINED, P.ACCEPTED: P.DECLINED},
    }
)


class PanelState(TextChoices):
    """Where a review group stands."""

    FORMING = "FORMING", _("组建中")
    SITTING = "SITTING", _("评审中")
    DISSOLVED = "DISSOLVED", _("已解散")


G = PanelState
PANEL_STEPS = Steps({"open": {G.FORMING: G.SITTING}, "dissolve": {G.FORMING: G.DISSOLVED, G.SITTING: G.DISSOLVED}})


class MemberKind(TextChoices):
    """What somebody sits in a review group for."""

    RESIDENT = "RESIDENT", _("居民")
    EXPERT = "EXPERT", _("专家")
    OFFICIAL = "OFFICIAL", _("政府部门")


class MotionState(TextChoices):
    """Where a question before a review group stands."""

    OPEN = "OPEN", _("表决中")
    ADOPTED = "ADOPTED", _("通过")
    REJECTED = "REJECTED", _("不通过")
    LAPSED = "LAPSED", _("人数不足，未决定")


M = MotionState
MOTION_STEPS = Steps(
    {
        "cast": {M.OPEN: M.OPEN},
        "adopt": {M.OPEN: M.ADOPTED},
        "reject": {M.OPEN: M.REJECTED},
        "lapse": {M.OPEN: M.LAPSED},
    }
)


class Voice(TextChoices):
    """How a member votes."""

    FOR = "FOR", _("赞成")
    AGAINST = "AGAINST", _("反对")
    ABSTAIN = "ABSTAIN", _("弃权")


class Residence(TextChoices):
    """Which tie to the area is asked for."""

    NONE = "NONE", _("不限")
    LIVING = "LIVING", _("居住在本区域")
    REGISTERED = "REGISTERED", _("户籍在本区域")
    EITHER = "EITHER", _("居住或户籍在本区域")
