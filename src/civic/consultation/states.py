"""Consultation, opinion and stance: who may follow whom, and what people choose from."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class ConsultationState(TextChoices):
    """Where a consultation stands; whether people may speak is a matter of its windows."""

    PREPARED = "PREPARED", _("起草中")
    PUBLISHED = "PUBLISHED", _("已公开征求意见")
    CONCLUDED = "CONCLUDED", _("已结束")
    ANSWERED = "ANSWERED", _("已答复")
    ADOPTED = "ADOPTED", _("已出台")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


C = ConsultationState
CONSULTATION_STEPS = Steps(
    {
        "describe": {C.PREPARED: C.PREPARED},
        "add_version": {C.PREPARED: C.PREPARED, C.PUBLISHED: C.PUBLISHED, C.CONCLUDED: C.CONCLUDED},
        "attach": {C.PREPARED: C.PREPARED, C.PUBLISHED: C.PUBLISHED, C.CONCLUDED: C.CONCLUDED},
        "publish": {C.PREPARED: C.PUBLISHED},
        "conclude": {C.PUBLISHED: C.CONCLUDED},
        "count_eligible": {C.PUBLISHED: C.PUBLISHED, C.CONCLUDED: C.CONCLUDED},
        "settle": {C.CONCLUDED: C.ANSWERED},
        "adopt": {C.ANSWERED: C.ADOPTED},
        "withdraw": {C.PREPARED: C.WITHDRAWN, C.PUBLISHED: C.WITHDRAWN},
    }
)


class OpinionState(TextChoices):
    """Where an opinion stands."""

    PENDING = "PENDING", _("待审核")
    PUBLISHED = "PUBLISHED", _("已公开")
    HELD = "HELD", _("未公开")
    APPEALED = "APPEALED", _("申诉中")
    UPHELD = "UPHELD", _("维持不公开")
    MERGED = "MERGED", _("已并入相同意见")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


O = OpinionState  # noqa: E741 (one letter a table, as in the other tables)
OPINION_STEPS = Steps(
    {
        "publish": {O.PENDING: O.PUBLISHED},
        "hold_back": {O.PENDING: O.HELD, O.PUBLISHED: O.HELD},
        "appeal": {O.HELD: O.APPEALED},
        "restore": {O.APPEALED: O.PUBLISHED},
        "uphold": {O.APPEALED: O.UPHELD},
        "merge": {O.PUBLISHED: O.MERGED},
        "separate": {O.MERGED: O.PUBLISHED},
        "withdraw": {
            O.PENDING: O.WITHDRAWN, O.PUBLISHED: O.WITHDRAWN, O.HELD: O.WITHDRAWN, O.APPEALED: O.WITHDRAWN,
            O.UPHELD: O.WITHDRAWN, O.MERGED: O.WITHDRAWN,
        },
    }
)  # fmt: skip


class Moderation(TextChoices):
    """When an opinion is looked at."""

    BEFORE = "BEFORE", _("先审核，后公开")
    AFTER = "AFTER", _("先公开，后审核")


class Ground(TextChoices):
    """Why an opinion is not shown: the published policy, and no other reason. Being against the draft is none."""

    ILLEGAL = "ILLEGAL", _("含有法律法规禁止发布的内容")
    PRIVACY = "PRIVACY", _("泄露他人隐私或个人信息")
    ABUSE = "ABUSE", _("辱骂、威胁或人身攻击")
    ADVERTISING = "ADVERTISING", _("广告")
    OFF_TOPIC = "OFF_TOPIC", _("与本次征求意见的草案无关")


class Source(TextChoices):
    """How an opinion came in."""

    WEB = "WEB", _("网上")
    COUNTER = "COUNTER", _("综合窗口")
    PAPER = "PAPER", _("纸质意见表")
    MEETING = "MEETING", _("座谈会")
    LETTER = "LETTER", _("来信")


ON_PAPER = (Source.COUNTER, Source.PAPER, Source.MEETING, Source.LETTER)


class Side(TextChoices):
    """Where somebody stands on an opinion."""

    SUPPORT = "SUPPORT", _("支持")
    DOUBT = "DOUBT", _("有疑虑")
    NONE = "NONE", _("已收回")


class AgeBand(TextChoices):
    """How old somebody was when they took part, as coarse as the report shows it."""

    UNDER_18 = "0-17", _("18岁以下")
    TO_34 = "18-34", _("18至34岁")
    TO_59 = "35-59", _("35至59岁")
    FROM_60 = "60-", _("60岁以上")


SORTING = (C.PUBLISHED, C.CONCLUDED)  # while opinions are sorted into themes


class StatementState(TextChoices):
    """Where a statement stands that people agree with or not."""

    PENDING = "PENDING", _("待审核")
    SHOWN = "SHOWN", _("表态中")
    HELD = "HELD", _("未采用")
    APPEALED = "APPEALED", _("申诉中")
    UPHELD = "UPHELD", _("维持不采用")


P = StatementState
STATEMENT_STEPS = Steps(
    {
        "show": {P.PENDING: P.SHOWN},
        "hold_back": {P.PENDING: P.HELD, P.SHOWN: P.HELD},
        "appeal": {P.HELD: P.APPEALED},
        "restore": {P.APPEALED: P.SHOWN},
        "uphold": {P.APPEALED: P.UPHELD},
    }
)


class ThemeState(TextChoices):
    """Where a theme stands, and the answer to it."""

    OPEN = "OPEN", _("待答复")
    DRAFTED = "DRAFTED", _("答复待审")
    ANSWERED = "ANSWERED", _("已答复")
    MERGED = "MERGED", _("已并入")


T = ThemeState
THEME_STEPS = Steps(
    {
        "rename": {T.OPEN: T.OPEN},
        "take": {T.OPEN: T.OPEN},
        "give": {T.OPEN: T.OPEN},
        "split": {T.OPEN: T.OPEN},
        "merge": {T.OPEN: T.MERGED},
        "draft": {T.OPEN: T.DRAFTED, T.DRAFTED: T.DRAFTED},
        "send_back": {T.DRAFTED: T.OPEN},
        "answer": {T.DRAFTED: T.ANSWERED},
    }
)


class Verdict(TextChoices):
    """What became of what people said on a matter."""

    ADOPTED = "ADOPTED", _("采纳")
    PARTLY = "PARTLY", _("部分采纳")
    NOT = "NOT", _("未采纳")


class FollowUpState(TextChoices):
    """Whether people were told what came of it."""

    DUE = "DUE", _("待公布")
    DONE = "DONE", _("已公布")


FOLLOW_UP_STEPS = Steps({"tell": {FollowUpState.DUE: FollowUpState.DONE}})
