"""The report as a PDF and as CSV, both from the published figures alone. Only the worker sets the PDF."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from civic.consultation.models import Report
from civic.consultation.services.reporting import UNKNOWN, release_of
from civic.consultation.states import AgeBand, Source, Verdict
from civic.documents import typesetting

LAYOUT = Path(__file__).parents[1] / "formats" / "report.typ"
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
HIDDEN = "<5"
Row = tuple[str, str]


def report_pdf(report: Report, *, at: datetime) -> bytes:
    """Return the report set as a PDF, in Chinese. A character that the font does not have is written as its number."""
    with translation.override("zh-hans"):
        return typesetting.set_page(LAYOUT, lambda missing: _drawn(_paper(report), missing), at=at, more={})


def report_csv(report: Report) -> str:
    """Return the report as CSV, in the language in force: part, item, value, note; a spreadsheet runs none of it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("部分"), _("项目"), _("数值"), _("说明")])
    for row in _lines(report.figures):
        writer.writerow([f"'{cell}" if cell.startswith(BEGINS_FORMULA) else cell for cell in row])
    return "\ufeff" + out.getvalue()


@dataclass(frozen=True)
class Told:
    """One theme as a row: its title, how many opinions, what became of them, why and what it changed."""

    title: str
    opinions: int
    verdict: str
    said: str


@dataclass(frozen=True)
class ReportPage:
    """What a page shows of a report, in words of the reader's language."""

    period: str
    participation: list[Row]
    heads: list[str]
    cells: list[list[str]]
    note: str
    opinions: list[Row]
    top: list[Row]
    themes: list[Told]


def page_of(told: dict[str, Any]) -> ReportPage:
    """Return what a page shows of the figures of a report."""
    heads, rows = cells_table(told)
    top = [(one["words"], standing_words(one)) for one in told["opinions"]["top"]]
    themes = [
        Told(f"{one['number']}. {one['title']}", one["opinions"], verdict_of(one), " ".join(_said(one)))
        for one in told["themes"]
    ]
    return ReportPage(
        period_of(told), participation_rows(told), heads, rows, cells_note(), opinion_rows(told), top, themes
    )


def period_of(told: dict[str, Any]) -> str:
    about = told["consultation"]
    period = {"opened": about["opened_on"], "closed": about["closed_on"], "on": about["reported_on"]}
    return _("征求意见时间：%(opened)s 至 %(closed)s；报告日期：%(on)s") % period


def participation_rows(told: dict[str, Any]) -> list[Row]:
    """Return how many people were reached, took part and could have, in words."""
    part = told["participation"]
    rows = [(_("看到意见或参与的人（登录后计）"), str(part["reached"])), (_("参与的人"), str(part["took_part"]))]
    if part["rate"] is None:
        return [*rows, (_("参与率"), _("还没有填写可参与的人数"))]
    source = _("来源：%(source)s，%(on)s") % {"source": part["eligible_source"], "on": part["eligible_on"]}
    eligible = _("%(people)s（%(source)s）") % {"people": part["eligible"], "source": source}
    return [*rows, (_("可参与的人"), eligible), (_("参与率"), percent(part["rate"]))]


def percent(rate: float) -> str:
    """Return a rate in per cent to two decimals, or to six where two would make nought of it."""
    told = f"{rate:.2f}" if rate >= 0.01 else f"{rate:.6f}"
    return told.rstrip("0").rstrip(".") + "%"


