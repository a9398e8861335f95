"""Brings a request to the departments played in this process, as the wire would, only without one."""

import json
import threading
import time
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.timezone import localdate

from civic.adapters.departments.fake.switches import Switch, said
from civic.adapters.departments.fake.town import Request, Town
from civic.core.wire import MOST_BYTES, Reply, WireFailed, remaining

HEADERS = {"content-type": "application/json; charset=utf-8"}
_lock = threading.Lock()
_towns: dict[date, Town] = {}


def town() -> Town:
    """Return the departments on the day that the settings name, or today."""
    on = date.fromisoformat(settings.DEPARTMENTS_ON) if settings.DEPARTMENTS_ON else localdate()
    with _lock:
        if on not in _towns:
            _towns.clear()  # yesterday's are gone
            _towns[on] = Town(on, is_past=bool(settings.DEPARTMENTS_ON))
        return _towns[on]


def start_anew() -> None:
    """Forget everything that the departments have been told, and let them behave."""
    with _lock:
        _towns.clear()


def send(method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"") -> Reply:
    """Return a department's reply; `url` is fake://<department>/… Raises: WireFailed."""
    departments, parts = town(), urlsplit(url)
    switch = departments.switches.of(parts.netloc)
    _misbehave(switch)
    lower = {name.lower(): value for name, value in headers.items()}
    request = Request(method, parts.path, lower, body, signed_path=parts.path)
    status, content = departments.answer(parts.netloc, request)
    status, said_body = said(switch, status, json.loads(json.dumps(content)))
    remaining()
    return Reply(status, HEADERS, said_body)


def _misbehave(switch: Switch) -> None:
    match switch.mode:
        case "slow":
            _wait(switch.seconds())
        case "down" | "reset":
            raise WireFailed("RESET")
        case "blackhole" | "drip":
            _wait(float(MOST_BYTES))
        case "huge":
            raise WireFailed("TOO_LARGE")
        case "garbage" if switch.value == "http":
            raise WireFailed("GARBAGE")


def _wait(seconds: float) -> None:
    left = remaining()
    time.sleep(min(seconds, left))
    if seconds >= left:
        raise WireFailed("TIMEOUT")
