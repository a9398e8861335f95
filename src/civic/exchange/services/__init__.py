"""Journeys of the exchange: drawing data, contesting it, loading a city's lists, measuring the sources."""

from civic.exchange.results import Ask, Context, Denied, Disputed, Drawn, Result, Unavailable, Value
from civic.exchange.services.contesting import contest
from civic.exchange.services.drawing import draw
from civic.exchange.services.people import calls_about

__all__ = [
    "Ask",
    "Context",
    "Denied",
    "Disputed",
    "Drawn",
    "Result",
    "Unavailable",
    "Value",
    "calls_about",
    "contest",
    "draw",
]
