"""What the boards' filters offer, and what of it is chosen."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.hotline.models import Category
from civic.insight.board import Board
from civic.insight.scope import OFFICE, PRESETS, PUBLIC, Place, Scope
from civic.insight.shown import scope_words, shown


def page_of(made: Board, asked: Mapping[str, Any], *, wrong: str, today: date) -> dict[str, Any]:
    """Return what the page of a board shows."""
    scope = made.scope
    return {
        "scope": scope,
        "standing": made.standing,
        "words": scope_words(scope),
        "figures": [shown(figure, scope) for figure in made.figures],
        "wrong": wrong,
        "typed": {name: str(asked.get(name, ""))[:40] for name in ("since", "until")} if wrong else scope.asked,
        "presets": _presets(scope, today),
        "here": PUBLIC if scope.is_public else OFFICE,
        "units": [(one.code, one.label) for one in Department.objects.order_by("pk")],
        "categories": _with_chosen(_tops(), scope.category),
        "areas": _with_chosen(
            [(one.code, one.label) for one in Area.objects.of_level(level=Area.Level.COUNTY)], scope.area
        ),
    }


def _presets(scope: Scope, today: date) -> list[dict[str, Any]]:
    until = today + timedelta(days=1)
    return [
        {
            "text": _("近一年") if days == 365 else ngettext("近%(n)s天", "近%(n)s天", days) % {"n": days},
            "href": scope.board(since=f"{until - timedelta(days=days)}", until=f"{today}"),
            "current": scope.until == until and (until - scope.since).days == days,
        }
        for days in PRESETS
    ]


def _tops() -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in Category.objects.filter(level=1).order_by("position", "pk")]


def _with_chosen(options: list[tuple[str, str]], chosen: Place | None) -> list[tuple[str, str]]:
    """Return the options, with the chosen one where it lies deeper than they reach."""
    if chosen is None or chosen.code in dict(options):
        return options
    return [*options, (chosen.code, chosen.label)]
