"""Journeys of the front door: finding services, and my page."""

from civic.home.services.find import Choice, Found, Guide, find_services, guide, why
from civic.home.services.my import Reading, readings_of

__all__ = ["Choice", "Found", "Guide", "Reading", "find_services", "guide", "readings_of", "why"]
