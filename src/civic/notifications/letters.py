"""The letters that come with the platform: built-in texts of every template, Chinese and English. No Django.

The variables: `number` of the case, `service` (with `service_en`), and what the letter itself names.
"""

from civic.notifications.budget_letters import BUDGET_LETTERS
from civic.notifications.letter import Letter
from civic.notifications.moderation_letters import MODERATION_LETTERS
from civic.notifications.outcome_letters import OUTCOME_LETTERS
from civic.notifications.ticket_letters import TICKET_LETTERS


def _case(step: str, title: str, body: str, title_en: str, body_en: str, *, sms: str = "", law: bool = False) -> Letter:
    """Return a letter about a case: every one ends with where to look."""
    return Letter(
        code=f"case.{step}",
        title=title,
        body=f"{body}登录后可在“我的办件”中查看。",
        title_en=title_en,
        body_en=f"{body_en} Log in and see “My cases”.",
        sms=sms,
        is_statutory=law,
    )


def _rating(step: str, title: str, body: str, title_en: str, body_en: str, *, sms: str = "") -> Letter:
    """Return a letter about somebody's rating."""
    return Letter(
        code=f"rating.{step}",
        title=title,
        body=f"{body}登录后可在“我的评价”中查看。",
        title_en=title_en,
        body_en=f"{body_en} Log in and see “My ratings”.",
        sms=sms,
    )


def _use(step: str, title: str, body: str, title_en: str, body_en: str, *, sms: str = "") -> Letter:
    """Return a letter about a request to agree, or to use licences: people wait for its answer."""
    return Letter(
        code=f"licence.use_{step}",
        title=title,
        body=body,
        title_en=title_en,
        body_en=body_en,
        sms=sms,
        is_urgent=step == "asked",
    )


CONTEST_ANSWERED = Letter(
    code="contest.answered",
    title="核实结果：{service}",
    body="您提出核实的“{service}”（{number}），来源部门已经答复。登录后可在“谁查了我的数据”里的“我提出的核实”中查看。",
    title_en="Answer about your data: {service}",
    body_en="The department that holds “{service}” has answered what you contested ({number}). "
    "Log in and see “Who asked for my data”.",
)
DEMAND_LETTERS = (
    Letter(
        code="demand.waiting",
        title="数据需求快到答复期限：{service}",
        body="{consumer}为“{service}”提出的数据需求（{number}，{resource}）还没有答复，期限是{due}。"
        "请在 {link} 同意，或者写明不同意的理由。",
        title_en="A demand for data is nearly due: {service}",
        body_en="{consumer} waits for an answer to its demand {number} ({resource}) for “{service}”, due {due}. "
        "Approve it, or refuse it with reasons, at {link} .",
    ),
    Letter(
        code="demand.overdue",
        title="数据需求超过答复期限：{service}",
        body="{consumer}为“{service}”提出的数据需求（{number}，{resource}）到{due}还没有答复。"
        "提供部门请尽快在 {link} 答复；需求部门可以请数据专员协调。",
        title_en="A demand for data is overdue: {service}",
        body_en="{consumer}'s demand {number} ({resource}) for “{service}” was due {due} and has no answer. "
        "The providing department should answer now at {link} ; the asking one may turn to the data steward.",
    ),
)
RATING_LETTERS = (
    _rating(
        "invited",
        "请评价：{service}",
        "“{service}”（{number}）已经办完，您可以在30天内评价这次服务，也可以直接打开 {link} 评价。",
        "Please rate: {service}",
        "“{service}” ({number}) is finished. You can rate the service for 30 days, also directly at {link} .",
    ),
    _rating(
        "disputed",
        "差评核实结论：{service}",
        "您对“{service}”（{number}）的评价已经核实，结论与评价不一致。如不同意，可以申诉，由另一名督办人员复核。",
        "Finding about your rating: {service}",
        "We looked into your rating of “{service}” ({number}) and came to another view. You may appeal.",
        sms="您对“{service}”的评价核实结论有不同意见，可以申诉，请登录后在“我的评价”中查看。",
    ),
    _rating(
        "appeal_granted",
        "申诉成立：{service}",
        "您对“{service}”（{number}）评价的申诉成立，评价照常计入，现在开始整改。",
        "Appeal granted: {service}",
        "Your appeal about “{service}” ({number}) was granted. Your rating counts and things are being put right.",
    ),
    _rating(
        "not_counted",
        "评价不计入统计：{service}",
        "您对“{service}”（{number}）的评价按核实结论不计入统计。",
        "Rating not counted: {service}",
        "As found, your rating of “{service}” ({number}) is not counted.",
    ),
    _rating(
        "repaired",
        "差评已整改：{service}",
        "您对“{service}”（{number}）提出的问题已经整改，接下来会有人回访您。",
        "Put right: {service}",
        "What you said about “{service}” ({number}) was put right. Somebody will call you back.",
    ),
    _rating(
        "ended",
        "差评已办结：{service}",
        "您对“{service}”（{number}）的差评已经办结，整改和回访情况已登记。",
        "Your rating was dealt with: {service}",
        "Your rating of “{service}” ({number}) has been dealt with.",
    ),
)

