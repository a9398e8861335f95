"""A form that met an ended session: what was typed waits, sealed, until the same person has logged in again."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from civic.accounts.pending import drop, held, hold
from civic.core.access import page_of_form
from civic.core.form_filling import fill_form

KEPT = "kept_form"
KEPT_FOR = timedelta(minutes=30)
REMEMBERED_FOR = timedelta(days=1)  # twice the longest session
MOST_CHARACTERS = 50_000
NOT_KEPT = {"csrfmiddlewaretoken"}


def remember_holder(request: HttpRequest, response: HttpResponse) -> None:
    """Leave word in the browser whose session it was: an opaque mark that outlives the session's own cookie."""
    mark = _mark(request.user.pk)
    if request.COOKIES.get(settings.HOLDER_COOKIE_NAME) != mark:
        response.set_cookie(
            settings.HOLDER_COOKIE_NAME, mark, max_age=REMEMBERED_FOR, httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip


def keep_form(request: HttpRequest, *, at: datetime) -> None:
    """Keep what was typed, without files, in the visitor's new session, for whoever was logged in here before."""
    values = {name: given for name, given in request.POST.lists() if name not in NOT_KEPT}
    whose = request.COOKIES.get(settings.HOLDER_COOKIE_NAME, "")
    is_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"  # a script keeps what it sends itself
    if not whose or not is_page or sum(len(text) for given in values.values() for text in given) > MOST_CHARACTERS:
        return
    facts = {"whose": whose, "at": at.timestamp(), "page": page_of_form(request), "action": request.path}
    hold(request.session, KEPT, {**facts, "values": values})


def kept_form(request: HttpRequest, *, at: datetime) -> dict[str, Any] | None:
    """Return what is kept for this account and this page; what is another's or too old is dropped."""
    found = held(request.session, KEPT)
    is_own = found is not None and constant_time_compare(found["whose"], _mark(request.user.pk))
    if found is None or not is_own or at.timestamp() - found["at"] > KEPT_FOR.total_seconds():
        drop(request.session, KEPT)
        return None
    return found if request.method == "GET" and request.get_full_path() == found["page"] else None


def give_back(request: HttpRequest, response: HttpResponse, kept: dict[str, Any]) -> None:
    """Put what was typed back into the form of the page, once."""
    if response.status_code != 200 or response.streaming or not response["Content-Type"].startswith("text/html"):
        return
    filled = fill_form(response.text, page=request.path, action=kept["action"], values=kept["values"])
    response.content = filled.encode()
    drop(request.session, KEPT)


def _mark(account: object) -> str:
    """Return the mark of an account, from which nothing about it can be learnt."""
    return salted_hmac("civic.accounts.holder", str(account), algorithm="sha256").hexdigest()
