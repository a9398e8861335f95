"""A figure as it is shown: its picture, what the picture says to who cannot see it, and the file to take along."""

import csv
from dataclasses import dataclass
from io import StringIO

from django.http import HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from civic.core.text import is_english
from civic.hotline.states import Channel
from civic.insight import charts
from civic.insight.board import Standing
from civic.insight.figures import BARS, COLUMNS, Figure
from civic.insight.scope import Scope

SAID = 12  # so many rows are read out; the rest is in the table
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Shown:
    """A figure with its picture (None: only the table) and the picture in words."""

    figure: Figure
    bars: charts.Bars | None
    columns: charts.Columns | None
    about: str
    file: str


def shown(figure: Figure, scope: Scope) -> Shown:
    """Return a figure as the page shows it."""
    rows = [(line.label, line.value, line.words) for line in figure.lines]
    is_empty = not any(line.value for line in figure.lines)
    about = ("; " if is_english() else "；").join(f"{label} {words}" for label, _value, words in rows[:SAID])
    return Shown(
        figure,
        charts.bars(rows, full=figure.full) if figure.picture == BARS and not is_empty else None,
        charts.columns([(line.short, line.value, line.words) for line in figure.lines])
        if figure.picture == COLUMNS and not is_empty
        else None,
        about,
        scope.download(figure.key),
    )


def scope_words(scope: Scope) -> str:
    """Return what a scope is narrowed to; all of the city where it is not."""
    found = [scope.unit.label] if scope.unit else []
    found += [place.label for place in (scope.area, scope.category) if place is not None]
    if scope.channel:
        found.append(str(Channel(scope.channel).label))
    return " · ".join(found) or _("全市")


def as_file(figure: Figure, scope: Scope, standing: Standing) -> HttpResponse:
    """Return a figure as CSV: what it is, how and when it was counted, then its rows; a spreadsheet runs none of it."""
    out = StringIO()
    writer = csv.writer(out)
    at = localtime(standing.at).isoformat(timespec="seconds") if standing.at else ""
    for head, said in (
        (_("指标"), figure.name), (_("怎么算的"), figure.definition), (_("范围"), scope_words(scope)),
        (_("统计起"), scope.since.isoformat()), (_("统计止"), scope.last.isoformat()), (_("截至"), at),
        (_("件数（n）"), figure.n_words), (_("计量单位"), figure.measure), (_("说明"), figure.note),
    ):  # fmt: skip
        writer.writerow([_cell(head), _cell(said)])
    writer.writerow([])
    writer.writerow([_cell(head) for head in (*figure.heads[:1], _("数值"), *figure.heads[1:])])
    for line in figure.lines:
        writer.writerow([_cell(part) for part in (line.label, _number(line.value), line.words, *line.extra)])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{figure.key}-{scope.since}-{scope.last}.csv"'
    return answer


def _cell(words: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{words}" if words.startswith(BEGINS_FORMULA) else words


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
