"""Access tokens of departments: got once, kept until shortly before they end, got anew when one is not taken."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from civic.adapters.departments.endpoint import Endpoint
from civic.core.wire import WireFailed, remaining

MARGIN_SECONDS = 30.0
LONGEST_SECONDS = 3600.0


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str = ""
    until: float = 0.0


_tokens: dict[Endpoint, _Kept] = {}


def token_of(endpoint: Endpoint, *, fetch: Callable[[], tuple[str, float]]) -> str:
    """Return a token that is good for a while; of many threads that need one, one gets it and the others wait.

    `fetch` returns a token and for how many seconds it is good. Raises: WireFailed, if the time is up before.
    """
    kept = _tokens.setdefault(endpoint, _Kept())
    if not kept.lock.acquire(timeout=remaining()):
        raise WireFailed("TIMEOUT", "token")
    try:
        if time.monotonic() >= kept.until:
            kept.token, seconds = fetch()
            seconds = min(seconds, LONGEST_SECONDS)
            kept.until = time.monotonic() + max(seconds - MARGIN_SECONDS, seconds / 2)
        return kept.token
    finally:
        kept.lock.release()


def forget(endpoint: Endpoint, token: str) -> None:
    """Drop `token`, which was not taken; one that another thread has got meanwhile stays."""
    kept = _tokens.get(endpoint)
    if kept and kept.token == token:
        kept.until = 0.0


def forget_all() -> None:
    """Drop every token."""
    _tokens.clear()
