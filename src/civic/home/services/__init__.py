"""Journeys of the front door: finding services, and my page."""

from civic.home.services.find import Choice, Found, Guide, find_services, guide, why
from civic.home.services.my import Overview, Reading, overview_of, readings_of

__all__ = [
    "Choice",
    "Found",
    "Guide",
    "Overview",
    "Reading",
    "find_services",
    "guide",
    "overview_of",
    "readings_of",
    "why",
]
