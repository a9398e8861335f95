"""The steps of a ticket as its page's forms ask for them: each form's name and the one call it makes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Department
from civic.core.errors import FieldError, Invalid
from civic.core.http import typed_number
from civic.core.ids import normalise_number
from civic.hotline.models import Ground, Ticket
from civic.hotline.models.questions import Call, Objecting
from civic.hotline.office.shared import category_of, unit_of
from civic.hotline.services.answering import Answer, close_with_joined, send_answer
from civic.hotline.services.dispatching import Sorting, sort_and_send
from civic.hotline.services.incidents import take_out
from civic.hotline.states import Way


@dataclass(frozen=True)
class Act:
    """One press of a button: on which ticket, what was typed, by whom, when."""

    ticket: Ticket
    posted: QueryDict
    by: Account
    at: datetime
    seen: int | None

    @property
    def how(self) -> dict[str, Any]:
        """What every verb is told."""
        return {"by": self.by, "at": self.at, "seen": self.seen}

    @property
    def do(self) -> str:
        """Which of a form's buttons was pressed."""
        return self.typed("do")

    def typed(self, name: str) -> str:
        return str(self.posted.get(name, ""))

    def flag(self, name: str) -> bool | None:
        """Return yes or no; None where neither was said."""
        return {"yes": True, "no": False}.get(self.typed(name))


def missing(field: str, words: str) -> Invalid:
    """Return the refusal that names the field which has to be filled in."""
    return Invalid(words, errors=[FieldError(field, "required", words)])


# At the centre


def dispatch(act: Act) -> None:
    category = category_of(act.typed("category") or act.typed("proposed"))
    if category is None:
        raise missing("category", _("请选择诉求分类。"))
    kind, urgency = act.typed("kind"), act.typed("urgency")
    if act.do == "classify":
        act.ticket.classify(category=category, kind=kind, urgency=urgency, **act.how)
        return
    sorting = Sorting(category, kind, urgency, unit_of(act.typed("unit")), act.typed("reason"))
    sort_and_send(ticket=act.ticket, sorting=sorting, **act.how)


def answer_live(act: Act) -> None:
    act.ticket.answer_live(words=act.typed("words"), **act.how)


def hand_over(act: Act) -> None:
    act.ticket.hand_over(to=act.typed("to"), **act.how)


def decline(act: Act) -> None:
    ground = Ground.objects.filter(code=act.typed("ground")[:40]).first()
    if ground is None:
        raise missing("ground", _("请选择不予受理的情形。"))
    act.ticket.decline(ground=ground, **act.how)


def reconsider(act: Act) -> None:
    """Take it up after all, or answer the caller that it stays as it is."""
    if act.do == "uphold":
        act.ticket.uphold_refusal(words=act.typed("words"), **act.how)
    else:
        act.ticket.reconsider(words=act.typed("words"), **act.how)


def ask_reconsideration(act: Act) -> None:
    act.ticket.ask_reconsideration(words=act.typed("words"), **act.how)


def judge_objection(act: Act) -> None:
    """Agree and send it elsewhere, turn the objection down, or call a meeting."""
    words = act.typed("words")
    if act.do == "convene":
        act.ticket.convene(words=words, **act.how)
    elif act.do == "uphold":
        act.ticket.uphold_dispatch(words=words, **act.how)
    else:
        act.ticket.redispatch(unit=_unit(act), words=words, **act.how)


def settle(act: Act) -> None:
    act.ticket.settle(unit=_unit(act), words=act.typed("words"), **act.how)


def judge_extension(act: Act) -> None:
    words = act.typed("words")
    if act.do == "refuse":
        act.ticket.refuse_extension(words=words, **act.how)
    else:
        act.ticket.extend(words=words, **act.how)


def merge(act: Act) -> None:
    number = normalise_number(act.typed("near") or act.typed("parent"))
    parent = Ticket.objects.visible_to(act.by).filter(number=number).first() if number else None
    if parent is None:
        raise missing("parent", _("没有找到要并入的工单，请核对编号。"))
    act.ticket.merge(parent=parent, words=act.typed("words"), **act.how)


