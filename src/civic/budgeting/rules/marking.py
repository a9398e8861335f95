"""What one ballot says, and whether the form and its limits allow it. No Django."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from civic.core.words import gettext as _

APPROVAL, KNAPSACK, CUMULATIVE, RANKED = "approval", "knapsack", "cumulative", "ranked"
VOTE_TYPES = {APPROVAL: "approval", KNAPSACK: "approval", CUMULATIVE: "cumulative", RANKED: "ordinal"}  # Pabulib's
MOST_POINTS = 10**6


@dataclass(frozen=True)
class Choices:
    """What one ballot says: projects in order (of a ranking the voter's, else the ballot's), points if it has them."""

    projects: tuple[str, ...]
    points: tuple[int, ...] = ()


def with_budget(form: str, limits: Mapping[str, str], budget: Decimal) -> dict[str, str]:
    """Return the limits as texts; a ballot that is filled within the budget costs no more than that."""
    found = {name: str(value) for name, value in limits.items()}
    return {"max_sum_cost": str(budget), **found} if form == KNAPSACK else found


def tidied(form: str, order: Sequence[str], projects: Sequence[str], points: Sequence[int]) -> Choices:
    """Return the choices so that only what they say is told: but for a ranking, not the order of the clicks."""
    if form == RANKED:
        return Choices(tuple(projects))
    places = {name: place for place, name in enumerate(order)}
    given = [*points, *([0] * (len(projects) - len(points)))]
    placed = sorted(zip(projects, given, strict=False), key=lambda pair: places.get(pair[0], len(places)))
    kept = [(name, value) for name, value in placed if value or form != CUMULATIVE]
    return Choices(tuple(name for name, _value in kept), tuple(v for _n, v in kept) if form == CUMULATIVE else ())


def why_not(form: str, options: Sequence[Mapping[str, Any]], limits: Mapping[str, str], said: Choices) -> str | None:
    """Say what is wrong with a ballot and what to do; None if it can be cast."""
    return next(_complaints(form, {str(one["id"]): one for one in options}, limits, said), None)


def _complaints(
    form: str, options: Mapping[str, Mapping[str, Any]], limits: Mapping[str, str], said: Choices
) -> Iterator[str]:
    names = said.projects
    if not set(names) <= set(options) or len(set(names)) != len(names):
        yield _("有的项目不在选票上，或选了两次。请刷新页面，重新选择。")
        return
    if form == CUMULATIVE and not all(0 < one <= MOST_POINTS for one in said.points):
        yield _("分数应为大于0的整数。")
        return
    cost = sum((Decimal(str(options[one]["cost"])) for one in names), Decimal(0))
    found = {"length": [Decimal(len(names))], "sum_cost": [cost]}
    if form == CUMULATIVE:
        found |= {"points": [Decimal(one) for one in said.points], "sum_points": [Decimal(sum(said.points))]}
    for limit, bound in limits.items():
        side, what = limit.split("_", 1)
        for value in found.get(what, []):
            if value < Decimal(bound) if side == "min" else value > Decimal(bound):
                yield _words(limit) % {"limit": bound, "found": value}


def _words(limit: str) -> str:
    return {
        "min_length": _("至少要选%(limit)s个项目，您选了%(found)s个。"),
        "max_length": _("最多选%(limit)s个项目，您选了%(found)s个。请去掉几个。"),
        "min_sum_cost": _("所选项目合计不能少于%(limit)s元，现在是%(found)s元。"),
        "max_sum_cost": _("所选项目合计不能超过%(limit)s元，现在是%(found)s元。请去掉几个。"),
        "min_points": _("给一个项目的分数不能少于%(limit)s分，有一个是%(found)s分。"),
        "max_points": _("给一个项目的分数不能超过%(limit)s分，有一个是%(found)s分。"),
        "min_sum_points": _("一共要分出至少%(limit)s分，现在是%(found)s分。"),
        "max_sum_points": _("一共只有%(limit)s分，现在分出了%(found)s分。请减去一些。"),
    }[limit]
