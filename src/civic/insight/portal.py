"""Residents' door: the hotline's figures, for everybody, and each of them as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_GET

from civic.core import access
from civic.core.pages import page
from civic.deadlines.calendars import city_day
from civic.insight.board import KEYS
from civic.insight.board import board as made_for
from civic.insight.choices import page_of
from civic.insight.scope import read_scope
from civic.insight.shown import as_file


@access.public
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period: of the city, or of a unit, a class, an area."""
    today = city_day(now())
    scope, wrong = read_scope(request.GET, today=today, is_public=True)
    context = page_of(made_for(scope, today=today), request.GET, wrong=wrong, today=today)
    return page(request, "insight/portal/board.html", context)


@access.public
@require_GET
def figure(request: HttpRequest, key: str) -> HttpResponse:
    """Give one figure as CSV."""
    if key not in KEYS:
        raise Http404
    today = city_day(now())
    scope, _wrong = read_scope(request.GET, today=today, is_public=True)
    made = made_for(scope, today=today, keys=(key,))
    return as_file(made.figures[0], scope, made.standing)
