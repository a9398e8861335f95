"""Where a ticket stands, and the only steps between; the words of the hotline."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civic.workflow.steps import Steps


class TicketState(models.TextChoices):
    """Where a ticket stands."""

    RECEIVED = "RECEIVED", _("待分派")
    DISPATCHED = "DISPATCHED", _("待签收")
    OBJECTED = "OBJECTED", _("退单待审")
    MEETING = "MEETING", _("会商中")
    HANDLING = "HANDLING", _("办理中")
    WAITING = "WAITING", _("等待中")
    REPLIED = "REPLIED", _("答复待审")
    REVISIT = "REVISIT", _("待回访")
    CLOSED = "CLOSED", _("已办结")
    REFUSED = "REFUSED", _("不予受理")
    MERGED = "MERGED", _("已并案")
    WITHDRAWN = "WITHDRAWN", _("已撤回")


S = TicketState

TICKET_STEPS = Steps(
    {
        "answer_live": {S.RECEIVED: S.CLOSED},
        "hand_over": {S.RECEIVED: S.CLOSED},
        "decline": {S.RECEIVED: S.REFUSED},
        "reconsider": {S.REFUSED: S.RECEIVED},
        "classify": {S.RECEIVED: S.RECEIVED, S.OBJECTED: S.OBJECTED},
        "dispatch": {S.RECEIVED: S.DISPATCHED},
        "send_back": {S.DISPATCHED: S.OBJECTED},
        "redispatch": {S.OBJECTED: S.DISPATCHED},
        "uphold_dispatch": {S.OBJECTED: S.DISPATCHED},
        "convene": {S.OBJECTED: S.MEETING},
        "settle": {S.MEETING: S.DISPATCHED},
        "acknowledge": {S.DISPATCHED: S.HANDLING},
        "contact": {S.HANDLING: S.HANDLING},
        "wait": {S.HANDLING: S.WAITING},
        "resume": {S.WAITING: S.HANDLING},
        "ask_extension": {S.HANDLING: S.HANDLING},
        "extend": {S.HANDLING: S.HANDLING},
        "refuse_extension": {S.HANDLING: S.HANDLING},
        "reply": {S.HANDLING: S.REPLIED},
        "return_reply": {S.REPLIED: S.HANDLING},
        "pass_reply": {S.REPLIED: S.REVISIT},
        "call_back": {S.REVISIT: S.REVISIT},
        "close": {S.REVISIT: S.CLOSED},
        "handle_again": {S.REVISIT: S.DISPATCHED, S.CLOSED: S.DISPATCHED},
        "merge": {
            S.RECEIVED: S.MERGED,
            S.DISPATCHED: S.MERGED,
            S.OBJECTED: S.MERGED,
            S.HANDLING: S.MERGED,
        },
        "close_merged": {S.MERGED: S.CLOSED},
        "withdraw": {
            S.RECEIVED: S.WITHDRAWN,
            S.DISPATCHED: S.WITHDRAWN,
            S.OBJECTED: S.WITHDRAWN,
            S.MEETING: S.WITHDRAWN,
            S.HANDLING: S.WITHDRAWN,
            S.WAITING: S.WITHDRAWN,
        },
        "urge": {
            S.RECEIVED: S.RECEIVED,
            S.DISPATCHED: S.DISPATCHED,
            S.OBJECTED: S.OBJECTED,
            S.MEETING: S.MEETING,
            S.HANDLING: S.HANDLING,
            S.WAITING: S.WAITING,
        },
        "supplement": {
            S.RECEIVED: S.RECEIVED,
            S.DISPATCHED: S.DISPATCHED,
            S.OBJECTED: S.OBJECTED,
            S.MEETING: S.MEETING,
            S.HANDLING: S.HANDLING,
            S.WAITING: S.WAITING,
        },
        "keep_private": {state: state for state in S},
        "publish": {S.CLOSED: S.CLOSED, S.REFUSED: S.REFUSED},
        "unpublish": {S.CLOSED: S.CLOSED, S.REFUSED: S.REFUSED, S.DISPATCHED: S.DISPATCHED},
    }
)

AT_CENTRE = (S.RECEIVED, S.OBJECTED, S.MEETING, S.REPLIED, S.REVISIT)
AT_UNIT = (S.DISPATCHED, S.HANDLING, S.WAITING)
OPEN_STATES = (*AT_CENTRE, *AT_UNIT)
ENDED_STATES = (S.CLOSED, S.REFUSED, S.MERGED, S.WITHDRAWN)


class Channel(models.TextChoices):
    """How a voice came in."""

    PHONE = "PHONE", _("12345电话")
    WEB = "WEB", _("网上留言")
    MAILBOX = "MAILBOX", _("市长信箱")
    FAILED = "FAILED", _("“办不成事”反映窗口")
    WECHAT = "WECHAT", _("微信")
    COUNTER = "COUNTER", _("窗口")
    GRID = "GRID", _("网格员")
    DEPUTY = "DEPUTY", _("人大代表联络站")
    API = "API", _("系统接口")
    IMPORT = "IMPORT", _("历史导入")


class Kind(models.TextChoices):
    """What the caller wants."""

    CONSULT = "CONSULT", _("咨询")
    HELP = "HELP", _("求助")
    COMPLAINT = "COMPLAINT", _("投诉")
    REPORT = "REPORT", _("举报")
    SUGGESTION = "SUGGESTION", _("建议")
    PRAISE = "PRAISE", _("表扬")


class Urgency(models.TextChoices):
    """How fast somebody has to be spoken to."""

    NORMAL = "NORMAL", _("一般")
    URGENT = "URGENT", _("紧急")


class Secrecy(models.TextChoices):
    """How much of the caller the handling unit sees."""

    NAMED = "NAMED", _("实名")
    CONFIDENTIAL = "CONFIDENTIAL", _("保密")
    ANONYMOUS = "ANONYMOUS", _("匿名")


class Outcome(models.TextChoices):
    """What came of a ticket, as the reply claims and the call back confirms."""

    SOLVED = "SOLVED", _("已解决")
    PARTLY = "PARTLY", _("部分解决")
    EXPLAINED = "EXPLAINED", _("已解释说明")
    NOT_SOLVED = "NOT_SOLVED", _("暂不能解决")
    OUT_OF_SCOPE = "OUT_OF_SCOPE", _("超出职责范围")
    ANSWERED_LIVE = "ANSWERED_LIVE", _("当场答复")
    HANDED_OVER = "HANDED_OVER", _("已转紧急电话")
    JOINED = "JOINED", _("随主件答复")


REPLY_OUTCOMES = (Outcome.SOLVED, Outcome.PARTLY, Outcome.EXPLAINED, Outcome.NOT_SOLVED, Outcome.OUT_OF_SCOPE)


NOT_DONE = (Outcome.PARTLY, Outcome.NOT_SOLVED, Outcome.OUT_OF_SCOPE)


class Way(models.TextChoices):
    """How somebody was spoken to."""

    PHONE = "PHONE", _("电话")
    VISIT = "VISIT", _("上门")
    ONLINE = "ONLINE", _("网上")
    MEETING = "MEETING", _("当面")


class Wait(models.TextChoices):
    """For whom a handling waits: the clock stands still."""

    CALLER = "CALLER", _("等待来电人补充")
    THIRD_PARTY = "THIRD_PARTY", _("等待第三方")


class Emergency(models.TextChoices):
    """Who takes what the hotline must not keep."""

    POLICE = "110", _("公安110")
    FIRE = "119", _("消防119")
    MEDICAL = "120", _("急救120")


class RateName(models.TextChoices):
    """Which of the three rates (三率), each over the callers who were reached in a call back."""

    RESPONSE = "RESPONSE", _("响应率")
    SOLVED = "SOLVED", _("解决率")
    SATISFIED = "SATISFIED", _("满意率")


class ExclusionState(models.TextChoices):
    """Where the wish to leave a ticket out of a rate stands (剔除)."""

    PROPOSED = "PROPOSED", _("待审核")
    CONFIRMED = "CONFIRMED", _("已剔除")
    REFUSED = "REFUSED", _("不予剔除")
    LIFTED = "LIFTED", _("已恢复计入")


X = ExclusionState
EXCLUSION_STEPS = Steps(
    {"confirm": {X.PROPOSED: X.CONFIRMED}, "refuse": {X.PROPOSED: X.REFUSED}, "lift": {X.CONFIRMED: X.LIFTED}}
)

# kinds of clocks: labels in the table of rungs and of reactions
DISPATCH, OBJECT, RESPONSE, RESOLVE = "ticket.dispatch", "ticket.objection", "ticket.response", "ticket.resolve"
CHECK, REVISIT = "ticket.check", "ticket.revisit"