LICENCE_LETTERS = (
    Letter(
        code="licence.ending",
        title="证照即将到期：{licence}",
        body="您的电子证照“{licence}”有效期至{day}，还有{days}天。需要继续使用的，请在到期前办理换证。"
        "登录后打开 {link} 办理或查看。",
        title_en="Your licence ends soon: {licence}",
        body_en="Your licence “{licence}” is valid until {day}, {days} days from now. If you still need it, renew it "
        "before that day: log in and open {link} .",
        sms="您的电子证照“{licence}”有效期至{day}，需要继续使用的请在到期前办理换证。",
    ),
    _use(
        "asked",
        "有人请您同意：{service}",
        "{person}正在办理“{service}”，需要您本人同意。请登录后打开 {link} ，看清楚内容后选择同意或不同意。"
        "如果您不了解这件事，请选择不同意。",
        "You are asked to agree: {service}",
        "{person} is applying for “{service}” and needs your own agreement. Log in, open {link} , read what it is "
        "about and say yes or no. If you know nothing of this, say no.",
        sms="有人办理“{service}”需要您本人同意，请登录后在“我的证照”中查看并答复。",
    ),
    _use(
        "granted",
        "对方已同意：{service}",
        "{person}已同意您在“{service}”中的请求，办理会继续。",
        "Agreed: {service}",
        "{person} has agreed to your request for “{service}”. Your application goes on.",
        sms="您办理“{service}”所需的同意已经收到，办理会继续。",
    ),
    _use(
        "declined",
        "对方没有同意：{service}",
        "{person}没有同意您在“{service}”中的请求。您可以与对方沟通，或到窗口咨询其他办法。",
        "Not agreed: {service}",
        "{person} has not agreed to your request for “{service}”. Talk to each other, or ask at a service desk.",
        sms="您办理“{service}”所需的同意没有得到，请登录后查看。",
    ),
    _use(
        "expired",
        "对方没有按时答复：{service}",
        "{person}在期限内没有答复您在“{service}”中的请求，可以重新提出。",
        "No answer in time: {service}",
        "{person} did not answer your request for “{service}” in time. You may ask again.",
    ),
    _use(
        "withdrawn",
        "对方撤回了同意：{service}",
        "{person}撤回了在“{service}”中的同意。在作出决定前撤回的，同意不再算数。",
        "Agreement withdrawn: {service}",
        "{person} has withdrawn the agreement for “{service}”. It no longer counts.",
        sms="您办理“{service}”所需的同意已被对方撤回，请登录后查看。",
    ),
)
LETTERS = (
    *RATING_LETTERS,
    *TICKET_LETTERS,
    *BUDGET_LETTERS,
    *MODERATION_LETTERS,
    *LICENCE_LETTERS,
    *OUTCOME_LETTERS,
    CONTEST_ANSWERED,
    *DEMAND_LETTERS,
    _case(
        "submitted",
        "申请已提交：{service}",
        "您申请的“{service}”已收到，办件编号{number}。",
        "Application received: {service}",
        "We have received your application for “{service}”, case number {number}.",
    ),
    _case(
        "correction_requested",
        "请补正材料：{service}",
        "您的办件{number}“{service}”需要补正材料，补正期间不计入办理时限。",
        "Please correct your application: {service}",
        "Your case {number} “{service}” needs corrected materials. The time limit does not run meanwhile.",
        sms="您的办件{number}“{service}”需要补正材料，请登录后在“我的办件”中查看要补什么。",
        law=True,
    ),
    _case(
        "resubmitted",
        "补正材料已收到：{service}",
        "办件{number}“{service}”的补正材料已收到。",
        "Corrections received: {service}",
        "We have received your corrections for case {number} “{service}”.",
    ),
    _case(
        "accepted",
        "申请已受理：{service}",
        "您的办件{number}“{service}”已受理，承诺办结日见办件页面。",
        "Application accepted: {service}",
        "Your case {number} “{service}” has been accepted. The promised date is on the case page.",
        sms="您的办件{number}“{service}”已受理，承诺办结日请登录后在“我的办件”中查看。",
    ),
    _case(
        "declined",
        "申请不予受理：{service}",
        "您的办件{number}“{service}”不予受理，理由和下一步可以怎么做见办件页面。",
        "Application not accepted: {service}",
        "Your case {number} “{service}” was not accepted. The reasons and what you can do are on the case page.",
        sms="您的办件{number}“{service}”不予受理，理由请登录后在“我的办件”中查看。",
        law=True,
    ),
    _case(
        "suspended",
        "办理时限暂停：{service}",
        "办件{number}“{service}”的办理时限已暂停，事由和依据见办件页面。",
        "Time limit paused: {service}",
        "The time limit of case {number} “{service}” is paused. The ground in law is on the case page.",
        law=True,
    ),
    _case(
        "resumed",
        "办理时限恢复：{service}",
        "办件{number}“{service}”已恢复计时，新的办结日见办件页面。",
        "Time limit resumed: {service}",
        "The time limit of case {number} “{service}” runs again. The new date is on the case page.",
    ),
    _case(
        "extended",
        "办理时限延长：{service}",
        "办件{number}“{service}”的办理时限经批准延长，理由见办件页面。",
        "Time limit extended: {service}",
        "The time limit of case {number} “{service}” was extended. The reasons are on the case page.",
        sms="您的办件{number}“{service}”办理时限经批准延长，理由请登录后在“我的办件”中查看。",
        law=True,
    ),
    _case(
        "granted",
        "准予办理：{service}",
        "您的办件{number}“{service}”已办结，结果为准予。决定书可以在办件页面阅读和打印。",
        "Granted: {service}",
        "Your case {number} “{service}” is decided: granted. Read and print the decision on the case page.",
        sms="您的办件{number}“{service}”已办结，请登录后在“我的办件”中查看结果。",
        law=True,
    ),
    _case(
        "refused",
        "不予办理：{service}",
        "您的办件{number}“{service}”已办结，结果为不予。决定书写明了理由、依据和救济途径，可以在办件页面阅读和打印。",
        "Refused: {service}",
        "Your case {number} “{service}” is decided: refused. "
        "The decision on the case page states the reasons and how to appeal; you can print it.",
        sms="您的办件{number}“{service}”已办结，请登录后在“我的办件”中查看结果和理由。",
        law=True,
    ),
    _case(
        "delivered",
        "结果已送达：{service}",
        "办件{number}“{service}”的结果已送达。欢迎对这次服务作出评价。",
        "Result delivered: {service}",
        "The result of case {number} “{service}” was delivered. Please rate the service.",
        sms="您的办件{number}“{service}”结果已送达，欢迎登录后评价。",
    ),
    _case(
        "withdrawn",
        "申请已撤回：{service}",
        "办件{number}“{service}”已按您的要求撤回。",
        "Application withdrawn: {service}",
        "Case {number} “{service}” was withdrawn as you asked.",
    ),
    _case(
        "lapsed",
        "申请视为撤回：{service}",
        "办件{number}“{service}”逾期未补正，按规定视为撤回申请。您可以重新提交。",
        "Application lapsed: {service}",
        "Case {number} “{service}” was not corrected in time and counts as withdrawn. You can apply again.",
        sms="您的办件{number}“{service}”逾期未补正，视为撤回，可以重新提交。",
        law=True,
    ),
    _case(
        "commitment_false",
        "承诺核查为不属实：{service}",
        "您在办件{number}“{service}”中作出的一项承诺，核查结果为不属实。"
        "部门将重新审查原决定，您有权陈述、申辩，期限和方式见办件页面。",
        "A commitment was found to be false: {service}",
        "A commitment you made in case {number} “{service}” was found to be false. "
        "The decision will be looked at again. You have the right to be heard: the case page says how and until when.",
        sms="您的办件{number}“{service}”有承诺核查为不属实，您有权陈述申辩，请登录后在“我的办件”中查看。",
        law=True,
    ),
    _case(
        "questioned",
        "决定将重新审查：{service}",
        "您的办件{number}“{service}”由规则自动作出的决定，经人工复核认为可能有误。"
        "部门将重新审查，您有权陈述、申辩，期限和方式见办件页面。",
        "The decision will be looked at again: {service}",
        "The decision that rules made in case {number} “{service}” may be wrong, a person who checked it says. "
        "It will be looked at again. You have the right to be heard: the case page says how and until when.",
        sms="您的办件{number}“{service}”的决定将重新审查，您有权陈述申辩，请登录后在“我的办件”中查看。",
        law=True,
    ),
    _case(
        "person_asked",
        "已转人工办理：{service}",
        "按您的要求，办件{number}“{service}”已转由工作人员办理，材料不用重新提交，时限见办件页面。",
        "A person looks at it: {service}",
        "As you asked, a person now handles case {number} “{service}”. Nothing has to be sent again. "
        "The time limit is on the case page.",
    ),
    _case(
        "readmitted",
        "决定已更正，重新办理：{service}",
        "办件{number}“{service}”先前自动作出的决定经人工复核已更正，现在重新办理，您不用做什么。",
        "Decision corrected, being handled again: {service}",
        "A person has corrected what rules decided in case {number} “{service}”. It is being handled again; "
        "there is nothing you need to do.",
    ),
    _case(
        "statement_made",
        "已收到您的陈述、申辩：{service}",
        "您就办件{number}“{service}”提交的陈述、申辩已收到，部门重新审查时会考虑。要求听证的，时间和地点定下后会通知您。",
        "Your statement was received: {service}",
        "Your statement in case {number} “{service}” was received and will be considered. "
        "If you asked for a hearing, you will be told when and where it is.",
    ),
    _case(
        "hearing_called",
        "听证的时间和地点：{service}",
        "您就办件{number}“{service}”要求的听证，时间和地点已经定下，请在办件页面查看。",
        "When and where the hearing is: {service}",
        "The time and place of the hearing you asked for in case {number} “{service}” are on the case page.",
        sms="您的办件{number}“{service}”的听证时间和地点已定，请登录后在“我的办件”中查看。",
        law=True,
    ),
    _case(
        "credit_answered",
        "承诺信用修复申请的答复：{service}",
        "您就办件{number}“{service}”提出的承诺信用修复申请已有答复，请在“我的承诺信用”中查看。",
        "Answer about your commitment record: {service}",
        "Your request to repair the record of a commitment in case {number} “{service}” was answered: "
        "see “My commitment record”.",
    ),
    _case(
        "upheld",
        "维持原决定：{service}",
        "您的办件{number}“{service}”经重新审查，维持原决定，理由见办件页面。",
        "The decision stands: {service}",
        "The decision in case {number} “{service}” was looked at again and stands. The reasons are on the case page.",
        law=True,
    ),
    _case(
        "revoked",
        "决定已撤销：{service}",
        "您的办件{number}“{service}”的原决定因承诺不属实已撤销，理由、依据和救济途径见办件页面。",
        "Decision revoked: {service}",
        "The decision in case {number} “{service}” was revoked because a commitment was false. "
        "The reasons and how to appeal are on the case page.",
        sms="您的办件{number}“{service}”的原决定已撤销，理由和救济途径请登录后在“我的办件”中查看。",
        law=True,
    ),
    Letter(
        code="offer.made",
        title="您可以领取：{service}",
        body="您同意过接收政策提醒。按部门的登记信息，您符合“{service}”的条件，不用填表就能办。"
        "请登录后在“可以领取的服务”中查看为什么提醒您，再决定要不要。不需要也没关系，不影响您办别的事。",
        title_en="You can have: {service}",
        body_en="You agreed to hints about benefits. By the departments' records you meet the conditions of "
        "“{service}”; nothing has to be filled in. Log in and see “Offered to you” for the reasons, then decide. "
        "If you do not want it, nothing else changes.",
        sms="您符合“{service}”的条件，不用填表就能办，请登录后在“可以领取的服务”中查看。",
    ),
)
