"""What may be asked for, what an answer may hold, when a source is left alone for a while. No Django."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from math import ceil
from typing import Any

from civic.core.errors import Invalid
from civic.core.personal import normalise
from civic.core.words import gettext as _

DEADLINE_SECONDS = 3.0
SHORTEST_TRY_SECONDS = 0.05  # less time than this is no try
MOST_RECORDS = 50
LONGEST_TEXT = 1000
LONGEST_LIST = 100

# A source is left alone after three failed tries in a row; one that took all its time weighs as much as two.
OPENS_AT = 3
SLOW_WEIGHS = 2
IN_A_ROW = timedelta(seconds=30)
PROBE_EVERY = timedelta(seconds=5)
NOT_THE_SOURCES_FAULT = frozenset({"DENIED", "BLOCKED", "BUSY", "OPEN"})

NO_DEMAND, NOT_IN_DEMAND, NEVER_SHARED = "no-demand", "not-in-demand", "never-shared"
UNKNOWN_FIELD, OTHER_DEPARTMENT, BAD_SUBJECT, NOT_ASKED = (
    "unknown-field", "other-department", "bad-subject", "not-asked",
)  # fmt: skip
RESTRICTED = "restricted:"


class BadSubject(Invalid):
    """The question does not say about whom, in one of the ways that the resource knows."""

    code = "bad-subject"


@dataclass(frozen=True)
class Field:
    """One field of a resource: `kind` is that of masking (none: not personal), `type` what its values must be."""

    name: str
    title: str
    title_en: str
    kind: str = ""
    type: str = "text"
    sharing: str = "conditional"


@dataclass(frozen=True)
class Ban:
    """What may never be shared: fields (none named: every field) of resources (`*`: of every one)."""

    code: str
    resources: Collection[str]
    fields: Collection[str]

    def covers(self, resource: str, field: str) -> bool:
        """Whether this bans `field` of `resource`."""
        return ("*" in self.resources or resource in self.resources) and (not self.fields or field in self.fields)


@dataclass(frozen=True)
class Holding:
    """A resource as far as sharing is concerned."""

    code: str
    sharing: str
    fields: Mapping[str, Field]


def grant(
    holding: Holding, wanted: Iterable[str], demanded: Collection[str] | None, bans: Iterable[Ban]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return which of `wanted` (none: everything that is granted) may be asked for, and the rule against the others.

    `demanded` are the fields of the approved demands for this service, resource and purpose; None: there is none.
    """
    names = tuple(dict.fromkeys(wanted)) or tuple(sorted(demanded or ()))
    banned = list(bans)
    against = {name: rule for name in names if (rule := why_not_share(holding, name, demanded, banned))}
    return tuple(name for name in names if name not in against), against


def why_not_share(holding: Holding, name: str, demanded: Collection[str] | None, bans: Iterable[Ban]) -> str | None:
    """Return the rule against asking for `name`; None where it may be asked for."""
    for ban in bans:
        if ban.covers(holding.code, name):
            return RESTRICTED + ban.code
    found = holding.fields.get(name)
    if found is None:
        return UNKNOWN_FIELD
    if "never" in (holding.sharing, found.sharing):
        return NEVER_SHARED
    if demanded is None:
        return NO_DEMAND
    return None if name in demanded else NOT_IN_DEMAND


def words_of_rule(rule: str) -> str:
    """Return in words why a field was not asked for."""
    if rule.startswith(RESTRICTED):
        return _("在负面清单中，任何事项都不得共享。")
    return {
        NO_DEMAND: _("这个事项没有经批准的数据需求。"),
        NOT_IN_DEMAND: _("经批准的数据需求不包括这一项。"),
        NEVER_SHARED: _("目录规定不予共享。"),
        UNKNOWN_FIELD: _("目录里没有这一项。"),
        OTHER_DEPARTMENT: _("经批准的数据需求属于别的部门。"),
        BAD_SUBJECT: _("查询条件不是这项数据的查询条件。"),
    }.get(rule, _("没有查询这一项。"))