def separate(act: Act) -> None:
    """Take it out of the incident it was joined to."""
    take_out(ticket=act.ticket, words=act.typed("words"), **act.how)


# At the unit


def acknowledge(act: Act) -> None:
    act.ticket.acknowledge(**act.how)


def send_back(act: Act) -> None:
    objection = Objecting(act.typed("words"), act.typed("basis"), unit_of(act.typed("suggests")))
    act.ticket.send_back(objection=objection, **act.how)


def contact(act: Act) -> None:
    reached = act.flag("reached")
    if reached is None:
        raise missing("reached", _("请选择有没有联系上。"))
    act.ticket.contact(way=act.typed("way"), words=act.typed("words"), reached=reached, **act.how)


def wait(act: Act) -> None:
    act.ticket.wait(reason=act.typed("reason"), words=act.typed("words"), **act.how)


def resume(act: Act) -> None:
    act.ticket.resume(**act.how)


def ask_extension(act: Act) -> None:
    act.ticket.ask_extension(reason=act.typed("reason"), **act.how)


def reply(act: Act) -> None:
    change = act.typed("would_change").strip()[:200]
    more = {"would_change": change} if change else {}
    send_answer(ticket=act.ticket, answer=Answer(act.typed("words"), act.typed("outcome"), more), **act.how)


# After the answer


def check(act: Act) -> None:
    if act.do == "return":
        act.ticket.return_reply(remark=act.typed("remark"), **act.how)
    else:
        act.ticket.pass_reply(remark=act.typed("remark"), **act.how)


def call_back(act: Act) -> None:
    """Note a call that reached nobody by one press, or what the caller said."""
    if act.do == "unreached":
        act.ticket.call_back(call=Call(reached=False, way=Way.PHONE), **act.how)
        return
    solved = act.flag("solved")
    if solved is None:
        raise missing("solved", _("请选择问题解决了没有。"))
    stars = typed_number(act.typed("stars"))
    if stars is not None and not 1 <= stars <= 5:
        raise missing("stars", _("满意程度请选1至5。"))
    call = Call(True, Way.PHONE, contacted=act.flag("contacted"), solved=solved, stars=stars, words=act.typed("words"))
    act.ticket.call_back(call=call, **act.how)


def close(act: Act) -> None:
    close_with_joined(ticket=act.ticket, **act.how)


def handle_again(act: Act) -> None:
    act.ticket.handle_again(words=act.typed("words"), **act.how)


def close_merged(act: Act) -> None:
    act.ticket.close_merged(by=act.by, at=act.at)


def publish(act: Act) -> None:
    if act.do == "unpublish":
        act.ticket.unpublish(**act.how)
        return
    title, detail, answer = (act.typed(f"public_{part}") for part in ("title", "detail", "reply"))
    act.ticket.publish(title=title, detail=detail, reply=answer, **act.how)


def urge(act: Act) -> None:
    act.ticket.urge(**act.how)


def withdraw(act: Act) -> None:
    act.ticket.withdraw(**act.how)


def _unit(act: Act) -> Department:
    unit = unit_of(act.typed("unit"))
    if unit is None:
        raise missing("unit", _("请选择承办单位。"))
    return unit


# the last part of a form's address -> what it does
FORMS: dict[str, Callable[[Act], None]] = {
    "dispatch": dispatch,
    "answer": answer_live,
    "emergency": hand_over,
    "refusal": decline,
    "reconsideration": reconsider,
    "contest": ask_reconsideration,
    "verdict": judge_objection,
    "settlement": settle,
    "extension-verdict": judge_extension,
    "merger": merge,
    "separation": separate,
    "receipt": acknowledge,
    "objection": send_back,
    "contact": contact,
    "waiting": wait,
    "resumption": resume,
    "extension": ask_extension,
    "reply": reply,
    "check": check,
    "call": call_back,
    "closing": close,
    "second-handling": handle_again,
    "joint-closing": close_merged,
    "publication": publish,
    "urging": urge,
    "withdrawal": withdraw,
}
