"""The three rates with what is left out of them, and the score of cards: for the centre, supervisors and auditors."""

from django.http import HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_GET

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.pages import page
from civic.hotline.figures import bounds, month_before, month_of, months
from civic.hotline.policies import READ_ALL
from civic.hotline.rates import rates_by_unit, suspicious, three_rates
from civic.hotline.scorecard import scorecard
from civic.hotline.states import RateName


@access.official(*READ_ALL)
@require_GET
def rates(request: SignedIn) -> HttpResponse:
    """Show a month's rates beside the month before, of all and of each unit, with a warning where it is due."""
    at = now()
    month = month_of(request.GET.get("month", ""), at)
    (since, until), (earlier, _since) = bounds(month), bounds(month_before(month))
    found, before = three_rates(since=since, until=until), three_rates(since=earlier, until=since)
    past = {unit.pk: rates for unit, rates in rates_by_unit(since=earlier, until=since)}
    units = [
        (unit, rates, [RateName(name).label for name in suspicious(past[unit.pk], rates)] if unit.pk in past else [])
        for unit, rates in rates_by_unit(since=since, until=until)
    ]
    context = {
        "month": month, "months": months(at), "found": found, "before": before, "units": units,
        "warned": [RateName(name).label for name in suspicious(before, found)],
        "scores": scorecard(since=since, until=until),
    }  # fmt: skip
    return page(request, "hotline/office/rates.html", context)