def cells_table(told: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return the heads and rows of people by area and age band, with the sums of what is shown; no rows: all hidden."""
    shown = release_of(told)
    bands = [*AgeBand.values, UNKNOWN]
    heads = [_("区域"), *(_band(band) for band in bands), _("合计")]
    if not shown.total:
        return heads, []
    names = {one["area"]: one["area_name"] or _("其他或未填写") for one in told["by_area_and_age"]}
    rows = [
        [name, *(_count(shown.cells[area, band]) for band in bands), str(shown.by_area[area])]
        for area, name in names.items()
    ]
    return heads, [*rows, [_("合计"), *(str(shown.by_band[band]) for band in bands), str(shown.total)]]


def cells_note() -> str:
    return _("不足5人的格子不公布，能推算出来的也不公布（写作“<5”）；合计只加公布的格子。")


def verdict_of(theme: dict[str, Any]) -> str:
    return str(Verdict(theme["verdict"]).label) if theme["verdict"] else _("尚未答复")


def change_of(theme: dict[str, Any]) -> str:
    """Return which clause of which version an answer changed; "" where it changed none."""
    words = _("第%(version)s稿%(clause)s") % {"version": theme["version"], "clause": theme["clause"]}
    return words if theme["clause"] else ""


def opinion_rows(told: dict[str, Any]) -> list[Row]:
    """Return how many opinions came in, and by which way."""
    found = told["opinions"]
    ways = [(str(Source(source).label), str(count)) for source, count in sorted(found["by_source"].items())]
    return [(_("收到并公开的意见（含并入同一条的）"), str(found["count"])), *ways,
            (_("其中没有核验身份的（座谈会、来信等）"), str(found["without_verified_author"]))]  # fmt: skip


def standing_words(one: dict[str, Any]) -> str:
    """Return how strongly an opinion of the top list stands."""
    words = _(
        "%(supports)s人支持，%(doubts)s人有疑虑，%(seen)s人看过；支持率%(share)s%%（95%%区间%(low)s%%至%(high)s%%）"
    )
    shares = {name: f"{100 * one[name]:.0f}" for name in ("share", "low", "high")}
    return words % {"supports": one["supports"], "doubts": one["doubts"], "seen": one["seen"], **shares}


def _band(band: str) -> str:
    return str(AgeBand(band).label) if band else _("年龄未知")


def _count(people: int | None) -> str:
    return HIDDEN if people is None else str(people)


def _lines(told: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for name, value in participation_rows(told):
        yield _("参与"), name, value, ""
    heads, rows = cells_table(told)
    for row in rows:
        for head, value in zip(heads[1:], row[1:], strict=True):
            yield _("区域和年龄"), f"{row[0]} / {head}", value, ""
    for name, value in opinion_rows(told):
        yield _("意见"), name, value, ""
    for one in told["opinions"]["top"]:
        yield _("支持最多的意见"), one["words"], str(one["supports"]), standing_words(one)
    for one in told["themes"]:
        yield _("主题和答复"), f"{one['number']} {one['title']}", verdict_of(one), " ".join(_said(one))


def _said(theme: dict[str, Any]) -> list[str]:
    return [part for part in (theme["reason"], change_of(theme), theme["measure"]) if part]


def _paper(report: Report) -> dict[str, Any]:
    told = report.figures
    about = told["consultation"]
    heads, rows = cells_table(told)
    return {
        "title": _("“%(title)s”征求意见报告") % {"title": about["title"]},
        "unit": about["unit"],
        "period": period_of(told),
        "footer": about["title"],
        "words": {
            "participation": _("参与情况"), "cells": _("参与的人：按区域和年龄"), "opinions": _("收到的意见"),
            "themes": _("主题和答复"), "no_cells": _("人数太少，不按区域和年龄公布。"), "cells_note": cells_note(),
        },
        "participation": participation_rows(told), "bands": heads, "cells": rows, "opinions": opinion_rows(told),
        "top": [{"words": one["words"], "told": standing_words(one)} for one in told["opinions"]["top"]],
        "themes": [{"title": f"{one['number']}. {one['title']}", "rows": _answer_rows(one)} for one in told["themes"]],
    }  # fmt: skip


def _answer_rows(theme: dict[str, Any]) -> list[Row]:
    rows = [
        (_("意见"), _("%(n)s条") % {"n": theme["opinions"]}), (_("采纳情况"), verdict_of(theme)),
        (_("理由"), theme["reason"]), (_("修改的条款"), change_of(theme)), (_("条文以外的措施"), theme["measure"]),
    ]  # fmt: skip
    return [(name, value) for name, value in rows if value]


def _drawn(value: Any, missing: set[str]) -> Any:
    """Return a value of JSON with every character that the font lacks written as its number."""
    if isinstance(value, str):
        return typesetting.drawn(value, missing)
    if isinstance(value, dict):
        return {key: _drawn(one, missing) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_drawn(one, missing) for one in value]
    return value
