"""Sessions: an official's ends after half an hour without a click and after twelve hours; who is acted for.

What was typed into a form that meets an ended session is kept for whoever logs in again.
"""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from civic.accounts.http import sign_out
from civic.accounts.kept_forms import KEPT, give_back, keep_form, kept_form, remember_holder
from civic.accounts.models import Mandate

SEEN_EVERY_SECONDS = 30
ACTING_FOR = "acting_for"


class Sessions:
    """Ends officials' sessions in time and puts the mandate that is in use on the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.acting_for = None  # type: ignore[attr-defined]
        request.kept_form = kept = None  # type: ignore[attr-defined]
        is_known = False
        if request.session.session_key and request.user.is_authenticated:
            is_known = True
            if KEPT in request.session:
                request.kept_form = kept = kept_form(request, at=timezone.now())  # type: ignore[attr-defined]
            if request.user.is_official:
                _limit(request)
            elif ACTING_FOR in request.session:
                request.acting_for = _mandate(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.method == "POST" and getattr(response, "asks_to_log_in", False):
            keep_form(request, at=timezone.now())
        elif kept is not None:
            give_back(request, response, kept)
        if is_known and request.user.is_authenticated:
            remember_holder(request, response)
        return response


def _limit(request: HttpRequest) -> None:
    """End the session if it is over, else remember that its holder was here."""
    now = int(timezone.now().timestamp())
    seen = request.session.get("seen_at", now)
    began = request.session.setdefault("signed_in_at", now)
    if now - seen > settings.STAFF_IDLE_SECONDS or now - began > settings.STAFF_SESSION_SECONDS:
        sign_out(request)
    elif now - seen >= SEEN_EVERY_SECONDS or "seen_at" not in request.session:
        request.session["seen_at"] = now


def _mandate(request: HttpRequest) -> Mandate | None:
    """Return the mandate the session acts under if it still holds; else stop acting under it."""
    held = Mandate.objects.active(at=timezone.now()).held_by(agent=request.user)
    mandate: Mandate | None = held.for_list().filter(handle=UUID(request.session[ACTING_FOR])).first()
    if mandate is None:
        del request.session[ACTING_FOR]
    return mandate
