"""The nouns of legal time."""

from civic.deadlines.models.calendar import CalendarDay, CalendarYear, published_calendar
from civic.deadlines.models.clock import Clock, clock_values
from civic.deadlines.models.interval import Interval
from civic.deadlines.models.rung import Fired, Rung

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "Clock",
    "Fired",
    "Interval",
    "Rung",
    "clock_values",
    "published_calendar",
]
