"""Public lists that programs ask for all the time are answered again as they were, before anything else is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from civic.catalogue import shelf

Handler = Callable[[HttpRequest], HttpResponse]
PATHS = frozenset({"/api/services"})
LONGEST_QUERY = 200  # characters; longer ones are rare and would fill the memory
OF_ONE_ANSWER = ("X-Request-Id",)
STILL_TRUE = ("ETag", "Cache-Control", "Vary")  # what a 304 repeats (RFC 9110, 15.4.5); the rest is kept by who asks


@dataclass(frozen=True)
class Kept:
    """An answer for everybody, with all its headers."""

    body: bytes
    tag: str
    headers: dict[str, str]
    match: Any

    def again(self, request: HttpRequest) -> HttpResponse:
        request.resolver_match = self.match
        is_known = self.tag and self.tag in request.META.get("HTTP_IF_NONE_MATCH", "")
        response: HttpResponse = HttpResponseNotModified() if is_known else HttpResponse(self.body)
        for name in STILL_TRUE if is_known else self.headers:
            response[name] = self.headers[name]
        return response


class KeptAnswers:
    """Keeps the answers to PATHS for as long as the catalogue is as it was: they are the same for everybody."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or request.path_info not in PATHS:
            return self.get_response(request)
        meta = request.META
        key = (request.path_info, meta.get("QUERY_STRING", ""), meta.get("HTTP_ACCEPT_LANGUAGE", ""))
        kept: Kept | None = store.remembered(key) if (store := shelf.fresh()) else None
        if kept is not None:
            return kept.again(request)
        response = self.get_response(request)
        if response.status_code == 200 and sum(map(len, key)) <= LONGEST_QUERY and (store := shelf.fresh()):
            headers = {name: value for name, value in response.items() if name not in OF_ONE_ANSWER}
            store.remember(key, Kept(response.content, response.get("ETag", ""), headers, request.resolver_match))
        return response
