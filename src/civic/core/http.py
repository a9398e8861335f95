"""HTTP house rules: ETag and If-Match, cursor paging by Link, who is calling."""

import base64
import json
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime

from civic.core.errors import Invalid, Stale
from civic.core.keepable import NotKeepable, read_json

M = TypeVar("M", bound=Model)


class BadCursor(Invalid):
    """The cursor was not made by this list."""

    code = "bad-cursor"


def seen_version(request: HttpRequest) -> int | None:
    """Return the version in If-Match; None where the caller sends none or `*`.

    Raises: Stale, if the header is not an ETag of this API.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    text = header.removeprefix("W/").strip('"').removeprefix("v")
    if not text.isdigit() or len(text) > 9:
        raise Stale("If-Match 的值不是本接口给出的 ETag，请先重新读取。")
    return int(text)


def with_etag(request: HttpRequest, response: HttpResponse, noun: Any) -> Any:
    """Set the noun's version as ETag and return the noun."""
    response["ETag"] = f'"v{noun.version}"'
    return noun


def keyset_page(
    request: HttpRequest, response: HttpResponse, found: QuerySet[M], *, by: tuple[str, str], limit: int, cursor: str
) -> list[M]:
    """Return one page of `found` ordered by (`by[0]`, primary key), and the next page's address as Link.

    The first of `by` is an instant, the second the primary key, in the direction of the first. Stable under inserts.
    Raises: BadCursor.
    """
    name, descending = by[0].lstrip("-"), by[0].startswith("-")
    if cursor:
        value, pk = _decode(cursor)
        after = "lt" if descending else "gt"
        found = found.filter(Q(**{f"{name}__{after}": value}) | Q(**{name: value, f"pk__{after}": pk}))
    rows = list(found.order_by(*by)[: limit + 1])
    if len(rows) > limit:
        rows = rows[:limit]
        query = request.GET.dict() | {"cursor": _encode(getattr(rows[-1], name), rows[-1].pk), "limit": str(limit)}
        response["Link"] = f'<{request.path}?{urlencode(query)}>; rel="next"'
    return rows


def _encode(value: datetime, pk: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([value.isoformat(), pk]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[datetime, int]:
    try:
        value, pk = read_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = parse_datetime(value)
        if moment is None or moment.tzinfo is None or not 0 <= int(pk) < 2**63:
            raise ValueError(value)
        return moment, int(pk)
    except (ValueError, TypeError, NotKeepable) as error:
        raise BadCursor("cursor 无效，请使用上一页 Link 中给出的地址。") from error
