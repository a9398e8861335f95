"""The public look-up: a number and the last four digits of the phone, no account needed."""

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from civic.accounts.http import client_address
from civic.cases import tracking
from civic.cases.lights import light_of
from civic.cases.limits import count_look_up
from civic.cases.models.clocks import newest
from civic.cases.timeline import PUBLIC, timeline
from civic.core import access
from civic.core.errors import FieldError, Invalid
from civic.core.pages import page


@access.public
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest, number: str = "") -> HttpResponse:
    """Ask for number and phone tail, and show where the case stands; the tail never stands in an address."""
    typed = {"number": number or request.GET.get("number", "")}
    if request.method == "GET":
        return page(request, "cases/portal/track.html", {"typed": typed, "errors": []})
    typed = {name: request.POST.get(name, "").strip() for name in ("number", "phone_tail")}
    try:
        count_look_up(number=typed["number"], address=client_address(request), at=now())
        found = tracking.track(number=typed["number"], phone_tail=typed["phone_tail"])
    except Invalid as refusal:
        errors = list(refusal.errors) or [FieldError("number", refusal.code, refusal.message)]
        return page(request, "cases/portal/track.html", {"typed": typed, "errors": errors}, status=422)
    light, words = light_of(found, at=(at := now()))
    context = {"case": found, "events": timeline(found, reader=PUBLIC), "clock": newest(found), "at": at}
    context |= {"light": light, "words": words}
    return page(request, "cases/portal/tracked.html", context)
