"""效果对比 as people and programs read it: each figure with its definition, its number of cases and its period."""

import csv
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from civic.core.text import local

if TYPE_CHECKING:
    from civic.instant.effect import Effect


@dataclass(frozen=True)
class Row:
    """One figure. `before`: as the department states it; `after`: measured of `count` cases; "" where there is none."""

    what: str
    before: str
    after: str
    count: int
    definition: str


FIGURES = (
    # name in Measured, name in `before` ("": no department states it), what it is, how it is counted
    ("days", "days", _("办多久（工作日，中位数）"), _("从提交到作出决定隔几个工作日，当天为0；补正的时间也算。")),
    ("visits", "visits", _("跑几次（平均）"), _("到窗口提交算一次，到大厅取件算一次。")),
    (
        "papers", "papers", _("交几份材料（平均）"),
        _("申请人上传或交来的文件数，补正交的也算；同一份只算一次。"),
    ),
    ("typed", "fields", _("自己填几项（平均）"), _("提交时由申请人自己填的栏目数，按提交时记进账本的数目。")),
    ("drawn", "", _("由数据填好几项（平均）"), _("由部门数据填好、申请人没有改的栏目数。")),
    (
        "again", "", _("重复填几项（平均）"),
        _("部门有数据、仍要自己填的栏目数：没取到的，和取到后被申请人改正的。"),
    ),
    ("changed", "", _("其中改正了几项（平均）"), _("数据填好以后，被申请人改成别的内容的栏目数。")),
    ("at_once", "", _("当场办结的比例"), _("提交后一分钟内作出决定的办件所占比例。")),
)  # fmt: skip
HEADS = (
    _("指标"), _("以前（部门自述）"), _("以前的出处"), _("现在（实测）"), _("办件数"), _("统计起"), _("统计止"),
    _("怎么算的"),
)  # fmt: skip
NOTED = ("typed", "drawn", "again", "changed")


def rows_of(effect: "Effect") -> list[Row]:
    """Return what is compared; where there are too few cases, nothing stands under "now"."""
    before, after, rows = effect.before, effect.after, []
    for name, stated, what, definition in FIGURES:
        now = _text(getattr(after, name)) if after else ""
        shown = f"{now}%" if now and name == "at_once" else now
        count = after.noted if after and name in NOTED else effect.count
        rows.append(Row(str(what), _text(before.get(stated)), shown, count, str(definition)))
    return rows


def as_csv(effect: "Effect") -> str:
    """Return the comparison as a table for programs, a row a figure, everything that is needed to read it beside it."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([str(head) for head in HEADS])
    period = [localdate(effect.since).isoformat(), localdate(effect.until).isoformat()]
    source = local(effect.before, "source")
    for row in rows_of(effect):
        writer.writerow(
            [row.what, row.before, source if row.before else "", row.after, row.count, *period, row.definition]
        )
    return out.getvalue()


def _text(value: Any) -> str:
    return "" if value is None else str(value)
