"""The two formats of Open311: the same facts as XML elements or as JSON, and its errors."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import register_converter
from django.utils.translation import gettext as _

from civic.core import access
from civic.core.errors import Refusal, TooMany
from civic.core.keepable import refuse_unkeepable

XML, JSON = "xml", "json"
TYPES = {XML: "text/xml; charset=utf-8", JSON: "application/json; charset=utf-8"}
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
P = ParamSpec("P")


class Format:
    """The format at the end of an address."""

    regex = "xml|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Format, "open311format")


class Fault(Refusal):
    """What a client of Open311 did wrong, with the code of the specification."""

    code = "open311"

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status  # type: ignore[misc]


class Named(list[Any]):
    """A list whose XML is `name`, each of its items an `item`; JSON knows a list only."""

    def __init__(self, name: str, item: str, rows: Sequence[Any]) -> None:
        super().__init__(rows)
        self.name, self.item = name, item


class Record(dict[str, Any]):
    """Facts whose XML is `name`."""

    def __init__(self, name: str, facts: Mapping[str, Any]) -> None:
        super().__init__(facts)
        self.name = name


Answer = Named | Record
Door = Callable[Concatenate[HttpRequest, P], Answer]


def door(*methods: str) -> Callable[[Door[P]], Callable[..., HttpResponseBase]]:
    """Make a door of a function that returns facts: the format by extension or Accept, faults in the specified form."""

    def declare(view: Door[P]) -> Callable[..., HttpResponseBase]:
        allowed = list(methods)

        @wraps(view)
        def open_door(request: HttpRequest, *args: Any, fmt: str = "", **kwargs: Any) -> HttpResponse:
            spoken = fmt or (JSON if "json" in request.headers.get("Accept", "") else XML)
            try:
                if request.method not in allowed:
                    raise Fault(405, _("这个地址不支持这种方法。"))
                _check(request)
                return write(view(request, *args, **kwargs), spoken)
            except Refusal as refusal:
                return _refuse(refusal, spoken)

        return access.public(open_door)

    return declare


def write(facts: Answer, fmt: str, *, status: int = 200) -> HttpResponse:
    """Return the facts in this format."""
    if fmt == JSON:
        text = json.dumps(facts, ensure_ascii=False)
    else:
        text = '<?xml version="1.0" encoding="utf-8"?>\n' + _element(facts.name, facts)
    answer = HttpResponse(text, status=status, content_type=TYPES[fmt])
    answer["Access-Control-Allow-Origin"] = "*"  # public facts, no cookies: pages of others may read them
    return answer


def _check(request: HttpRequest) -> None:
    """Read what was sent, and for whose city."""
    sent = {**dict(request.GET.lists()), **dict(request.POST.lists())}
    refuse_unkeepable(sent)
    asked = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id")
    if asked and asked != settings.OPEN311_JURISDICTION:
        raise Fault(404, _("没有这个 jurisdiction_id，本市的是 %(id)s。") % {"id": settings.OPEN311_JURISDICTION})


def _refuse(refusal: Refusal, fmt: str) -> HttpResponse:
    lines = [f"{error.pointer.lstrip('/')}: {error.message}" for error in refusal.errors] or [refusal.message]
    rows = [{"code": refusal.status, "description": line} for line in lines]
    answer = write(Named("errors", "error", rows), fmt, status=refusal.status)
    if isinstance(refusal, TooMany):
        answer["Retry-After"] = str(refusal.retry_after)
    return answer


def _element(name: str, value: Any) -> str:
    return f"<{name}>{_content(value)}</{name}>" if value not in (None, "") else f"<{name}/>"


def _content(value: Any) -> str:
    if isinstance(value, Named):
        return "".join(_element(value.item, row) for row in value)
    if isinstance(value, dict):
        return "".join(_element(name, inner) for name, inner in value.items())
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(NOT_XML.sub("", str(value)))
