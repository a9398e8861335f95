"""How a department misbehaves, settable at run time."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MODES = {
    "slow": "answers after `value` seconds",
    "down": "hangs up on everybody",
    "reset": "breaks the connection (RST) after the question",
    "blackhole": "never answers",
    "drip": "answers a byte a second, from the first header on; value \"body\": from the body on",
    "status": "answers with the status `value` (default 500)",
    "garbage": "answers what is not JSON; value \"http\": what is not even HTTP",
    "charset": "answers in GBK and calls it UTF-8",
    "huge": "answers 100 MB; value \"chunked\": without saying how much it will be",
}  # fmt: skip
HUGE_BYTES = 100 * 1024 * 1024


@dataclass(frozen=True)
class Switch:
    """One way to misbehave."""

    mode: str
    value: str = ""

    def seconds(self) -> float:
        """Return for how long a slow department waits."""
        return float(self.value or 3)


class Switches:
    """Which department misbehaves how; the others behave."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set: dict[str, Switch] = {}

    def turn(self, department: str, mode: str, value: object = "") -> None:
        """Let a department misbehave from its next request on; an empty `mode` lets it behave. Raises: ValueError."""
        if mode and mode not in MODES:
            raise ValueError(f"unknown mode {mode!r}: choose one of {', '.join(MODES)}")
        switch = Switch(mode, str(value))
        if mode == "slow":
            switch.seconds()
        if mode == "status":
            int(switch.value or 500)
        with self._lock:
            if mode:
                self._set[department] = switch
            else:
                self._set.pop(department, None)

    def calm(self) -> None:
        """Let everybody behave."""
        with self._lock:
            self._set.clear()

    def of(self, department: str) -> Switch:
        return self._set.get(department, Switch(""))

    def all(self) -> dict[str, Switch]:
        with self._lock:
            return dict(self._set)


def said(switch: Switch, status: int, content: Mapping[str, Any]) -> tuple[int, bytes]:
    """Return the status and body of an answer as a department with this switch sends it."""
    text = json.dumps(content, ensure_ascii=False)
    if switch.mode == "status":
        return int(switch.value or 500), b'{"error": "broken"}'
    if switch.mode == "garbage":
        return 200, b"<html><body>\xe7\xb3\xbb\xe7\xbb\x9f\xe7\xbb\xb4\xe6\x8a\xa4\xe4\xb8\xad</body></html>"
    if switch.mode == "charset":
        return 200, ('{"records": [{"name": "六安"}], "as_of": "2026-01-01T00:00:00Z", ' + text[1:]).encode(
            "gbk", "replace"
        )
    return status, text.encode()
