"""Journeys of the front door: search over the published services, the guide of the front page, my page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from django.apps import apps

from civic.home.rules.search import Entry, Hit, Index


@dataclass(frozen=True)
class Guide:
    """The ways into the services that the front page offers."""

    themes: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    departments: tuple[Any, ...] = ()
    count: int = 0


def guide() -> Guide:
    return Guide()


def find_services(query: str) -> list[Any]:
    return []


def my_page(account: Any, *, at: datetime) -> dict[str, Any]:
    return {}
