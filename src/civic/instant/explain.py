"""A ruling in words: every rule that was looked at, on which facts, who said so and as of when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Department
from civic.core.text import local
from civic.exchange.rules import words_of_reason
from civic.instant.facts.sheet import FORM, PLATFORM

if TYPE_CHECKING:
    from civic.instant.models import Ruling

Node = Mapping[str, Any]
TRUE, UNKNOWN, FALSE = "TRUE", "UNKNOWN", "FALSE"
HOLDS = "HOLDS"
OWN_REASONS = {
    "DISPUTED": gettext_lazy("这项信息正在核对，核对完才能采用"),
    "STALE": gettext_lazy("该部门暂时没有回答，以前的记录不能用来作决定"),
    "ASKED": gettext_lazy("已请对方确认，还没有答复"),
    "UNSURE": gettext_lazy("名字里有不常用的字，由工作人员核对"),
    "NOT_ACTING": gettext_lazy("要先核对申请人可以代老人办，才查询老人的信息"),
    "FREE_TEXT": gettext_lazy("写法不在规范条目里，由工作人员核对"),
    "ASSESSED": gettext_lazy("成交价与评估价相差较大，由税务人员核定"),
    "NO_ACCOUNT": gettext_lazy("对方还没有在本平台实名注册，无法在线确认"),
}


@dataclass(frozen=True)
class FactLine:
    """One fact as people read it."""

    name: str
    value: str
    source: str
    as_of: datetime | None
    reason: str


@dataclass(frozen=True)
class RuleLine:
    """One rule as people read it. `verdict`: TRUE, UNKNOWN or FALSE."""

    words: str
    verdict: str
    basis: str
    remedy: str
    why: str
    """Why it is not known; "" where it is."""
    facts: tuple[FactLine, ...]


def explain(ruling: "Ruling") -> list[RuleLine]:
    """Return the rules that were looked at, those that did not hold first."""
    rules = ruling.service_version.rules
    rows = {row["key"]: row for table in rules["tables"] for row in table["rows"]}
    names = {fact["key"]: fact for fact in rules["facts"]}
    departments = {department.code: local(department, "name") for department in Department.objects.all()}
    kept = ruling.facts
    lines = [
        _line(rows[fired["key"]], fired["verdict"], names, kept, departments)
        for fired in ruling.fired
        if fired["key"] in rows
    ]
    return sorted(lines, key=lambda line: (FALSE, UNKNOWN, TRUE).index(line.verdict))


def _line(row: Node, verdict: str, names: Node, kept: Node, departments: Mapping[str, str]) -> RuleLine:
    asked = [key for key in row["when"] if key in names]
    facts = tuple(_fact(names[key], kept.get(key, {}), departments) for key in asked)
    shown = {HOLDS: TRUE, UNKNOWN: UNKNOWN}.get(verdict, FALSE)
    remedy = local(row, "remedy") if shown == FALSE and row.get("remedy") else ""
    why = " ".join(dict.fromkeys(fact.reason for fact in facts if fact.reason)) if shown == UNKNOWN else ""
    return RuleLine(local(row, "words"), shown, row.get("basis", ""), remedy, why, facts)


def _fact(named: Mapping[str, Any], kept: Mapping[str, Any], departments: Mapping[str, str]) -> FactLine:
    as_of = parse_datetime(kept["as_of"]) if kept.get("as_of") else None
    code = kept.get("reason", "") if kept.get("value") is None else ""
    reason = str(OWN_REASONS.get(code) or words_of_reason(code)) if code else ""
    return FactLine(local(named, "name"), _in_words(kept.get("value")), _source(kept, departments), as_of, reason)


def _source(kept: Mapping[str, Any], departments: Mapping[str, str]) -> str:
    source = str(kept.get("source", ""))
    if source == FORM:
        return _("您填写的")
    if source == PLATFORM:
        return _("平台核对")
    return departments.get(source.partition(".")[0], source)


def _in_words(value: Any) -> str:
    if value is None:
        return _("还不知道")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)
