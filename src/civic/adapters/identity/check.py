"""Tells the operator whether the unified log-in answers."""

import httpx
from django.conf import settings

from civic.adapters.identity.client import NEEDED, TIMEOUT_SECONDS


def check() -> str | None:
    """Return what is wrong with the unified log-in, in words for the operator; None where it answers."""
    if settings.IDENTITY_SERVER == "fake":
        return None if settings.DEMONSTRATION else "CIVIC_IDENTITY_SERVER=fake 只能用于示范环境。"
    if not settings.IDENTITY_SERVER:
        return "没有配置统一身份认证（CIVIC_IDENTITY_SERVER），居民只能用手机号登录。"
    address = settings.IDENTITY_SERVER.rstrip("/") + "/.well-known/openid-configuration"
    try:
        found = httpx.get(address, timeout=TIMEOUT_SECONDS).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        return f"统一身份认证连接不上：{type(error).__name__}。"
    missing = [name for name in NEEDED if name not in found]
    return f"统一身份认证的配置缺少：{'、'.join(missing)}。" if missing else None
