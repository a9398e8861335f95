"""The states of a case and of a department's task, and the only steps between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civic.deadlines.states import Reason
from civic.workflow.steps import Steps


class CaseState(models.TextChoices):
    """Where a case stands."""

    SUBMITTED = "SUBMITTED", _("待受理")
    CORRECTION = "CORRECTION", _("待补正")
    NOT_ACCEPTED = "NOT_ACCEPTED", _("不予受理")
    IN_REVIEW = "IN_REVIEW", _("办理中")
    CORRECTION_IN_REVIEW = "CORRECTION_IN_REVIEW", _("办理中待补正")
    SUSPENDED = "SUSPENDED", _("办理中止")
    DECIDED = "DECIDED", _("已办结")
    DELIVERED = "DELIVERED", _("已送达")
    WITHDRAWN = "WITHDRAWN", _("已撤回")
    LAPSED = "LAPSED", _("逾期未补正")
    REVOKED = "REVOKED", _("已撤销")


S = CaseState

CASE_STEPS = Steps(
    {
        "request_correction": {S.SUBMITTED: S.CORRECTION, S.IN_REVIEW: S.CORRECTION_IN_REVIEW},
        "resubmit": {S.CORRECTION: S.SUBMITTED, S.CORRECTION_IN_REVIEW: S.IN_REVIEW},
        "accept": {S.SUBMITTED: S.IN_REVIEW},
        "accept_by_silence": {S.SUBMITTED: S.IN_REVIEW},
        "decline": {S.SUBMITTED: S.NOT_ACCEPTED},
        "grant_by_rules": {S.SUBMITTED: S.DECIDED},
        "decline_by_rules": {S.SUBMITTED: S.NOT_ACCEPTED},
        "ask_person": {S.NOT_ACCEPTED: S.SUBMITTED},
        "readmit": {S.NOT_ACCEPTED: S.SUBMITTED},
        "suspend": {S.IN_REVIEW: S.SUSPENDED},
        "resume": {S.SUSPENDED: S.IN_REVIEW},
        "ask_extension": {S.IN_REVIEW: S.IN_REVIEW},
        "extend": {S.IN_REVIEW: S.IN_REVIEW},
        "refuse_extension": {S.IN_REVIEW: S.IN_REVIEW},
        "grant": {S.IN_REVIEW: S.DECIDED},
        "refuse": {S.IN_REVIEW: S.DECIDED},
        "deliver": {S.DECIDED: S.DELIVERED},
        "verify_commitment": {S.DECIDED: S.DECIDED, S.DELIVERED: S.DELIVERED},
        "make_statement": {S.DECIDED: S.DECIDED, S.DELIVERED: S.DELIVERED},
        "call_hearing": {S.DECIDED: S.DECIDED, S.DELIVERED: S.DELIVERED},
        "close_hearing": {S.DECIDED: S.DECIDED, S.DELIVERED: S.DELIVERED},
        "call_in_question": {S.DECIDED: S.DECIDED, S.DELIVERED: S.DELIVERED},
        "uphold": {S.DECIDED: S.DECIDED, S.DELIVERED: S.DELIVERED},
        "revoke": {S.DECIDED: S.REVOKED, S.DELIVERED: S.REVOKED},
        "withdraw": {
            S.SUBMITTED: S.WITHDRAWN,
            S.CORRECTION: S.WITHDRAWN,
            S.IN_REVIEW: S.WITHDRAWN,
            S.CORRECTION_IN_REVIEW: S.WITHDRAWN,
            S.SUSPENDED: S.WITHDRAWN,
        },
        "lapse": {S.CORRECTION: S.LAPSED, S.CORRECTION_IN_REVIEW: S.LAPSED},
    }
)

RATED_STEPS = ("decline", "grant", "refuse", "deliver")  # after each, the applicant may rate it once
OPEN_STATES = (S.SUBMITTED, S.CORRECTION, S.IN_REVIEW, S.CORRECTION_IN_REVIEW, S.SUSPENDED)
AWAITING_APPLICANT = (S.CORRECTION, S.CORRECTION_IN_REVIEW)
UNDER_REVIEW = (S.IN_REVIEW, S.CORRECTION_IN_REVIEW, S.SUSPENDED)
ENDED_STATES = (S.NOT_ACCEPTED, S.DECIDED, S.DELIVERED, S.WITHDRAWN, S.LAPSED, S.REVOKED)
DECIDED_STATES = (S.DECIDED, S.DELIVERED, S.REVOKED)  # with an outcome


class TaskState(models.TextChoices):
    """Where one department's part of a case stands."""

    WAITING = "WAITING", _("未开始")
    OPEN = "OPEN", _("待办理")
    DONE = "DONE", _("已完成")
    CANCELLED = "CANCELLED", _("已取消")


