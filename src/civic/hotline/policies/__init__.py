"""Who may do what to a ticket, in the words that stand beside the disabled button."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from civic.audit.models import Entry
from civic.hotline import rules
from civic.hotline.states import OBJECT, Channel, Kind, Outcome, Secrecy, TicketState, Urgency, Way

if TYPE_CHECKING:
    from collections.abc import Callable

    from civic.accounts.models import Account, Department
    from civic.hotline.models import Ticket

CALL_TAKER, DISPATCHER, REVIEWER, SUPERVISOR = "call_taker", "dispatcher", "reviewer", "supervisor"
DEPUTY, STATION_CLERK = "deputy", "station_clerk"
CENTRE = (CALL_TAKER, DISPATCHER, REVIEWER)
UNIT = ("unit_handler", "unit_leader")
READ_ALL = (*CENTRE, SUPERVISOR, "auditor")
READERS = (*READ_ALL, *UNIT)
SYSTEM = ("rules", "timer", "caller")
TIMED = ("send_back", "handle_again", "urge", "ask_reconsideration")
URGED_EVERY = timedelta(days=1)


def why_not(step: str, user: "Account | str", ticket: "Ticket", *, at: datetime) -> str | None:
    """Return what the policy of `step` says, as far as it hangs on who and when."""
    if step == "call_back":
        return why_not_call_back(user, ticket, way=Way.PHONE, at=at)
    if step == "redispatch":
        return _not_centre(user, DISPATCHER) or _used_up(ticket)
    if step == "merge":
        return _not_centre(user, DISPATCHER, CALL_TAKER) or _not_joinable(ticket)
    policy: Callable[..., str | None] = globals()[f"why_not_{step}"]
    return policy(user, ticket, **({"at": at} if step in TIMED else {}))


def _not_centre(user: "Account | str", *roles: str) -> str | None:
    if isinstance(user, str):
        return None if user in SYSTEM else _("只有热线中心的工作人员可以进行这一步。")
    return None if user.has_any_role(*roles) else _("只有热线中心有权限的工作人员可以进行这一步。")


def _not_unit(user: "Account", ticket: "Ticket", *roles: str) -> str | None:
    if not user.has_any_role(*(roles or UNIT)):
        return _("您的岗位没有这项权限，请联系本单位有权限的同事。")
    return None if ticket.is_answered_for(user) else _("只有承办单位的工作人员可以进行这一步。")


def _own(user: "Account", ticket: "Ticket") -> str | None:
    """Nobody handles what they themselves have complained of."""
    return _("您是来电人，不能办理自己的工单，请转给同事。") if ticket.caller_id == user.pk else None


def why_not_take_in(user: "Account") -> str | None:
    """Call takers, window clerks, deputies and the clerks of their stations write down what others say."""
    takers = (*CENTRE, "window_clerk", DEPUTY, STATION_CLERK)
    return None if user.has_any_role(*takers) else _("只有话务员和窗口人员可以代为登记诉求。")


def why_not_answer_live(user: "Account", ticket: "Ticket") -> str | None:
    return _not_centre(user, CALL_TAKER, DISPATCHER) or _own(user, ticket)


def why_not_hand_over(user: "Account", ticket: "Ticket") -> str | None:
    return _not_centre(user, CALL_TAKER, DISPATCHER) or _leads(ticket)


def why_not_decline(user: "Account", ticket: "Ticket") -> str | None:
    return _not_centre(user, DISPATCHER) or _own(user, ticket) or _leads(ticket)


def _leads(ticket: "Ticket") -> str | None:
    leads = ticket.joined.filter(state=TicketState.MERGED).exists()
    return _("别的来电人的工单并入了本件，请先把它们分出来，再单独处理本件。") if leads else None


def why_not_reconsider(user: "Account", ticket: "Ticket") -> str | None:
    return _not_centre(user, DISPATCHER, REVIEWER) or _own(user, ticket) or _has_declined(user, ticket)


def why_not_uphold_refusal(user: "Account", ticket: "Ticket") -> str | None:
    """Another person than who declined it, and only where the caller has asked."""
    if reason := why_not_reconsider(user, ticket):
        return reason
    return None if ticket.pending_reconsideration is not None else _("来电人没有申请复核。")


def _has_declined(user: "Account", ticket: "Ticket") -> str | None:
    last = Entry.objects.filter(subject=ticket.ledger_id(), step="hotline.ticket.decline").order_by("pk").last()
    is_same = last is not None and last.actor == user.ledger_id()
    return _("不予受理是您作出的，请由同事复核。") if is_same else None


def why_not_ask_reconsideration(user: "Account | str", ticket: "Ticket", *, at: datetime) -> str | None:
    """The caller asks once, so long as the profile says; somebody at the phone may write it down for them."""
    if reason := _not_caller(user, ticket, CALL_TAKER, DISPATCHER, REVIEWER):
        return reason
    if ticket.reconsiderations.exists():
        return _("这件诉求已经申请过复核，每件只复核一次。")
    days, ended = ticket.profile.read().counts[rules.RECONSIDER_DAYS], ticket.ended_at
    if ended is not None and at > ended + timedelta(days=days):
        return _("不予受理已超过%(n)s天，不能再申请复核；可以补充新的情况重新提交。") % {"n": days}
    return None


def why_not_classify(user: "Account | str", ticket: "Ticket") -> str | None:
    return _not_centre(user, CALL_TAKER, DISPATCHER)


def why_not_dispatch(user: "Account | str", ticket: "Ticket") -> str | None:
    if reason := _not_centre(user, DISPATCHER):
        return reason
    return None if ticket.category_id else _("请先选择诉求分类，再分派。")


def why_not_by_rule(ticket: "Ticket", text: str) -> str | None:
    """What a person looks at before it is dispatched, however sure a machine is. `text`: title and detail."""
    if ticket.state != TicketState.RECEIVED or ticket.version != 1:
        return _("已经有人处理过。")
    if ticket.urgency == Urgency.URGENT or rules.is_urgent(text)[0]:
        return _("可能紧急，由人分派。")
    if ticket.secrecy == Secrecy.CONFIDENTIAL or ticket.kind == Kind.REPORT or rules.is_report_of_wrongdoing(text):
        return _("举报和要求保密的，由人分派。")
    if ticket.channel == Channel.MAILBOX:
        return _("市长信箱的来信先审后办，由人分派。")
    return None


def why_not_redispatch(user: "Account", ticket: "Ticket", unit: "Department") -> str | None:
    if reason := _not_centre(user, DISPATCHER):
        return reason
    if reason := _used_up(ticket):
        return reason
    return _("请改派给另一个单位；维持原单位请选「不同意退单」。") if unit.pk == ticket.unit_id else None


def why_not_uphold_dispatch(user: "Account", ticket: "Ticket") -> str | None:
    return _not_centre(user, DISPATCHER)


def why_not_convene(user: "Account", ticket: "Ticket") -> str | None:
    if reason := _not_centre(user, DISPATCHER):
        return reason
    return None if _objections_used_up(ticket) else _("退单次数还没有用完，请先审核退单。")


def _used_up(ticket: "Ticket") -> str | None:
    if not _objections_used_up(ticket):
        return None
    return _("已经退单%(n)s次，请召集会商确定承办单位。") % {"n": ticket.objections_raised}


def _objections_used_up(ticket: "Ticket") -> bool:
    return bool(ticket.objections_raised >= ticket.profile.read().counts[rules.OBJECTIONS])


def why_not_settle(user: "Account", ticket: "Ticket") -> str | None:
    return _not_centre(user, DISPATCHER)


def why_not_send_back(user: "Account", ticket: "Ticket", *, at: datetime) -> str | None:
    if reason := _not_unit(user, ticket):
        return reason
    if ticket.open_dispatch.is_final:
        return _("本单位是首办责任单位，不能再退单；确有困难，请申请延期或者请热线中心协调。")
    if ticket.is_late(OBJECT, at=at):
        return _("退单期限已过，本单位为首办责任单位，请签收办理。")
    return _own(user, ticket)


def why_not_acknowledge(user: "Account", ticket: "Ticket") -> str | None:
    return _not_unit(user, ticket) or _own(user, ticket)


def why_not_contact(user: "Account", ticket: "Ticket") -> str | None:
    return _not_unit(user, ticket) or _own(user, ticket)


def why_not_wait(user: "Account", ticket: "Ticket") -> str | None:
    return _not_unit(user, ticket) or _own(user, ticket)


def why_not_resume(user: "Account | str", ticket: "Ticket") -> str | None:
    if isinstance(user, str):
        return _not_centre(user)
    return None if ticket.caller_id == user.pk else _not_unit(user, ticket)


def why_not_ask_extension(user: "Account", ticket: "Ticket") -> str | None:
    if reason := _not_unit(user, ticket):
        return reason
    if ticket.pending_extension is not None:
        return _("已有延期申请等待审批。")
    given = ticket.extensions.filter(is_approved=True).count()
    if given >= ticket.profile.read().counts[rules.EXTENSIONS]:
        return _("本工单已延期%(n)s次，不能再延期。") % {"n": given}
    return _own(user, ticket)


def why_not_extend(user: "Account", ticket: "Ticket") -> str | None:
    if reason := _not_centre(user, DISPATCHER):
        return reason
    return None if ticket.pending_extension is not None else _("没有待审批的延期申请。")


def why_not_refuse_extension(user: "Account", ticket: "Ticket") -> str | None:
    return why_not_extend(user, ticket)


def why_not_reply(user: "Account", ticket: "Ticket") -> str | None:
    return _not_unit(user, ticket) or _own(user, ticket)


def why_not_return_reply(user: "Account", ticket: "Ticket") -> str | None:
    """Whoever checks an answer has not written it."""
    if reason := _not_centre(user, REVIEWER):
        return reason
    return _("不能审核自己写的答复。") if ticket.newest_reply.by_id == user.pk else _own(user, ticket)


def why_not_pass_reply(user: "Account", ticket: "Ticket") -> str | None:
    return why_not_return_reply(user, ticket)


def why_not_call_back(user: "Account | str | None", ticket: "Ticket", *, way: str, at: datetime) -> str | None:
    """Reviewers and call takers ring, at decent hours; the caller answers online whenever they like.

    After the end only those are asked who were answered together with another ticket.
    """
    if ticket.state == TicketState.CLOSED:
        if ticket.outcome != Outcome.JOINED:
            return _("本工单已经办结，不再回访。")
        if ticket.revisits.filter(round=ticket.round, reached=True).exists():
            return _("本次办理已经回访过。")
    if user is None or isinstance(user, str) or user.pk == ticket.caller_id:
        return None if way == Way.ONLINE else _("请在网上回答。")
    if reason := _not_centre(user, REVIEWER, CALL_TAKER):
        return reason
    terms = ticket.profile.read()
    if way == Way.PHONE and not terms.may_call(at):
        hours = {"from": f"{terms.revisit_from:%H:%M}", "until": f"{terms.revisit_until:%H:%M}"}
        return _("请在%(from)s至%(until)s之间回访。") % hours
    if ticket.revisits.filter(round=ticket.round, reached=True).exists():
        return _("本次办理已经回访过。")
    return None


def why_not_close(user: "Account | str", ticket: "Ticket") -> str | None:
    """Reached and answered, or every attempt made; who left no way to be reached is not called."""
    if (
        not isinstance(user, str)
        and user.pk != ticket.caller_id
        and (reason := _not_centre(user, REVIEWER, CALL_TAKER))
    ):
        return reason
    calls = list(ticket.revisits.filter(round=ticket.round))
    if any(call.solved for call in calls) or ticket.phone_sealed is None:
        return None
    if any(call.reached for call in calls):
        rounds = ticket.profile.read().counts[rules.ROUNDS]
        return None if ticket.round >= rounds else _("来电人说没有解决，请转二次办理。")
    left = ticket.profile.read().counts[rules.ATTEMPTS] - len(calls)
    return _("还没有联系上来电人，请再回访%(n)s次。") % {"n": left} if left > 0 else None


def why_not_handle_again(user: "Account | str", ticket: "Ticket", *, at: datetime) -> str | None:
    """The caller, reviewers and a bad grade ask for it, so often and so long as the profile says."""
    counts = ticket.profile.read().counts
    if ticket.unit_id is None and (ticket.parent is None or ticket.parent.unit_id is None):
        return _("本工单当场办结，没有承办单位，请重新提交诉求。")
    if ticket.round >= counts[rules.ROUNDS]:
        return _("本工单已经二次办理，请提出投诉，由另一个单位核查。")
    ended = ticket.ended_at
    if ended is not None and at > ended + timedelta(days=counts["reopen_days"]):
        return _("办结已超过%(n)s天，请重新提交诉求。") % {"n": counts["reopen_days"]}
    if not isinstance(user, str) and user.pk == ticket.caller_id:
        return None
    return _not_centre(user, REVIEWER)


def why_not_merge(user: "Account", ticket: "Ticket", parent: "Ticket") -> str | None:
    if parent.pk == ticket.pk:
        return _("不能并入自己。")
    return why_not_lead(user, parent) or _not_joinable(ticket) or _kept_apart(ticket, parent)


def why_not_lead(user: "Account", ticket: "Ticket") -> str | None:
    """Why nothing can be joined to this ticket."""
    if reason := _not_centre(user, DISPATCHER, CALL_TAKER):
        return reason
    if ticket.parent_id is not None:
        return _("这件工单已经并入别的工单，请并入主件。")
    return _("主件已经办结，不能再并入。") if ticket.ended_at is not None else None


def _not_joinable(ticket: "Ticket") -> str | None:
    return _("本工单是主件，已有工单并入，不能再并入别的工单。") if ticket.joined.exists() else None


def _kept_apart(ticket: "Ticket", parent: "Ticket") -> str | None:
    """Joined callers learn that others have spoken, and what is answered: nobody who was promised secrecy is joined."""
    if not any(one.kind == Kind.REPORT or one.secrecy == Secrecy.CONFIDENTIAL for one in (ticket, parent)):
        return None
    has_same_account = ticket.caller_id is not None and ticket.caller_id == parent.caller_id
    if has_same_account or (ticket.phone_index is not None and ticket.phone_index == parent.phone_index):
        return None
    return _("举报和要求保密的工单不能与别人的合并：并案以后来电人会知道还有别人反映，请分别办理。")


def why_not_separate(user: "Account | str", ticket: "Ticket") -> str | None:
    if reason := _not_to_take_out(user, ticket):
        return reason
    return None if ticket.set_aside_at is None else _("并案前本件在承办单位，请退回承办单位接着办理。")


def why_not_give_back(user: "Account | str", ticket: "Ticket") -> str | None:
    if reason := _not_to_take_out(user, ticket):
        return reason
    return None if ticket.set_aside_at is not None else _("并案前本件还没有到承办单位，请分出后重新分派。")


def _not_to_take_out(user: "Account | str", ticket: "Ticket") -> str | None:
    if reason := _not_centre(user, DISPATCHER):
        return reason
    parent = ticket.parent
    is_answered = parent is not None and parent.state == TicketState.CLOSED
    return _("主件已经办结，本件随主件办结；没有解决的，可以转二次办理。") if is_answered else None


def why_not_close_merged(user: "Account | str", ticket: "Ticket") -> str | None:
    if reason := _not_centre(user, REVIEWER, DISPATCHER):
        return reason
    parent = ticket.parent
    done = parent is not None and parent.state == TicketState.CLOSED
    return None if done else _("主件还没有办结。")


def why_not_publish(user: "Account", ticket: "Ticket") -> str | None:
    """Only what its caller agreed to make public, moderated by somebody of the centre."""
    if reason := _not_centre(user, REVIEWER):
        return reason
    if ticket.kind == Kind.REPORT:
        return _("举报不公开。")
    return None if ticket.wants_public else _("来电人没有同意公开。")


def why_not_unpublish(user: "Account | str", ticket: "Ticket") -> str | None:
    if not isinstance(user, str) and user.pk == ticket.caller_id:
        return None
    return _not_centre(user, REVIEWER)


def why_not_urge(user: "Account | str", ticket: "Ticket", *, at: datetime) -> str | None:
    """The caller asks how it is going, once a day."""
    if reason := _not_caller(user, ticket, *CENTRE):
        return reason
    last = parse_datetime(str(ticket.facts.get("urged_at", "")))
    return _("今天已经催办过，承办单位已收到提醒。") if last is not None and at < last + URGED_EVERY else None


def why_not_supplement(user: "Account | str", ticket: "Ticket") -> str | None:
    return _not_caller(user, ticket, CALL_TAKER, DISPATCHER)


def why_not_keep_private(user: "Account | str", ticket: "Ticket") -> str | None:
    if reason := _not_caller(user, ticket, REVIEWER):
        return reason
    return None if ticket.wants_public else _("这件诉求没有公开。")


def why_not_withdraw(user: "Account | str", ticket: "Ticket") -> str | None:
    return _not_caller(user, ticket, CALL_TAKER, DISPATCHER)


def _not_caller(user: "Account | str", ticket: "Ticket", *roles: str) -> str | None:
    """The caller, a caller who is not logged in, or somebody of the centre for them."""
    if isinstance(user, str):
        return _not_centre(user)
    return None if ticket.caller_id == user.pk or user.has_any_role(*roles) else _("只有来电人可以进行这一步。")


def reads_in_clear(user: "Account", ticket: "Ticket") -> bool:
    """Whether somebody reads what was said as it was said: the centre, and the unit that holds the ticket."""
    return bool(user.has_any_role(*CENTRE) or (user.has_any_role(*UNIT) and ticket.is_answered_for(user)))


def why_not_know_caller(user: "Account", ticket: "Ticket") -> str | None:
    """Name and phone: nobody's of an anonymous caller, the centre's alone of one who spoke in confidence."""
    if ticket.name_sealed is None and ticket.phone_sealed is None:
        return _("来电人没有留下姓名和电话。")
    if ticket.secrecy == Secrecy.CONFIDENTIAL and not user.has_any_role(*CENTRE):
        return _("来电人要求保密，承办单位看不到姓名和电话，请通过热线中心联系。")
    return None if reads_in_clear(user, ticket) else _("本工单不由您办理，不能查看来电人的姓名和电话。")
