"""Which doors a role of the image mounts: the public role cannot serve an official's page by mistake."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

Patterns = list[URLPattern | URLResolver]


def patterns(*doors: str) -> Patterns:
    """Return the URL patterns of `doors` ("portal", "office", "api") of every room, and the operator's pages."""
    found: Patterns = [path("", include("civic.config.operator_urls"))]
    if "api" in doors:  # before the pages: what comes first is found first, and programs ask most often
        from civic.config.api import api
        from civic.config.api_docs import docs

        found += [path("api/docs", docs), path("api/", api.urls)]
    if "office" in doors:
        from civic.config.office import front

        found.append(path("office/", front))
    for room in reversed(settings.CIVIC_APPS):
        if find_spec(f"{room}.urls") is None:
            continue
        urls = import_module(f"{room}.urls")
        if "portal" in doors:
            found += getattr(urls, "portal", [])
        if "api" in doors:
            found += getattr(urls, "api", [])
        if "office" in doors and getattr(urls, "office", []):
            found.append(path("office/", include(urls.office)))
    return found
