"""Every route of the platform with its methods, read from the URLconf and the API themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from civic.config.api import api

MUTATING = {"POST", "PUT", "PATCH", "DELETE"}
ANY = frozenset({"GET", "POST"})


@dataclass(frozen=True)
class Route:
    """One address with one method; `access` is what the door declares, or the API's authentication."""

    method: str
    path: str
    access: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes() -> list[Route]:
    """Return every route, in the order of their addresses."""
    pages = [
        Route(method, "/" + path, getattr(view, "access", ""))
        for path, view in _views(get_resolver("civic.config.urls_all").url_patterns)
        for method in methods_of(view)
    ]
    operations = [
        Route(method, "/api" + path, "bearer" if operation.auth_callbacks else "public")
        for _, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    ]
    return sorted({*pages, *operations}, key=lambda route: (route.path, route.method))


def mutating() -> list[Route]:
    """Return the routes that may change something."""
    return [route for route in routes() if route.method in MUTATING]


def methods_of(view: Any) -> frozenset[str]:
    """Return the methods a view lets in: what its decorators say; GET and POST where they say nothing."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            found = cell.cell_contents
            if isinstance(found, list) and found and all(isinstance(m, str) and m.isupper() for m in found):
                return frozenset(found)
        view = getattr(view, "__wrapped__", None)
    return ANY


def _views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if route != "api/":
                yield from _views(pattern.url_patterns, route)
        else:
            yield route, pattern.callback
