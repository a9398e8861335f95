"""A ruling in words: every rule that was looked at, on which facts, who said so and as of when."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Department
from civic.core.text import local
from civic.exchange.rules import words_of_reason
from civic.instant.facts.sheet import FORM, PLATFORM
from civic.instant.rules.deed_tax import BASIS

if TYPE_CHECKING:
    from civic.instant.models import Ruling

Node = Mapping[str, Any]
TRUE, UNKNOWN, FALSE = "TRUE", "UNKNOWN", "FALSE"
HOLDS = "HOLDS"
OWN_SOURCES = ("form", "check", "consent", "platform")
OWN_REASONS = {
    "DISPUTED": gettext_lazy("这项信息正在核对，核对完才能采用"),
    "STALE": gettext_lazy("该部门暂时没有回答，以前的记录不能用来作决定"),
    "ASKED": gettext_lazy("已请对方确认，还没有答复"),
    "UNSURE": gettext_lazy("名字里有不常用的字，由工作人员核对"),
    "NOT_ACTING": gettext_lazy("要先核对申请人可以代老人办，才查询老人的信息"),
    "FREE_TEXT": gettext_lazy("写法不在规范条目里，由工作人员核对"),
    "ASSESSED": gettext_lazy("成交价与评估价相差较大，由税务人员核定"),
    "VAT": gettext_lazy("卖方持有不满两年，先由税务人员核定增值税，再算契税"),
    "CHANGED": gettext_lazy("对方确认以后，申请的内容改过，原来的确认不再算数"),
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
    department: str = ""
    """The code of the department on whose records the rule's table rests; "" where it is no one's."""


@dataclass(frozen=True)
class TaxLine:
    """The deed tax as it was computed: `price` yuan by `rate` is `tax` yuan, all as text to the fen."""

    price: str
    rate: str
    tax: str
    area: str
    homes: str
    basis: str
    source: str
    as_of: datetime | None


def explain_tax(ruling: "Ruling") -> TaxLine | None:
    """Return how the deed tax was computed; None where the rules compute none, or a figure is missing."""
    kept, departments = ruling.facts, _departments()
    found = {key: kept.get(key, {}).get("value") for key in ("tax_base", "deed_tax_rate", "deed_tax", "tax_area")}
    if any(value is None for value in found.values()):
        return None
    base = kept["tax_base"]
    return TaxLine(
        price=f"{Decimal(found['tax_base']):,.2f}",
        rate=f"{(Decimal(found['deed_tax_rate']) * 100).normalize():f}%",
        tax=f"{Decimal(found['deed_tax']):,.2f}",
        area=str(found["tax_area"]),
        homes=str(kept["tax_homes"]["value"]),
        basis=BASIS,
        source=_source(base, departments),
        as_of=parse_datetime(base["as_of"]) if base.get("as_of") else None,
    )


def explain(ruling: "Ruling") -> list[RuleLine]:
    """Return the rules that were looked at, those that did not hold first."""
    rules = ruling.service_version.rules
    rows = {row["key"]: row for table in rules["tables"] for row in table["rows"]}
    names = {fact["key"]: fact for fact in rules["facts"]}
    departments = _departments()
    kept = ruling.facts
    keepers = {row["key"]: _keeper(table, names) for table in rules["tables"] for row in table["rows"]}
    lines = [
        replace(_line(rows[fired["key"]], fired["verdict"], names, kept, departments), department=keepers[fired["key"]])
        for fired in ruling.fired
        if fired["key"] in rows
    ]
    return sorted(lines, key=lambda line: (FALSE, UNKNOWN, TRUE).index(line.verdict))


def _departments() -> dict[str, str]:
    return {department.code: local(department, "name") for department in Department.objects.all()}


def _keeper(table: Node, names: Node) -> str:
    """Return the code of the department that keeps most of what a table asks."""
    keys = [key for row in table["rows"] for key in row["when"] if key in names]
    codes = [code for key in keys if (code := str(names[key]["source"]).partition(".")[0]) not in OWN_SOURCES]
    return Counter(codes).most_common(1)[0][0] if codes else ""


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
