"""HTTP house rules: ETag and If-Match, cursor paging by Link, who is calling."""

import base64
import json
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from civic.core.errors import Invalid, Stale
from civic.core.keepable import NotKeepable, read_json

M = TypeVar("M", bound=Model)
R = TypeVar("R")
Found = TypeVar("Found", bound=QuerySet[Any])


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
    version = typed_number(text)
    if version is None:
        raise Stale(_("If-Match 的值不是本接口给出的 ETag，请先重新读取。"))
    return version


def typed_number(text: str) -> int | None:
    """Return the whole number that a form carries; None where it carries none, or one too long to be meant."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


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
    return keyset_cut(
        request, response, list(keyset_slice(found, by=by, limit=limit, cursor=cursor)), by=by, limit=limit
    )


def keyset_slice(found: Found, *, by: tuple[str, str], limit: int, cursor: str) -> Found:
    """Return the rows of `found` that a page of `limit` shows after `cursor`, and one more. Raises: BadCursor."""
    name, descending = by[0].lstrip("-"), by[0].startswith("-")
    if cursor:
        value, pk = _decode(cursor, found.model._meta.get_field(name))
        after = "lt" if descending else "gt"
        found = found.filter(**{f"{name}__{after}e": value})  # an index begins here
        found = found.filter(Q(**{f"{name}__{after}": value}) | Q(**{f"pk__{after}": pk}))
    return found.order_by(*by)[: limit + 1]


def keyset_cut(
    request: HttpRequest, response: HttpResponse, rows: list[R], *, by: tuple[str, str], limit: int
) -> list[R]:
    """Return `rows`, read from a keyset_slice, without the one too many, which makes the next page's Link."""
    name = by[0].lstrip("-")
    if len(rows) > limit:
        rows = rows[:limit]
        last: Any = rows[-1]
        query = request.GET.dict() | {"cursor": _encode(getattr(last, name), last.pk), "limit": str(limit)}
        response["Link"] = f'<{request.path}?{urlencode(query)}>; rel="next"'
    return rows


def _encode(value: datetime | str, pk: int) -> str:
    text = value if isinstance(value, str) else value.isoformat()
    return base64.urlsafe_b64encode(json.dumps([text, pk]).encode()).decode().rstrip("=")


def _decode(cursor: str, column: Any) -> tuple[Any, int]:
    try:
        value, pk = read_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        known = column.to_python(value)
        if known is None or getattr(known, "tzinfo", UTC) is None or not 0 <= int(pk) < 2**63:
            raise ValueError("A cursor stands at a value that the column can hold.")
        return known, int(pk)
    except (ValueError, TypeError, OverflowError, ValidationError, NotKeepable) as error:
        raise BadCursor(_("cursor 无效，请使用上一页 Link 中给出的地址。")) from error
