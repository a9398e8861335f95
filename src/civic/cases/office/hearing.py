"""The hearing before a decision is taken back: when and where it is, and what was said."""

from datetime import date, datetime, time

from django.http import HttpResponse
from django.utils.timezone import make_aware, now
from django.views.decorators.http import require_POST

from civic.accounts.http import SignedIn
from civic.cases.office.case import take_step
from civic.core import access

HEARING_ROLES = ("unit_handler", "unit_leader")


@access.official(*HEARING_ROLES)
@require_POST
def call(request: SignedIn, number: str) -> HttpResponse:
    """Tell the applicant when and where the hearing is."""
    hold_at, place = _moment(request.POST.get("on", ""), request.POST.get("begins", "")), request.POST.get("place", "")
    return take_step(
        request,
        number,
        lambda case, seen: case.call_hearing(hold_at=hold_at, place=place, by=request.user, at=now(), seen=seen),
    )


@access.official(*HEARING_ROLES)
@require_POST
def close(request: SignedIn, number: str) -> HttpResponse:
    """Take the record of the hearing."""
    record = request.POST.get("record", "")[:5000]
    return take_step(
        request, number, lambda case, seen: case.close_hearing(record=record, by=request.user, at=now(), seen=seen)
    )


def _moment(day: str, clock: str) -> datetime | None:
    """Return the instant that was typed in the city's time; None where either half is no day or no time."""
    try:
        return make_aware(datetime.combine(date.fromisoformat(day), time.fromisoformat(clock).replace(tzinfo=None)))
    except ValueError:
        return None
