"""The hotline's law and arithmetic: terms of a timer profile, who may be called when, what a title shows. No Django."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from civic.core.words import gettext as _
from civic.ratings.rules import wilson

CITY = ZoneInfo("Asia/Shanghai")
UNITS = ("WORKDAY", "HALF_DAY", "NATURAL_DAY", "OFFICE_HOUR", "CLOCK_HOUR")
STAGES = ("dispatch", "objection", "response", "resolve", "check", "revisit")
ANY = "*"
SHORTEST, LONGEST_TITLE, LONGEST_DETAIL, LONGEST_WORDS = 4, 80, 2000, 1000
OBJECTIONS, ATTEMPTS, EXTENSIONS, ROUNDS = "objections", "attempts", "extensions", "rounds"
COUNTS = (OBJECTIONS, ATTEMPTS, EXTENSIONS, ROUNDS, "extension_units", "reopen_days")


@dataclass(frozen=True)
class Limit:
    """So many units of legal time."""

    budget: Decimal
    unit: str


@dataclass(frozen=True)
class Terms:
    """What a timer profile promises: limits by stage, and how often something may happen.

    `limits[stage]` maps a kind or an urgency (`*`: every other) to a limit.
    """

    limits: Mapping[str, Mapping[str, Limit]]
    counts: Mapping[str, int]
    revisit_from: time = time(9)
    revisit_until: time = time(20)

    def limit(self, stage: str, *which: str) -> Limit:
        """Return the limit of `stage` for the first of `which` that the profile names, else its general one."""
        table = self.limits[stage]
        return next((table[name] for name in which if name in table), table[ANY])

    def may_call(self, at: datetime) -> bool:
        """Whether people are called at this time of the day."""
        return self.revisit_from <= at.astimezone(CITY).time() < self.revisit_until


def read_terms(raw: Mapping[str, Any]) -> Terms:
    """Return the terms of a profile as its data says. Raises: ValueError, naming the place."""
    limits = {stage: _read_stage(stage, raw.get(stage)) for stage in STAGES}
    counts = {}
    for name in COUNTS:
        found = raw.get(name)
        if type(found) is not int or found < 0:
            raise ValueError(f"{name}: write a whole number.")
        counts[name] = found
    calls = raw.get("calls") or {}
    try:
        return Terms(limits, counts, time.fromisoformat(calls["from"]), time.fromisoformat(calls["until"]))
    except (KeyError, TypeError, ValueError) as fault:
        raise ValueError('calls: write {from: "09:00", until: "20:00"}.') from fault


def _read_stage(stage: str, raw: Any) -> dict[str, Limit]:
    if not isinstance(raw, Mapping) or ANY not in raw:
        raise ValueError(f'{stage}: write limits by kind, with one for all others ("*").')
    return {str(which): _read_limit(f"{stage}/{which}", one) for which, one in raw.items()}


def _read_limit(place: str, raw: Any) -> Limit:
    try:
        budget, unit = Decimal(str(raw["units"])), str(raw["unit"])
    except (KeyError, TypeError, InvalidOperation) as fault:
        raise ValueError(f'{place}: write {{units: "1", unit: WORKDAY}}.') from fault
    if budget <= 0 or unit not in UNITS:
        raise ValueError(f"{place}: units above 0, unit one of {', '.join(UNITS)}.")
    return Limit(budget, unit)


def wrong_length(text: str, *, least: int = SHORTEST, most: int = LONGEST_WORDS) -> str | None:
    """Say what is wrong with the length of what somebody wrote; None if nothing is."""
    if least <= len(text) <= most:
        return None
    return _("请写{least}至{most}字。").format(least=least, most=most)


def tidy(text: str) -> str:
    """Return what somebody typed without what keyboards and copies leave in it."""
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


CASE_NUMBER = re.compile(r"[A-Z]{2}[0-9]{17}[0-9A-Z]")
GRAMS_OF = 500  # characters of a published text that the register's search knows


def grams(text: str) -> list[str]:
    """Return the pairs of neighbouring characters of a text, each once: what the public register is searched by.

    Capitals, spaces and punctuation do not count; a word of one character is no pair.
    """
    words = re.sub(r"[\W_]+", " ", text[:GRAMS_OF].lower()).split()
    return sorted({word[i : i + 2] for word in words for i in range(len(word) - 1)})


NEAR_DAYS = 30  # how far back a ticket may be about the same matter


def likeness(*, text: float, metres: float | None, days: float, same_class: bool) -> float:
    """Return how much speaks for two tickets being about the same matter, 0 to 1.

    α·text + β·exp(−d/200 m) + γ·exp(−Δt/3 d) + δ·same class; where a place is unknown its weight goes to the text.
    """
    near = 0.15 * math.exp(-metres / 200) if metres is not None else 0.15 * text
    return 0.65 * text + near + 0.1 * math.exp(-days / 3) + (0.1 if same_class else 0.0)


URGENT_WORDS = (
    "着火", "起火", "爆炸", "煤气泄漏", "燃气泄漏", "漏电", "触电", "塌方", "坍塌", "被困", "溺水", "轻生", "井盖没",
    "井盖丢失", "食物中毒", "停水停电", "大面积停", "堵路", "危及", "生命危险",
)  # fmt: skip


def is_urgent(text: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether a text speaks of danger, and the words that do."""
    words = tuple(word for word in URGENT_WORDS if word in text)
    return bool(words), words


def score_hints(text: str, hints: Sequence[str]) -> tuple[float, tuple[str, ...]]:
    """Return how much a text speaks of a class, by the words that people use for it; longer words say more."""
    words = tuple(word for word in hints if word in text)
    return sum(len(word) - 1.0 for word in words), words


@dataclass(frozen=True)
class Rate:
    """One of the three rates: so many of so many, and how many more would have counted had they not been left out."""

    numerator: int
    denominator: int
    excluded: int = 0

    @property
    def share(self) -> Fraction | None:
        """The rate, exactly; None where nothing counts."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval; None where nothing counts."""
        return wilson(self.numerator, self.denominator)

    @property
    def excluded_share(self) -> Fraction:
        """How much of what would have counted was left out."""
        known = self.denominator + self.excluded
        return Fraction(self.excluded, known) if known else Fraction(0)


def rises_by_exclusion(before: Rate, now: Rate) -> bool:
    """Return whether a rate went up while a greater share than before was left out of it: it may have been dressed up.

    Where either period has nothing that counts there is nothing to compare.
    """
    if before.share is None or now.share is None:
        return False
    return now.share > before.share and now.excluded_share > before.excluded_share
