"""Quiet hours, back-off and the grammar of templates. No Django."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from string import Formatter

from civic.deadlines.calendars import CITY

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
LONGEST_SMS = 500
NAME = re.compile(r"[a-z][a-z0-9_]*")
ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of the city's day in which nobody is disturbed, from `begins` to `ends`; equal: none."""

    begins: time = time(22)
    ends: time = time(7)

    @classmethod
    def read(cls, text: str) -> "QuietHours":
        """Return the hours written as `22:00-07:00`. Raises: ValueError."""
        begins, ends = (time.fromisoformat(part.strip()) for part in text.split("-"))
        return cls(begins, ends)

    def release(self, at: datetime, *, is_urgent: bool = False) -> datetime:
        """Return when a message may go out that is ready at `at`: at once, or at the end of the quiet hours."""
        local = at.astimezone(CITY)
        clock = local.time()
        if is_urgent or not self._covers(clock):
            return at
        day = local.date() + timedelta(days=1 if self.begins > self.ends and clock >= self.begins else 0)
        return datetime.combine(day, self.ends, CITY)

    def _covers(self, clock: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


def next_try(at: datetime, *, attempts: int) -> datetime | None:
    """Return when to try again after `attempts` failures, or None when it is enough."""
    return at + BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None


def placeholders(text: str) -> set[str]:
    """Return the names in braces in `text`.

    Raises: ValueError, if the braces do not match or hold more than a plain name.
    """
    names: set[str] = set()
    for _, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not NAME.fullmatch(name) or spec or conversion:
            raise ValueError(f"{{{name}}} is not a plain name.")
        names.add(name)
    return names


def fill(text: str, variables: Mapping[str, str]) -> str:
    """Return `text` with its names replaced. What is put in is never read for names again."""
    return text.format_map({name: str(value) for name, value in variables.items()})


def in_english(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for an English text: `service_en` stands in for `service` where it is given."""
    return {name: variables.get(f"{name}_en") or value for name, value in variables.items()}


def wrong_with_sms(text: str) -> str | None:
    """Return why `text` may not go out as a text message, or None. No addresses: fraudsters send those."""
    if ADDRESS.search(text):
        return "短信里不能有网址。"
    return f"短信最长{LONGEST_SMS}个字。" if len(text) > LONGEST_SMS else None
