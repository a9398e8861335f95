"""The letters about what somebody told the hotline. No Django."""

from civic.notifications.letter import Letter


def _ticket(step: str, title: str, body: str, title_en: str, body_en: str, *, sms: str = "") -> Letter:
    """Return a letter about what somebody told the hotline."""
    return Letter(
        code=f"ticket.{step}",
        title=f"{title}：{{number}}",
        body=f"您的诉求（{{number}}）{body}登录后可在“我的诉求”中查看。",
        title_en=f"{title_en}: {{number}}",
        body_en=f"Your request ({{number}}) {body_en} Log in and see “My requests”.",
        sms=sms and f"您的诉求{{number}}{sms}请登录后在“我的诉求”中查看。",
    )


def _deputy(step: str, title: str, body: str, title_en: str, body_en: str) -> Letter:
    """Return a letter to the deputy who brought what a resident said."""
    return Letter(
        code=f"deputy.{step}",
        title=f"{title}：{{number}}",
        body=f"您转交的群众意见（{{number}}）{body}登录后可在“代表联络”中查看。",
        title_en=f"{title_en}: {{number}}",
        body_en=f"What you brought ({{number}}) {body_en} Log in and see “Deputies”.",
    )


TICKET_LETTERS = (
    _deputy(
        "answered",
        "群众意见有了答复",
        "已经答复，办结后请评价。",
        "Answered",
        "was answered; please rate it when it is closed.",
    ),
    _deputy(
        "declined",
        "群众意见没有受理",
        "没有受理，理由和可以怎样做已写明。",
        "Not taken up",
        "was not taken up; the reason and what can be done are written there.",
    ),
    _deputy("handled-again", "群众意见二次办理", "正在二次办理。", "Handled again", "is being handled a second time."),
    _ticket(
        "received",
        "诉求已收到",
        "已收到，热线中心会尽快分派。",
        "Received",
        "was received and will be sent to the unit in charge.",
    ),
    _ticket(
        "declined",
        "诉求没有受理",
        "没有受理，理由和您可以怎样做已写明。",
        "Not taken up",
        "was not taken up; the reason and what you can do are written there.",
        sms="没有受理，理由和办法",
    ),
    _ticket(
        "reconsidered",
        "诉求重新受理",
        "经重新审核已经受理。",
        "Taken up after all",
        "was looked at again and taken up.",
    ),
    _ticket(
        "refusal-upheld",
        "复核结果",
        "已由另一名工作人员复核，仍不受理，理由和您可以怎样做已写明。",
        "Looked at again",
        "was looked at again by somebody else and is still not taken up; the reasons and what you can do are there.",
        sms="复核后仍不受理，理由和办法",
    ),
    _ticket(
        "dispatched",
        "诉求已分派",
        "已分派给承办单位，办理期限已写明。",
        "Sent to the unit in charge",
        "was sent to the unit in charge; its time limit is written there.",
    ),
    _ticket(
        "extended",
        "诉求延期办理",
        "需要更多时间，新的期限和理由已写明。",
        "More time is needed",
        "needs more time; the new limit and the reason are written there.",
    ),
    _ticket(
        "waiting",
        "等待补充情况",
        "正在等待补充情况，请看需要您做什么。",
        "Waiting",
        "is waiting; see whether something is needed from you.",
        sms="需要补充情况，",
    ),
    _ticket(
        "answered",
        "诉求有了答复",
        "承办单位已经答复，请看是否解决。",
        "Answered",
        "was answered; please say whether it is solved.",
        sms="已答复，",
    ),
    _ticket(
        "closed",
        "诉求已办结",
        "已办结。如果没有解决，可以申请二次办理。",
        "Closed",
        "was closed. If it is not solved, ask for a second handling.",
    ),
    _ticket("handled-again", "诉求二次办理", "正在二次办理。", "Handled again", "is being handled a second time."),
    _ticket(
        "merged",
        "诉求并案办理",
        "与其他人反映的是同一件事，已并案办理，办结后会一并答复您。",
        "Joined",
        "is about the same matter as others'; all get the same answer.",
    ),
    _ticket(
        "separated",
        "诉求单独办理",
        "不再与别人的诉求合并，已恢复单独办理，时限接着计算。",
        "Handled by itself again",
        "is no longer joined to another request: it is handled by itself again and its time runs on.",
    ),
    Letter(
        code="complaint.decided",
        title="投诉有了结果：{number}",
        body="您对{number}办理情况的投诉已经核查完毕。登录后可在“我的诉求”中查看结论。",
        title_en="Your complaint was looked into: {number}",
        body_en="Your complaint about the handling of {number} was looked into. Log in and see “My requests”.",
    ),
)