T = TaskState

TASK_STEPS = Steps(
    {
        "open": {T.WAITING: T.OPEN},
        "complete": {T.OPEN: T.DONE},
        "cancel": {T.WAITING: T.CANCELLED, T.OPEN: T.CANCELLED},
        "revive": {T.CANCELLED: T.WAITING},
    }
)


class SuppliedBy(models.TextChoices):
    """By what a material of an application is supplied."""

    DOCUMENT = "DOCUMENT", _("上传的文件")
    LICENCE = "LICENCE", _("电子证照")
    ACCOUNT = "ACCOUNT", _("账户实名信息")
    EXCHANGE = "EXCHANGE", _("部门共享")
    COMMITMENT = "COMMITMENT", _("告知承诺")
    NOTHING = "NOTHING", _("未提交")


class CreditState(models.TextChoices):
    """Where the mark of a false commitment stands."""

    MARKED = "MARKED", _("有效")
    ASKED = "ASKED", _("修复申请待答复")
    REPAIRED = "REPAIRED", _("已修复")
    EXPIRED = "EXPIRED", _("已到期")


K = CreditState
CREDIT_STEPS = Steps(
    {
        "ask_repair": {K.MARKED: K.ASKED},
        "repair": {K.ASKED: K.REPAIRED},
        "refuse_repair": {K.ASKED: K.MARKED},
        "expire": {K.MARKED: K.EXPIRED, K.ASKED: K.EXPIRED},
    }
)
CREDIT_COUNTS = (K.MARKED, K.ASKED)  # while it stands, proofs are handed in instead of commitments


class Opinion(models.TextChoices):
    """What a department says at the end of its task."""

    AGREE = "AGREE", _("同意")
    DISAGREE = "DISAGREE", _("不同意")


class Outcome(models.TextChoices):
    """How a case was decided."""

    GRANTED = "GRANTED", _("准予")
    REFUSED = "REFUSED", _("不予批准")


class Review(models.TextChoices):
    """What became of a decision that was looked at again."""

    UPHELD = "UPHELD", _("维持原决定")
    REVOKED = "REVOKED", _("撤销原决定")


class Channel(models.TextChoices):
    """Where an application came in."""

    ONLINE = "ONLINE", _("网上办理")
    API = "API", _("系统接口")
    WINDOW = "WINDOW", _("窗口代录")


class Delivery(models.TextChoices):
    """How the result reaches the applicant."""

    ELECTRONIC = "ELECTRONIC", _("电子送达")
    SELF_PICK = "SELF_PICK", _("到大厅自取")
    POST = "POST", _("邮寄送达")


SYSTEM = "system"  # who delivers what is read online
BY_RULES = "rules"  # who decides where every rule is true, or one is false

# why the clock may stand still during review, each with its basis in law
SUSPENSION_BASIS = {
    Reason.SITE_VISIT: "《中华人民共和国行政许可法》第四十五条",
    Reason.HEARING: "《中华人民共和国行政许可法》第四十五条、第四十六条",
    Reason.INSPECTION: "《中华人民共和国行政许可法》第四十五条",
    Reason.EXPERT_REVIEW: "《中华人民共和国行政许可法》第四十五条",
    Reason.TENDER: "《中华人民共和国行政许可法》第四十五条",
    Reason.PUBLIC_NOTICE: "本事项办事指南载明的公示期",
}
CORRECTION_BASIS = "《中华人民共和国行政许可法》第三十二条"
