"""What a client of Open311 asks for: which requests, of which days, which page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.dateparse import parse_datetime
from django.utils.timezone import get_current_timezone, is_naive, make_aware
from django.utils.translation import gettext as _

from civic.hotline.models import Ticket
from civic.hotline.open311.wire import Fault
from civic.hotline.querysets import TicketQuerySet

SPAN = timedelta(days=90)
MOST = 1000
DEEPEST_PAGE = 100
STATUSES = ("open", "closed")


@dataclass(frozen=True)
class Page:
    """Which rows of a list: half-open."""

    first: int
    last: int


def requests_asked(asked: Mapping[str, str], *, at: datetime) -> TicketQuerySet:
    """Return the requests that the parameters of `GET requests` name, newest first. Raises: Fault."""
    found = Ticket.objects.told_openly().for_open_data().newest_first()
    if ids := split(asked, "service_request_id"):
        return found.filter(number__in=ids)
    since, until = span(asked, at=at)
    found = found.filter(received_at__gte=since, received_at__lte=until)
    if codes := split(asked, "service_code"):
        found = found.filter(category__code__in=codes)
    statuses = set(split(asked, "status"))
    if statuses - set(STATUSES):
        raise Fault(400, _("status 只能是 open 或 closed。"))
    if len(statuses) == 1:
        found = found.open() if statuses == {"open"} else found.ended()
    return found


def span(asked: Mapping[str, str], *, at: datetime) -> tuple[datetime, datetime]:
    """Return the days asked for: at most ninety, the last ninety where none are named. Raises: Fault."""
    start, end = _instant(asked, "start_date"), _instant(asked, "end_date")
    if start is None:
        end = end or at
        start = end - SPAN
    end = end or min(start + SPAN, max(at, start))
    if end < start:
        raise Fault(400, _("end_date 早于 start_date。"))
    if end - start > SPAN:
        raise Fault(400, _("start_date 和 end_date 相隔不能超过90天。"))
    return start, end


def page_of(asked: Mapping[str, str]) -> Page:
    """Return the rows of `page` and `page_size`; all that may be given at once where none are named. Raises: Fault."""
    number, size = _number(asked, "page", 1, DEEPEST_PAGE), _number(asked, "page_size", MOST, MOST)
    return Page((number - 1) * size, number * size)


def split(asked: Mapping[str, str], name: str) -> list[str]:
    """Return the values of a comma-delimited parameter."""
    return [value.strip() for value in asked.get(name, "").split(",") if value.strip()][:MOST]


def _number(asked: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = asked.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= most):
        raise Fault(400, _("%(name)s 应为1至%(most)s的整数。") % {"name": name, "most": most})
    return int(text)


def _instant(asked: Mapping[str, str], name: str) -> datetime | None:
    text = asked.get(name, "").strip().replace(" ", "+")  # an unescaped plus sign of the zone
    if not text:
        return None
    try:
        found = parse_datetime(text if "T" in text else f"{text}T00:00:00")
        found = make_aware(found, get_current_timezone()) if found is not None and is_naive(found) else found
        if found is None or not 1970 <= found.year <= 9000:
            raise ValueError
    except (ValueError, OverflowError) as error:
        raise Fault(400, _("%(name)s 应为 W3C 日期时间，例如 2026-03-02T09:00:00+08:00。") % {"name": name}) from error
    return found
