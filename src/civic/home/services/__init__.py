"""Journeys of the front door: finding services, and my page."""

from civic.exchange.services.lists import told_to
from civic.home.services.find import Choice, Found, Guide, find_services, guide, why
from civic.home.services.my import FEW, Overview, Reading, overview_of, readings_of

__all__ = [
    "FEW",
    "Choice",
    "Found",
    "Guide",
    "Overview",
    "Reading",
    "find_services",
    "guide",
    "overview_of",
    "readings_of",
    "told_to",
    "why",
]
