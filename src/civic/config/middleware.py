"""Request ids on every answer, and refusals as pages, partials or problem+json."""

import contextlib
import logging
import re
import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from csp.utils import build_policy
from django.conf import settings
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from civic.config import faults, logs
from civic.config.page_middleware import is_for_machines
from civic.config.problems import answer_refusal
from civic.core.errors import Invalid, Refusal, Unavailable
from civic.core.keepable import NotKeepable, is_keepable, refuse_unkeepable

log = logging.getLogger("civic.http")
Handler = Callable[[HttpRequest], HttpResponse]
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestId:
    """Gives every request an id, in the answer, on error pages and in the log."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")  # `headers` would read every one of them
        request.id = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)  # type: ignore[attr-defined]
        logs.request_id.set(request.id)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        return response


class ContentPolicy:
    """Sends the one content security policy with every answer that has none of its own; it is put together once."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", self.policy)
        return response


class Keepable:
    """Refuses, before any door, text that the database cannot keep; cookies of that kind were never ours.

    Payloads of the API are read after its callers are known, so its parser asks the same question there.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if is_keepable([name, value])}
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, _given: object) -> HttpResponse | None:
        if is_for_machines(request) and not request.META.get("QUERY_STRING") and is_keepable(request.path):
            return None  # what is left is the payload
        try:
            refuse_unkeepable(self._sent(request))
        except NotKeepable as refusal:
            return answer_refusal(request, refusal)
        return None

    def _sent(self, request: HttpRequest) -> dict[str, Any]:
        sent: dict[str, Any] = dict(request.GET.lists())
        if not is_keepable(request.path):
            sent[str(_("地址"))] = request.path
        if request.method == "POST" and not is_for_machines(request):
            with contextlib.suppress(UnreadablePostError):  # who sent it has gone
                sent |= dict(request.POST.lists())
        return sent


class Language:
    """Speaks Chinese unless the visitor chose otherwise; a machine says so by its Accept-Language header."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.LANGUAGE_CODE, said_by = self._spoken(request)
        translation.activate(request.LANGUAGE_CODE)
        response = self.get_response(request)
        patch_vary_headers(response, (said_by,))
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response

    def _spoken(self, request: HttpRequest) -> tuple[str, str]:
        """Return the language, and the header that it was read from."""
        if is_for_machines(request):
            told = "HTTP_ACCEPT_LANGUAGE" in request.META
            return translation.get_language_from_request(request) if told else settings.LANGUAGE_CODE, "Accept-Language"
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE, "Cookie"


class Refusals:
    """Turns a refusal, and a bare 405, into an answer; a bug goes on to the 500 page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_bare = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        return faults.not_offered(request, response) if is_bare else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return answer_refusal(request, exception)
        if isinstance(exception, OperationalError):
            log.error("database unavailable: %s", type(exception).__name__)
            return answer_refusal(request, Unavailable(_("系统正在恢复，本次操作没有生效，请稍后再试。")))
        if isinstance(exception, DataError | UnicodeEncodeError):
            log.error("what was sent cannot be stored: %s", type(exception).__name__)
            return answer_refusal(
                request, Invalid(_("有一处内容太长，或含有不能保存的控制字符，本次操作没有生效。请改正后再提交。"))
            )
        return None
