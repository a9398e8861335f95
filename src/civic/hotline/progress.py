"""How a ticket stands, in plain words, and what has happened to it: for its caller and for the public."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_lazy

from civic.audit.models import Entry
from civic.core.text import local
from civic.hotline.models.clocks import running
from civic.hotline.services.caller import waits_for_caller
from civic.hotline.states import DISPATCH, RECONSIDER, RESOLVE, RESPONSE, TicketState

if TYPE_CHECKING:
    from civic.accounts.models import Department
    from civic.deadlines.models import Clock
    from civic.hotline.models import Ticket

S = TicketState
PLAIN = {
    S.RECEIVED: gettext_lazy("已经收到，热线中心正在确定由哪个单位办理。"),
    S.DISPATCHED: gettext_lazy("已经派给承办单位，等待签收。"),
    S.OBJECTED: gettext_lazy("承办单位认为不归自己管，热线中心正在核实。"),
    S.MEETING: gettext_lazy("几个单位对由谁办理有不同意见，热线中心正在召集会商。"),
    S.HANDLING: gettext_lazy("承办单位正在办理。"),
    S.WAITING: gettext_lazy("承办单位在等第三方的结果，时间暂停计算。"),
    S.REPLIED: gettext_lazy("承办单位已经答复，热线中心正在审核答复是否说清楚。"),
    S.REVISIT: gettext_lazy("答复已经发给您，请告诉我们问题解决了没有。"),
    S.CLOSED: gettext_lazy("已经办结。"),
    S.REFUSED: gettext_lazy("没有受理，理由和您可以怎样做写在下面。"),
    S.MERGED: gettext_lazy("与反映同一件事的诉求合并办理，会得到同样的答复。"),
    S.WITHDRAWN: gettext_lazy("您已经撤回。"),
}
STEPS = {
    "receive": gettext_lazy("收到诉求"),
    "answer_live": gettext_lazy("当场答复"),
    "hand_over": gettext_lazy("转紧急电话"),
    "decline": gettext_lazy("不予受理"),
    "ask_reconsideration": gettext_lazy("申请复核"),
    "uphold_refusal": gettext_lazy("复核后仍不受理"),
    "reconsider": gettext_lazy("重新受理"),
    "dispatch": gettext_lazy("派给承办单位"),
    "send_back": gettext_lazy("承办单位退回，等待核实"),
    "redispatch": gettext_lazy("改派承办单位"),
    "uphold_dispatch": gettext_lazy("核实后仍由原单位办理"),
    "convene": gettext_lazy("召集会商"),
    "settle": gettext_lazy("会商确定承办单位"),
    "acknowledge": gettext_lazy("承办单位签收，开始办理"),
    "contact": gettext_lazy("承办单位联系来电人"),
    "wait": gettext_lazy("等待补充，计时暂停"),
    "resume": gettext_lazy("继续办理，计时继续"),
    "extend": gettext_lazy("经热线中心批准，办理期限延长"),
    "reply": gettext_lazy("承办单位提交答复，等待审核"),
    "return_reply": gettext_lazy("答复没有说清楚，退回重办"),
    "pass_reply": gettext_lazy("答复已发出"),
    "call_back": gettext_lazy("回访"),
    "close": gettext_lazy("办结"),
    "handle_again": gettext_lazy("二次办理"),
    "merge": gettext_lazy("合并办理"),
    "close_merged": gettext_lazy("随主件办结"),
    "separate": gettext_lazy("恢复单独办理，重新分派"),
    "give_back": gettext_lazy("恢复单独办理，时限接着计算"),
    "withdraw": gettext_lazy("来电人撤回"),
    "urge": gettext_lazy("来电人催办"),
    "supplement": gettext_lazy("来电人补充"),
    "publish": gettext_lazy("公开办理结果"),
    "keep_private": gettext_lazy("来电人收回公开"),
}
PREFIX = "hotline.ticket."
SHARED = (  # of a main ticket, what those joined to it are told: nothing that its own caller did or was asked
    "dispatch", "send_back", "redispatch", "uphold_dispatch", "convene", "settle", "acknowledge", "extend", "reply",
    "return_reply", "pass_reply", "close",
)  # fmt: skip
SHOWN = (S.RECEIVED, S.DISPATCHED, S.OBJECTED, S.MEETING, S.HANDLING, S.REPLIED)  # states that say nothing of a caller
OWN = ("receive", "withdraw", "urge", "supplement", "keep_private", "ask_reconsideration")
AT_CENTRE = (
    "decline",
    "reconsider",
    "uphold_refusal",
    "convene",
    "extend",
    "return_reply",
    "pass_reply",
    "call_back",
    "close",
    "publish",
    "separate",
    "give_back",
    "merge",
    "close_merged",
)


@dataclass(frozen=True)
class Event:
    """One line of what has happened."""

    at: datetime
    step: str
    text: str
    who: str


@dataclass(frozen=True)
class Limit:
    """A promise that runs: what is promised, until when, how much is left in words, and its light."""

    words: str
    due_at: datetime | None
    left: str
    light: str


@dataclass(frozen=True)
class Main:
    """How the ticket stands to which somebody's own is joined: nothing of who else has spoken."""

    plain: str
    unit: "Department | None"
    due_at: datetime | None
    answer: str
    events: "list[Event]"


