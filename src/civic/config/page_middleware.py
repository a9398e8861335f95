"""What only pages need: cookies, sessions, forgery tokens, messages.

A program brings its token with each request to the API, and no cookie counts there: so the API does without all of
these, and nobody's open session can be used against it from another site.
"""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware import csrf
from django_htmx import middleware as htmx

from civic.accounts import middleware as accounts

ANONYMOUS = re.compile(r"/polls/[0-9a-f-]{36}/ballots/")  # a ballot comes from nobody: no cookie is read or set


def is_for_machines(request: HttpRequest) -> bool:
    """Whether the request is to the API, or brings a secret ballot; the API's documentation is a page like others."""
    path = request.path_info
    return (path.startswith("/api/") and path != "/api/docs") or ANONYMOUS.fullmatch(path) is not None


class ForPages:
    """Steps aside where a machine asks."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_for_machines(request):
            response: HttpResponse = self.get_response(request)  # type: ignore[attr-defined]
            return response
        answered: HttpResponse = super().__call__(request)  # type: ignore[misc]
        return answered


class Session(ForPages, sessions.SessionMiddleware):
    """The visitor's session."""


class Forgery(ForPages, csrf.CsrfViewMiddleware):
    """The token that shows that a form came from our own page."""

    def process_view(
        self, request: HttpRequest, callback: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseForbidden | None:
        return None if is_for_machines(request) else super().process_view(request, callback, args, kwargs)


class Authentication(ForPages, auth.AuthenticationMiddleware):
    """Who is logged in."""


class Messages(ForPages, messages.MessageMiddleware):
    """What the next page is to say."""


class Htmx(ForPages, htmx.HtmxMiddleware):
    """Whether a part of the page is enough."""


class SessionLimits(ForPages, accounts.Sessions):
    """How long an official's session may last, and for whom a resident acts."""