def words_of_reason(reason: str) -> str:
    """Return in words why there is no value."""
    return {
        "TIMEOUT": _("来源部门的系统没有在规定时间内答复。"),
        "REFUSED": _("连接不上来源部门的系统。"),
        "RESET": _("来源部门的系统中断了连接。"),
        "STATUS": _("来源部门的系统报告出错。"),
        "GARBAGE": _("来源部门的答复无法读取。"),
        "CHARSET": _("来源部门的答复字符编码有误。"),
        "TOO_LARGE": _("来源部门的答复过大，没有读取。"),
        "SHAPE": _("来源部门的答复不符合目录约定的格式。"),
        "DENIED": _("来源部门的系统不接受本平台的凭据。"),
        "BLOCKED": _("来源地址不允许访问。"),
        "OPEN": _("来源部门的系统刚刚连续出错，稍后会自动再试。"),
        "BUSY": _("同时查询的人太多，请稍后再试。"),
        "MISSING": _("来源部门的记录里没有这一项。"),
        "OUTDATED": _("来源部门的数据已过期，没有采用。"),
        "LOST": _("查询时本平台中断，结果没有采用。"),
        "NO_RECORD": _("来源部门没有查到记录。"),
    }.get(reason, _("暂时查不到。"))


def normal_subject(keys: Mapping[str, str], subject: Mapping[str, str]) -> dict[str, str]:
    """Return `subject` with its one key in the form that is looked up. `keys` maps each key to its kind.

    Raises: BadSubject, if it names no key of the resource, more than one, or a value that cannot be right.
    """
    if len(subject) != 1 or not set(subject) <= set(keys):
        raise BadSubject(_("请用下列条件之一查询：%(keys)s。") % {"keys": "、".join(keys)})
    ((name, value),) = subject.items()
    if not isinstance(value, str) or not 0 < len(value.strip()) <= 100:
        raise BadSubject(_("查询条件不能为空，也不能超过100个字。"))
    return {name: normalise(value, keys[name])}


def read_value(kind: str, value: Any) -> Any:
    """Return `value` as a field of type `kind` may hold it; None stays None.

    Nothing nested gets through but a list of plain texts: what is hidden inside a value was never granted.
    Raises: ValueError, if it is of another type.
    """
    if value is None:
        return None
    reader = READERS[kind]
    return reader(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError("not a text")
    return value


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("not true or false")
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**15:
        raise ValueError("not a whole number")
    return value


def _decimal(value: Any) -> str:
    """Return a number as text: JSON's own numbers are rounded on the way."""
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > 30:
        raise ValueError("not a decimal number")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ValueError("not a decimal number") from error
    if not number.is_finite():
        raise ValueError("not a finite number")
    return str(value)


def _date(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a date")
    return date.fromisoformat(value).isoformat()


def _list(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > LONGEST_LIST:
        raise ValueError("not a list")
    return [_text(item) for item in value]


READERS = {"text": _text, "bool": _bool, "integer": _integer, "decimal": _decimal, "date": _date, "list": _list}
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def weight(reason: str) -> int:
    """Return how much a failure counts towards leaving the source alone."""
    if reason in NOT_THE_SOURCES_FAULT:
        return 0
    return SLOW_WEIGHS if reason == "TIMEOUT" else 1


def percentile(values: Collection[int], share: float) -> int | None:
    """Return the value that `share` of `values` do not exceed (nearest rank); None of nothing."""
    ranked = sorted(values)
    return ranked[max(0, ceil(share * len(ranked)) - 1)] if ranked else None


def is_fresh_enough(as_of: datetime, *, hours: int, at: datetime) -> bool:
    """Whether an answer of `as_of` may still be shown at `at`."""
    return at - as_of <= timedelta(hours=hours)