def of_main(ticket: "Ticket") -> Main | None:
    """Return how the ticket stands that this one is joined to, for this one's caller; None where there is none."""
    main = ticket.parent
    if main is None or ticket.state != S.MERGED:
        return None
    if main.state == S.REVISIT:
        plain = gettext("答复已经发出，写在下面。办结以后，您可以说有没有解决。")
    else:
        plain = str(PLAIN[S(main.state)]) if main.state in SHOWN else gettext("承办单位正在办理。")
    due_at = main.due_at if main.ended_at is None and main.replied_at is None else None
    told = [_of_nobody(event) for event in timeline(main) if event.step in SHARED]
    return Main(plain, main.unit, due_at, main.words_for_joined, told)


def _of_nobody(event: "Event") -> "Event":
    """Return the event without whose act it was, where it was the other caller's."""
    return replace(event, who="") if event.who == gettext("您") else event


def plain_state(ticket: "Ticket") -> str:
    """Say where the ticket stands, to its caller."""
    if ticket.state == S.WAITING and waits_for_caller(ticket):
        return gettext("承办单位需要您补充情况，补充前时间暂停计算。")
    return str(PLAIN[S(ticket.state)])


def limits(ticket: "Ticket", *, at: datetime) -> list[Limit]:
    """Return what is promised to the caller now."""
    promised = {
        DISPATCH: gettext("转给负责的单位"),
        RESPONSE: gettext("联系您"),
        RESOLVE: gettext("办好答复您"),
        RECONSIDER: gettext("复核并告诉您结果"),
    }
    found = [(words, running(ticket, kind)) for kind, words in promised.items()]
    return [_limit(words, clock, at) for words, clock in found if clock is not None]


def _limit(words: str, clock: "Clock", at: datetime) -> Limit:
    return Limit(words, clock.due_at, str(clock.countdown(at=at)), str(clock.light(at=at).value))


def timeline(ticket: "Ticket", *, public: bool = False) -> list[Event]:
    """Return what has happened, oldest first, out of the ledger; to the public the caller is only "the caller"."""
    steps = [PREFIX + step for step in STEPS]
    entries = Entry.objects.filter(subject=ticket.ledger_id(), step__in=steps).order_by("pk")
    held = [(one.at, one.unit) for one in sorted(ticket.dispatches.all(), key=lambda one: one.at)]
    own = {"caller", ticket.caller.ledger_id() if ticket.caller else "caller"}
    caller = gettext("来电人") if public else gettext("您")
    return [_event(entry, held, caller if entry.actor in own else "", caller) for entry in entries]


def _event(entry: Entry, held: "list[tuple[datetime, Department]]", who: str, caller: str) -> Event:
    step = entry.step.removeprefix(PREFIX)
    unit = next((unit for since, unit in reversed(held) if since <= entry.at), None)
    if not who and step in OWN:
        who = caller
    elif not who:
        who = gettext("热线中心") if step in AT_CENTRE or unit is None else local(unit, "name")
    return Event(entry.at, step, str(STEPS[step]), who)
