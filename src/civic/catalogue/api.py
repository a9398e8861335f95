"""The catalogue for other systems: the list of services, and one service with everything."""

import base64
import binascii
import json
from collections.abc import Iterable
from hashlib import blake2b
from itertools import islice
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from ninja import Router

from civic.catalogue import shelf
from civic.catalogue.schemas import ServiceDetail, ServiceOut, ServiceQuery, parameters, read_query
from civic.catalogue.shelf import Entry, Question, Shelf
from civic.core.errors import FieldError, Invalid

router = Router(tags=["services"])
Answer = tuple[bytes, str, str]  # body, entity tag, Link


@router.get(
    "/services",
    auth=None,
    operation_id="list_services",
    response=list[ServiceOut],
    openapi_extra={"parameters": parameters(ServiceQuery)},
)
def list_services(request: HttpRequest) -> HttpResponse:
    """List the published services, the city's own first, then by code. The next page is in the `Link` header."""
    return _respond(request, _list(request, shelf.current(), read_query(ServiceQuery, request.GET)))


@router.get("/services/{code}", auth=None, operation_id="get_service", response=ServiceDetail)
def get_service(request: HttpRequest, code: str) -> HttpResponse:
    """Return one published service with the version in force."""
    store = shelf.current()
    entry = store.by_code.get(code)
    if entry is None:
        raise Http404(_("没有编码为「%(code)s」的已发布事项。") % {"code": code[:48]})
    answer = store.remembered(("one", code)) or store.remember(("one", code), _one(entry))
    return _respond(request, answer)


def _respond(request: HttpRequest, answer: Answer) -> HttpResponse:
    body, tag, link = answer
    if tag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"  # kept, but asked about each time
    if link:
        response["Link"] = link
    return response


def _list(request: HttpRequest, store: Shelf, query: ServiceQuery) -> Answer:
    question = Question(**query.model_dump(exclude={"limit", "cursor"}))
    limit, link = query.limit, ""
    found = list(islice(_after(store.find(question), query.cursor), limit + 1))
    if len(found) > limit:
        onward = request.GET.copy()
        onward["cursor"] = _cursor(found[limit - 1])
        link = f'<{request.path}?{onward.urlencode()}>; rel="next"'
    body = store.json_list(found[:limit])
    return body, _tag(body + link.encode()), link


def _after(entries: Iterable[Entry], cursor: str) -> Iterable[Entry]:
    """Skip to what stands behind the cursor: a place in the order, so new services neither repeat nor hide others."""
    if not cursor:
        return entries
    place = _place(cursor)
    return (entry for entry in entries if (entry.source, entry.code) > place)


def _cursor(entry: Entry) -> str:
    return base64.urlsafe_b64encode(f"{entry.source} {entry.code}".encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[str, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        source, code = text.split(" ")
    except (binascii.Error, ValueError) as error:
        wrong = FieldError("/cursor", "malformed", _("cursor 要原样取自上一页 Link 头中的地址。"))
        raise Invalid(_("分页参数 cursor 无效，请从第一页重新读取。"), errors=[wrong]) from error
    return source, code


def _one(entry: Entry) -> Answer:
    version = shelf.version(entry.version_id)
    extra: dict[str, Any] = {
        "version": version.number,
        "published_at": localtime(version.published_at).isoformat(),
        "demonstration": version.demonstration,
        "content": version.content(),
    }
    body = json.dumps({**json.loads(entry.as_json()), **extra}, ensure_ascii=False, separators=(",", ":")).encode()
    return body, _tag(body), ""


def _tag(body: bytes) -> str:
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'
