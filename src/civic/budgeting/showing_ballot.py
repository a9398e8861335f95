"""A ballot as a page shows it: what to tick, to rank or to give points, and what was typed into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from civic.budgeting.models import Poll
from civic.budgeting.rules.marking import CUMULATIVE, RANKED
from civic.core.http import typed_number


@dataclass(frozen=True)
class Line:
    """One project on the ballot; `cost` in yuan, `field` the name of what is typed for it."""

    id: str
    name: str
    about: str
    cost: Decimal
    field: str


@dataclass(frozen=True)
class BallotPaper:
    """The lines of a ballot and its rules in words. `kind`: tick, points or rank."""

    kind: str
    lines: tuple[Line, ...]
    rules: tuple[str, ...]


def ballot_of(poll: Poll) -> BallotPaper:
    """Return the ballot paper of a vote."""
    kind = {CUMULATIVE: "points", RANKED: "rank"}.get(poll.form, "tick")
    lines = tuple(_line(one, kind) for one in poll.options)
    return BallotPaper(kind, lines, tuple(_rules(poll.limits)))


def typed_choices(poll: Poll, typed: QueryDict) -> tuple[list[str], list[int]]:
    """Return the projects and points that a form carries, for staff who read a paper."""
    ballot = ballot_of(poll)
    if ballot.kind == "tick":
        return typed.getlist("project"), []
    numbers = {line.id: typed_number(typed.get(line.field, "").strip()) or 0 for line in ballot.lines}
    given = [(name, value) for name, value in numbers.items() if value]
    if ballot.kind == "points":
        return [name for name, _value in given], [value for _name, value in given]
    return [name for name, _value in sorted(given, key=lambda pair: pair[1])], []


def said(poll: Poll, projects: Sequence[str], points: Sequence[int]) -> str:
    """Return in words what a paper says: staff compare two readings by it."""
    names = {str(one["id"]): str(one["name"]) for one in poll.options}
    if poll.form == CUMULATIVE:
        return " · ".join(f"{names[one]} {value}" for one, value in zip(projects, points, strict=True)) or _("空白")
    return (" → " if poll.form == RANKED else " · ").join(names[one] for one in projects) or _("空白")


def _line(one: Mapping[str, Any], kind: str) -> Line:
    key = str(one["id"])
    field = {"tick": "project", "points": f"points-{key}", "rank": f"rank-{key}"}[kind]
    return Line(key, str(one["name"]), str(one.get("about", "")), Decimal(str(one["cost"])), field)


def _rules(limits: Mapping[str, str]) -> list[str]:
    words = {
        "min_length": _("至少选%(n)s个项目"),
        "max_length": _("最多选%(n)s个项目"),
        "min_sum_cost": _("合计不少于%(n)s元"),
        "max_sum_cost": _("合计不超过%(n)s元"),
        "min_points": _("选中的项目每个至少%(n)s分"),
        "max_points": _("每个项目最多%(n)s分"),
        "min_sum_points": _("至少分出%(n)s分"),
        "max_sum_points": _("一共有%(n)s分"),
    }
    shown = {name: f"{Decimal(bound):,.2f}" if name.endswith("cost") else bound for name, bound in limits.items()}
    return [words[name] % {"n": bound} for name, bound in shown.items() if name in words]
