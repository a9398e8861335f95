"""What has happened to a ticket, for those who work on it: the ledger's entries in words, with who did it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_lazy

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.core.text import local

if TYPE_CHECKING:
    from civic.hotline.models import Ticket

PREFIX = "hotline.ticket."
WORDS = {
    "receive": gettext_lazy("登记诉求"),
    "answer_live": gettext_lazy("当场答复，办结"),
    "hand_over": gettext_lazy("转紧急电话"),
    "decline": gettext_lazy("不予受理"),
    "ask_reconsideration": gettext_lazy("来电人申请复核"),
    "uphold_refusal": gettext_lazy("复核后维持不予受理"),
    "reconsider": gettext_lazy("重新受理"),
    "classify": gettext_lazy("确定分类"),
    "dispatch": gettext_lazy("分派"),
    "send_back": gettext_lazy("退单"),
    "redispatch": gettext_lazy("同意退单，改派"),
    "uphold_dispatch": gettext_lazy("不同意退单，仍由原单位办理"),
    "convene": gettext_lazy("召集会商"),
    "settle": gettext_lazy("会商确定承办单位"),
    "acknowledge": gettext_lazy("签收"),
    "contact": gettext_lazy("联系来电人"),
    "wait": gettext_lazy("等待，计时暂停"),
    "resume": gettext_lazy("继续办理，计时继续"),
    "ask_extension": gettext_lazy("申请延期"),
    "extend": gettext_lazy("同意延期"),
    "refuse_extension": gettext_lazy("不同意延期"),
    "reply": gettext_lazy("提交答复"),
    "return_reply": gettext_lazy("退回答复"),
    "pass_reply": gettext_lazy("审核通过，答复来电人"),
    "call_back": gettext_lazy("回访"),
    "close": gettext_lazy("办结"),
    "handle_again": gettext_lazy("二次办理"),
    "merge": gettext_lazy("并入同一件事的主件"),
    "close_merged": gettext_lazy("随主件办结"),
    "separate": gettext_lazy("从主件分出，重新分派"),
    "give_back": gettext_lazy("从主件分出，回到承办单位"),
    "withdraw": gettext_lazy("撤回"),
    "urge": gettext_lazy("催办"),
    "supplement": gettext_lazy("来电人补充"),
    "publish": gettext_lazy("公开"),
    "unpublish": gettext_lazy("取消公开"),
    "keep_private": gettext_lazy("来电人收回公开"),
}


@dataclass(frozen=True)
class Event:
    """One line of the story; `entry` is its place in the ledger."""

    at: datetime
    text: str
    by: str
    entry: int


def story_of(ticket: "Ticket") -> list[Event]:
    """Return what has happened, oldest first."""
    steps = [PREFIX + step for step in WORDS]
    entries = list(Entry.objects.filter(subject=ticket.ledger_id(), step__in=steps).order_by("pk"))
    names = _names({entry.actor for entry in entries})
    return [
        Event(entry.at, str(WORDS[entry.step.removeprefix(PREFIX)]), names.get(entry.actor, ""), entry.pk)
        for entry in entries
    ]


def _names(actors: set[str]) -> Mapping[str, str]:
    """Return what each actor of the ledger is called: officials by unit and name, callers as such, nobody else."""
    label = Account._meta.label_lower + ":"
    keys = [int(actor.removeprefix(label)) for actor in actors if actor.startswith(label)]
    accounts = Account.objects.filter(pk__in=keys).select_related("official__department")
    names = {account.ledger_id(): _name(account) for account in accounts}
    plain = {"caller": gettext("来电人"), "rules": gettext("按规则自动"), "timer": gettext("按规则自动")}
    return {**plain, **names}


def _name(account: Account) -> str:
    if not account.is_official:
        return gettext("来电人")
    return f"{local(account.official.department, 'name')} {account.official.display_name}"
