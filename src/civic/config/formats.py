"""Dates, times and codes as people read them."""

import re
from datetime import date, datetime
from decimal import Decimal
from zlib import crc32

import segno
from django.utils.timezone import localtime
from markupsafe import Markup, escape

from civic.core.text import is_english

ADDRESS = re.compile(r"(?<!\S)(/[\w/-]+/)(?!\S)", re.ASCII)
MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip


def day(value: date | None) -> Markup | str:
    """Return the day, 2026年3月2日 or 2 March 2026, inside a <time>; instants become the city's day."""
    if value is None:
        return ""
    on = localtime(value).date() if isinstance(value, datetime) else value
    return Markup('<time datetime="{}">{}</time>').format(on.isoformat(), _day_words(on))


def moment(value: datetime | None) -> Markup | str:
    """Return the instant on the city's clock, 2026年3月2日 09:00, inside a <time> with its zone."""
    if value is None:
        return ""
    at = localtime(value)
    words = f"{_day_words(at.date())} {at:%H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), words)


def percent(share: Decimal | float) -> str:
    """Return a share from 0 to 1 in per cent with at most two digits after the point, 93.31 or 5."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".")


def qr_svg(text: str) -> str:
    """Return a data address of a QR code of `text`, to be the `src` of an image."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=2, light="#fff"))


def short_hash(text: str) -> str:
    """Return eight letters that stand for `text`, for ids within a page."""
    return f"{crc32(text.encode()):08x}"


def linked(text: str) -> Markup:
    """Return the text with addresses of this site, set apart by spaces, as links; everything else is escaped."""
    return Markup(ADDRESS.sub(r'<a class="govuk-link c-break" href="\1">\1</a>', str(escape(text))))  # noqa: S704 (escaped)


def _day_words(on: date) -> str:
    if is_english():
        return f"{on.day} {MONTHS[on.month - 1]} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日"
