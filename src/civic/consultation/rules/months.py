"""Months as people count them: from the 31st of August, half a year later is the last day of February. No Django."""

from calendar import monthrange
from datetime import date


def months_later(day: date, months: int) -> date:
    """Return the day of the same number so many months later, or the month's last day where it has none."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
