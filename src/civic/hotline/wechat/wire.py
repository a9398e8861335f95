"""Messages of a WeChat official account in plain mode: who may send them, how they are read and answered.

Source: WeChat official account documentation, "接入概述" (signature) and "被动回复用户消息" (replies in XML).
"""

import hashlib
import hmac
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from civic.core.errors import Invalid

FRESH = 600  # seconds: WeChat sends an unanswered message again within 15; nobody else may send it next week
LONGEST_MESSAGE = 16 * 1024  # bytes: WeChat cuts texts off at 2,048
TEXT = "text"


class BadMessage(Invalid):
    """This is no message as WeChat sends it."""

    code = "wechat-message"


@dataclass(frozen=True)
class Message:
    """One message. `sender` is the person's OpenID: it is answered and counted, and kept nowhere."""

    sender: str
    account: str
    kind: str
    number: str
    words: str


def is_signed(*, signature: str, timestamp: str, nonce: str, token: str, now: float) -> bool:
    """Whether WeChat, who knows `token`, sent this within the last ten minutes; `now` in seconds since 1970."""
    if not token or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(now - int(timestamp)) > FRESH:
        return False
    expected = hashlib.sha1("".join(sorted((token, timestamp, nonce))).encode()).hexdigest()  # noqa: S324 (WeChat's own)
    return hmac.compare_digest(expected.encode(), signature.lower().encode())


def read(body: bytes) -> Message:
    """Read a message. Raises: BadMessage."""
    if len(body) > LONGEST_MESSAGE:
        raise BadMessage(_("消息过长。"))
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise BadMessage(_("消息不是微信公众号的XML格式。")) from error
    found = {name: (root.findtext(name) or "").strip() for name in ("FromUserName", "ToUserName", "MsgType", "MsgId")}
    if not found["FromUserName"] or not found["ToUserName"] or not found["MsgType"]:
        raise BadMessage(_("消息缺少 FromUserName、ToUserName 或 MsgType。"))
    if found["MsgType"] == TEXT and not (found["MsgId"].isascii() and found["MsgId"].isdigit()):
        raise BadMessage(_("文字消息缺少 MsgId。"))
    return Message(
        sender=found["FromUserName"], account=found["ToUserName"], kind=found["MsgType"], number=found["MsgId"],
        words=root.findtext("Content") or "",
    )  # fmt: skip


def answer(message: Message, words: str, *, now: float) -> bytes:
    """Return the reply that WeChat shows to who wrote."""
    root = Element("xml")
    for name, value in (
        ("ToUserName", message.sender),
        ("FromUserName", message.account),
        ("CreateTime", str(int(now))),
        ("MsgType", TEXT),
        ("Content", words),
    ):
        SubElement(root, name).text = value
    return tostring(root, encoding="unicode").encode()
