"""Every door says who may come in: the platform's pages, its API, and what third parties bring."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from ninja.constants import NOT_SET

from civic.config.api import api

# Third-party pages keep their own doors: each with who guards it.
THIRD_PARTY = {
    "django.contrib.admin": "staff, by the admin site itself",
    "allauth.": "by allauth's own decorators",
    "django.views.i18n": "public",
    "django.views.static": "public",
}


def _views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if route != "api/":  # the API's operations are asked below
                yield from _views(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def _module(view: object) -> str:
    return str(getattr(getattr(view, "view_class", view), "__module__", ""))


def test_every_page_declares_who_may_come_in() -> None:
    undeclared = [
        route
        for route, view in _views(get_resolver("civic.config.urls_all").url_patterns)
        if not getattr(view, "access", "") and not _module(view).startswith(tuple(THIRD_PARTY))
    ]

    assert undeclared == []


def test_every_operation_of_the_api_declares_its_authentication_and_name() -> None:
    undeclared = [
        f"{path} {sorted(operation.methods)}"
        for _, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        if operation.auth_param is NOT_SET or not operation.operation_id
    ]

    assert undeclared == []


def test_the_public_role_mounts_no_office_page() -> None:
    office = [route for route, _ in _views(get_resolver("civic.config.urls_portal").url_patterns) if "office" in route]

    assert office == []
