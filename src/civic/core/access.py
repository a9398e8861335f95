"""Who may come in: every door declares it, deny by default; a test reads the declarations."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase

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
            return redirect_to_login(request.get_full_path(), "/login/")
        return view(request, *args, **kwargs)

    door.access = "signed-in"  # type: ignore[attr-defined]
    return door


def official(*roles: str) -> Callable[[View], View]:
    """Officials with one of `roles` (none named: every official) may come in; to others the page does not exist."""

    def declare(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), "/office/login/")
            if not request.user.is_official or (roles and not request.user.has_any_role(*roles)):
                raise Http404
            return view(request, *args, **kwargs)

        door.access = "official:" + "|".join(roles or ("*",))  # type: ignore[attr-defined]
        return door

    return declare
