"""The hotline's law and arithmetic: terms of a timer profile, who may be called when, what a title shows. No Django."""

import math
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
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
RECONSIDER, RECONSIDER_DAYS = "reconsider", "reconsider_days"
# What a profile need not say; our own defaults: a refusal may be contested as long as a second handling may be asked
# for, and is looked at anew as fast as a complaint is.
UNSAID_COUNTS = {RECONSIDER_DAYS: 15}
UNSAID_STAGES = {RECONSIDER: {ANY: {"units": "3", "unit": "WORKDAY"}}}
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
    said = {**UNSAID_STAGES, **UNSAID_COUNTS, **raw}
    limits = {stage: _read_stage(stage, said.get(stage)) for stage in (*STAGES, *UNSAID_STAGES)}
    counts = {}
    for name in (*COUNTS, *UNSAID_COUNTS):
        found = said.get(name)
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


def days_of_rule(*, on: date | None, weekday: int | None, nth: int | None, first: date, until: date) -> list[date]:
    """Return the days in `[first, until)` that are `on`, or every `weekday` (1 is Monday), or its `nth` of a month."""
    if on is not None:
        return [on] if first <= on < until else []
    days = (first + timedelta(days=n) for n in range((until - first).days))
    return [day for day in days if day.isoweekday() == weekday and nth in (None, (day.day + 6) // 7)]


def is_rule(*, on: object, weekday: object, nth: object) -> bool:
    """Whether this is one day, or a weekday with or without which one of the month."""
    if weekday is None:
        return type(on) is date and nth is None
    return on is None and weekday in range(1, 8) and (nth is None or nth in range(1, 6))


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


WRONGDOING_WORDS = (
    "举报", "检举", "揭发", "贪污", "受贿", "行贿", "索贿", "回扣", "挪用", "违纪", "徇私", "滥用职权", "以权谋私",
    "吃拿卡要", "打击报复", "保护伞", "玩忽职守", "不作为", "乱作为",
)  # fmt: skip


def is_report_of_wrongdoing(text: str) -> bool:
    """Whether a text tells of wrongdoing, whatever kind its caller has chosen: a person decides where it goes."""
    return any(word in text for word in WRONGDOING_WORDS)


BLANK = re.compile(r"【填[:：]\s*([^】\n]{0,60})】?")


def blanks(words: str) -> tuple[str, ...]:
    """Return what is still to be filled in, each once: in 【填：完成的日期】 it is 完成的日期."""
    return tuple(dict.fromkeys(found[1].strip() or found[0] for found in BLANK.finditer(words)))


def score_hints(text: str, hints: Sequence[str]) -> tuple[float, tuple[str, ...]]:
    """Return how much a text speaks of a class, by the words that people use for it; longer words say more."""
    words = tuple(word for word in hints if word in text)
    return sum(len(word) - 1.0 for word in words), words


HALF_LIFE = 7.0  # days after which a voice heats half as much


@dataclass(frozen=True)
class Said:
    """One message or one "me too": from which account and phone (its index), how many days ago.

    `bands`: the fingerprint of an anonymous message's text; who names neither account nor phone is known by it alone.
    """

    account: int | None
    phone: str | None
    days: float
    bands: frozenset[int] = frozenset()


def people(said: Iterable[Said]) -> list[float]:
    """Return of each person how many days ago they last spoke, the latest first: people count, clicks do not.

    Messages with an account or a phone in common are one person's, in whatever order and through whatever browser.
    Anonymous messages in almost the same words count as one person's: nobody can tell them apart from repetition.
    """
    roots: dict[tuple[str, Hashable], tuple[str, Hashable]] = {}
    latest: dict[tuple[str, Hashable], float] = {}
    kept = list(said)
    for place, one in enumerate(kept):
        first, *others = _keys(one, place)
        for key in others:
            roots[_root(roots, key)] = _root(roots, first)
    for place, one in enumerate(kept):
        who = _root(roots, _keys(one, place)[0])
        latest[who] = min(latest.get(who, one.days), one.days)
    return sorted(latest.values())


def heat(days_ago: Iterable[float]) -> float:
    """Return how hot a matter is: everybody who spoke today counts 1, a week ago 1/2, two weeks ago 1/4.

    Units: people who speak now. A sum over people, so that it can be read and added; growth is another question
    (`chance_of`), and likes from other sites are not asked.
    """
    return math.fsum(0.5 ** (max(days, 0.0) / HALF_LIFE) for days in days_ago)


def _keys(one: Said, place: int) -> list[tuple[str, Hashable]]:
    named = [("account", one.account), ("phone", one.phone)]
    known: list[tuple[str, Hashable]] = [key for key in named if key[1] is not None]
    return known or [("band", band) for band in sorted(one.bands)] or [("alone", place)]


def _root(roots: dict[tuple[str, Hashable], tuple[str, Hashable]], key: tuple[str, Hashable]) -> tuple[str, Hashable]:
    while (above := roots.get(key, key)) != key:
        key = above
    return key


def chance_of(count: int, before: Sequence[int]) -> float:
    """Return how likely a week with `count` or more is, if it is like the weeks `before`; 1.0 where there are none.

    Exact: after weeks with the sum S, and knowing nothing else (Jeffreys' prior), the next week is negative binomial
    with size S + 1/2 and success probability n / (n + 1).
    Source: Höhle 2007, "surveillance: An R package for the monitoring of infectious diseases", Computational
    Statistics 22, the Bayes algorithm.
    """
    if not before:
        return 1.0
    size, share = sum(before) + 0.5, len(before) / (len(before) + 1)
    term = share**size
    below = []
    for value in range(count):
        below.append(term)
        term *= (value + size) / (value + 1) * (1 - share)
    return max(0.0, 1.0 - math.fsum(below))


def is_unusual(count: int, before: Sequence[int], *, people_least: int, chance: float) -> bool:
    """Whether a week is more than chance: so many people at least, rarer than `chance`, and above every week before.

    The last condition is for topics that come in bursts, for which the chance says too little.
    """
    return count >= people_least and count > max(before, default=0) and chance_of(count, before) < chance


def in_percent(share: Fraction | float) -> Decimal:
    """Return a share in per cent, to one decimal, half up."""
    exact = Fraction(share) * 100
    return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)


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
    def percent(self) -> Decimal | None:
        """The rate in per cent, to one decimal."""
        return None if self.share is None else in_percent(self.share)

    @property
    def interval_percent(self) -> tuple[Decimal, Decimal] | None:
        """The ends of the interval in per cent, to one decimal."""
        return None if self.interval is None else (in_percent(self.interval[0]), in_percent(self.interval[1]))

    @property
    def excluded_percent(self) -> Decimal:
        return in_percent(self.excluded_share)

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


SMALL = 5  # below so many tickets a ratio says more about chance than about a unit


def per_hundred(cards: int, handled: int) -> Decimal | None:
    """Return how many cards come on a hundred tickets, to one decimal; None where there are too few tickets to say."""
    if handled < SMALL:
        return None
    return (Decimal(100 * cards) / handled).quantize(Decimal("0.1"), ROUND_HALF_UP)
