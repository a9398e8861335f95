"""Who may come in: every door declares it, deny by default; a test reads the declarations."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """Anyone may come in."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anyone with an account may come in; others are asked to log in and come back here."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _ask_to_log_in(request, "/login/")
        return view(request, *args, **kwargs)

    door.access = "signed-in"  # type: ignore[attr-defined]
    return door


def official(*roles: str) -> Callable[[View], View]:
    """Officials with one of `roles` (none named: every official) may come in; to others the page does not exist."""

    def declare(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _ask_to_log_in(request, "/office/login/")
            if not request.user.is_official or (roles and not request.user.has_any_role(*roles)):
                raise Http404
            return view(request, *args, **kwargs)

        door.access = "official:" + "|".join(roles or ("*",))  # type: ignore[attr-defined]
        return door

    return declare


def page_of_form(request: HttpRequest) -> str:
    """Return the address of the page that a form was sent from, by the browser's word; else the request's own."""
    before = request.headers.get("Referer", "")
    if request.method != "POST" or not url_has_allowed_host_and_scheme(before, {request.get_host()}):
        return request.get_full_path()
    parts = urlsplit(before)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _ask_to_log_in(request: HttpRequest, door: str) -> HttpResponseBase:
    """Lead to the log-in, and from there to the page asked for or the page whose form was sent."""
    response = redirect_to_login(page_of_form(request), door)
    response.asks_to_log_in = True  # type: ignore[attr-defined]
    return response
