"""Tells the operator whether text messages can be sent."""

import httpx
from django.conf import settings

from civic.adapters.sms.client import TIMEOUT_SECONDS


def check() -> str | None:
    """Return what is wrong with the gateway, in words for the operator; None where it answers."""
    if settings.SMS_GATEWAY == "fake":
        return None if settings.DEMONSTRATION else "CIVIC_SMS_GATEWAY=fake：短信不会真正发出，请填写网关地址。"
    try:
        answer = httpx.head(settings.SMS_GATEWAY, timeout=TIMEOUT_SECONDS)
    except httpx.HTTPError as error:
        return f"短信网关连接不上：{type(error).__name__}。"
    return f"短信网关回答 {answer.status_code}。" if answer.status_code >= 500 else None
