"""Tells the operator whether documents can be stored and read back."""

import secrets

from civic.adapters.object_store.client import object_store
from civic.core.errors import Unavailable


def check() -> str | None:
    """Return what is wrong with the store, in words for the operator; None where a probe comes back unchanged."""
    name, probe = secrets.token_hex(16), secrets.token_bytes(64)
    try:
        store = object_store()
        store.put(name, probe)
        found = store.get(name)
        store.remove(name)
    except Unavailable as refusal:
        return f"材料存储不可用：{refusal.message}"
    return None if found == probe else "材料存储读回的内容与写入的不一致。"
