"""What is said to whoever writes to the city on WeChat, and what is done about it; nothing of a talk is kept."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from civic.cases.limits import count_look_up
from civic.core.errors import Invalid, TooMany
from civic.core.keepable import refuse_unkeepable
from civic.hotline import rules
from civic.hotline.models import Ticket
from civic.hotline.progress import limits, plain_state
from civic.hotline.services.caller import look_up, look_up_code
from civic.hotline.services.intake import Caller, Intake, count_one_more, take_in
from civic.hotline.states import Channel, Secrecy
from civic.hotline.wechat.wire import TEXT, Message
from civic.idempotency.services import claim, fingerprint, keep, kept
from civic.masking.keys import index

SCOPE = "hotline.wechat"
SAYS = re.compile(r"(?:反映|反应|诉求|投诉)[\s:：,，]*(.*)", re.DOTALL)
ASKS = re.compile(r"(?:查询|查)[\s:：,，]*([A-Za-z0-9-]{6,24})[\s:：,，]+(\S{4,8})\s*")
END_OF_SENTENCE = re.compile(r"[。！？!?；;\n]")
TITLE = 30  # characters


def reply_to(message: Message, *, site: str, at: datetime) -> str:
    """Do what a message asks for, once however often WeChat sends it, and return what to say to its sender.

    `site` is the address of the portal, without a slash at its end.
    """
    words = rules.tidy(message.words)
    try:
        refuse_unkeepable({"Content": [words]})
        if message.kind == TEXT and (asked := ASKS.fullmatch(words)):
            return _tell(asked[1], asked[2], who=_who(message), site=site, at=at)
        if message.kind == TEXT and (said := SAYS.fullmatch(words)):
            return _take_in(message, said[1].strip(), site=site, at=at)
    except (Invalid, TooMany) as refusal:  # whatever else fails WeChat sends again
        return "\n".join([refusal.message, *(error.message for error in refusal.errors)])
    return _help(site)


def _who(message: Message) -> str:
    """A name for counting that leads back to nobody."""
    return index(message.sender, "wechat")


def _take_in(message: Message, words: str, *, site: str, at: datetime) -> str:
    print_ = fingerprint(message.sender.encode(), message.number.encode())
    key = print_.hex()  # the number alone would tell one sender the code of another's ticket
    if sent := kept(scope=SCOPE, key=key):
        return _taken(sent.location, site)
    if len(words) < rules.SHORTEST:
        return _("请把事情写完整：“反映”后面写清楚什么地方、什么事，至少%(n)s个字。") % {"n": rules.SHORTEST}
    count_one_more(key=_who(message), at=at)
    with transaction.atomic():
        held = claim(scope=SCOPE, key=key, print_=print_)
        if held.answer is not None:
            return _taken(held.answer.location, site)
        said = Intake(title=_title(words), detail=words, channel=Channel.WECHAT)
        ticket = take_in(said, caller=Caller(secrecy=Secrecy.ANONYMOUS), by=None, at=at)
        keep(held, status=200, body=b"", location=ticket.number, at=at)
    return _taken(ticket.number, site)


def _title(words: str) -> str:
    first = END_OF_SENTENCE.split(words, maxsplit=1)[0].strip()
    return (first if len(first) >= rules.SHORTEST else words)[:TITLE]


def _taken(number: str, site: str) -> str:
    ticket = Ticket.objects.get(number=number)
    told = {"number": number, "code": look_up_code(ticket), "address": f"{site}/hotline/track/{number}/"}
    return (
        _(
            "已收到，编号 %(number)s，查询码 %(code)s，请保存。\n"
            "这样提交是匿名的，我们不能给您回电话；答复请回复“查询 %(number)s %(code)s”，或打开 %(address)s。"
        )
        % told
    )


def _tell(number: str, secret: str, *, who: str, site: str, at: datetime) -> str:
    count_look_up(number=number, address=who, at=at)
    ticket = look_up(number=number, secret=secret)
    lines = [f"{ticket.number}：{plain_state(ticket)}"]
    lines += [
        _("%(what)s：最晚 %(when)s") % {"what": one.words, "when": f"{localtime(one.due_at):%Y-%m-%d %H:%M}"}
        for one in limits(ticket, at=at)
        if one.due_at is not None
    ]
    return "\n".join([*lines, f"{site}/hotline/track/{ticket.number}/"])


def _help(site: str) -> str:
    return _(
        "反映问题：发送“反映”加上什么地方、什么事，例如“反映 梅山南路公交站旁路灯三天不亮”。\n"
        "查询进度：发送“查询 编号 查询码”。\n"
        "要留姓名和电话、上传照片，请打开 %(address)s，或拨打12345。\n"
        "报警110，火警119，急救120，请直接拨打，不要在这里等。"
    ) % {"address": f"{site}/hotline/"}
