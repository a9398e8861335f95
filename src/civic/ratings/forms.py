"""What residents and officials type into the pages of ratings."""

from datetime import date, datetime

from django.http import QueryDict
from django.utils.timezone import get_default_timezone

from civic.ratings.models import Opinion


def typed_opinion(typed: QueryDict) -> Opinion:
    """Return the opinion in a posted form."""
    return Opinion.typed(typed.get("grade", ""), typed.getlist("reasons"), typed.get("comment", ""))


def month_start(text: str, *, later: int = 0) -> datetime | None:
    """Return the first instant of month `2026-03`, or of the month `later` months after it; None for nothing."""
    if not text:
        return None
    year, month = (int(part) for part in text.split("-"))
    index = year * 12 + month - 1 + later
    return datetime(index // 12, index % 12 + 1, 1, tzinfo=get_default_timezone())


def last_months(on: date, *, many: int = 24) -> list[str]:
    """Return the month of `on` and those before it, newest first, as `2026-03`."""
    newest = on.year * 12 + on.month - 1
    return [f"{index // 12}-{index % 12 + 1:02d}" for index in range(newest, newest - many, -1)]
