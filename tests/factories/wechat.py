"""Messages as WeChat sends them to the city's official account."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from django.test import Client

from tests.factories.accounts import MONDAY

TOKEN = "a-token-shared-with-wechat"
TUESDAY = MONDAY + timedelta(days=1, hours=5)
LAMP = "反映 梅山南路公交站旁路灯三天不亮，晚上看不见路。请尽快修。"
CHEN = "oChenJing-6nZ0123456789"


def signed(*, at: datetime = TUESDAY, token: str = TOKEN, **more: str) -> dict[str, str]:
    timestamp, nonce = str(int(at.timestamp())), "4242"
    signature = hashlib.sha1("".join(sorted((token, timestamp, nonce))).encode()).hexdigest()
    return {"signature": signature, "timestamp": timestamp, "nonce": nonce, **more}


def letter(words: str = LAMP, *, number: str = "24412345678901234", sender: str = CHEN, kind: str = "text") -> bytes:
    root = ET.Element("xml")
    facts = {"ToUserName": "gh_luan", "FromUserName": sender, "MsgType": kind, "Content": words, "MsgId": number}
    for name, value in facts.items():
        ET.SubElement(root, name).text = value
    return ET.tostring(root, encoding="utf-8")


def post(body: bytes, query: dict[str, str] | None = None) -> Any:
    return Client().post("/api/wechat", body, content_type="text/xml", query_params=query or signed())
