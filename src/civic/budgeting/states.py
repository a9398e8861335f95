"""Forms of ballots, ways to come in, and the life of an urn of paper ballots."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class Form(TextChoices):
    """How a ballot is filled in."""

    APPROVAL = "approval", _("选出赞成的项目")
    KNAPSACK = "knapsack", _("在预算内挑选项目")
    CUMULATIVE = "cumulative", _("把分数分给项目")
    RANKED = "ranked", _("按先后排列项目")


class Channel(TextChoices):
    """Where somebody went on the register."""

    WEB = "WEB", _("网上")
    APP = "APP", _("应用程序接口")
    PAPER = "PAPER", _("窗口领取纸质选票")


class Source(TextChoices):
    """What a batch of ballots was moved into the box from."""

    ENVELOPES = "ENVELOPES", _("网上投票")
    URN = "URN", _("纸质选票")


class Ending(TextChoices):
    """What came of a box when the vote was over."""

    OPENED = "OPENED", _("已开箱")
    TOO_FEW = "TOO_FEW", _("票数太少，不开箱")


class UrnState(TextChoices):
    """Where an urn of paper ballots stands."""

    READING = "READING", _("录入中")
    CLOSED = "CLOSED", _("已入箱")


U = UrnState
URN_STEPS = Steps(
    {
        "read": {U.READING: U.READING},
        "keep_scan": {U.READING: U.READING},
        "close": {U.READING: U.CLOSED},
    }
)
