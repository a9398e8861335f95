"""The public table of cards: per hundred tickets and by difficulty, of every unit, by month; as a page and as CSV."""

import csv
from datetime import datetime
from io import StringIO

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_GET

from civic.core import access
from civic.core.pages import page
from civic.hotline.figures import bounds, month_of, months
from civic.hotline.scorecard import COLUMNS, UnitScore, rows, scorecard


@access.public
@require_GET
def cards(request: HttpRequest) -> HttpResponse:
    """Show how many cards each unit was given on a hundred tickets."""
    at = now()
    month = month_of(request.GET.get("month", ""), at)
    since, until = bounds(month)
    context = {"month": month, "months": months(at), "scores": _public(since, until)}
    return page(request, "hotline/portal/cards.html", context)


@access.public
@require_GET
def cards_table(request: HttpRequest) -> HttpResponse:
    """Give the same as a CSV file, a line for each unit and difficulty."""
    month = month_of(request.GET.get("month", ""), now())
    since, until = bounds(month)
    text = StringIO()
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    lines.writerows(rows(_public(since, until), since=since, until=until))
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="cards-{month[0]}-{month[1]:02d}.csv"'
    return answer


def _public(since: datetime, until: datetime) -> list[UnitScore]:
    return [one.told() for one in scorecard(since=since, until=until)]
