"""Pages and fragments: one Jinja2 template per page, a block of it alone for htmx."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from django.template.loader import get_template
from jinja2_fragments import render_block
from markupsafe import Markup


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Return the whole page `template`."""
    return HttpResponse(get_template(template, using="jinja2").render(dict(context or {}), request), status=status)


def fragment(
    request: HttpRequest, template: str, block: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Return block `block` of `template` alone, with what the page itself would see."""
    engine = engines["jinja2"]
    values: dict[str, Any] = {
        "request": request,
        "csrf_input": csrf_input_lazy(request),
        "csrf_token": csrf_token_lazy(request),
    }
    for processor in engine.template_context_processors:  # type: ignore[attr-defined]
        values.update(processor(request))
    values.update(context or {})
    return HttpResponse(render_block(engine.env, template, block, values), status=status)  # type: ignore[attr-defined]


def piece(template: str, variables: Mapping[str, Any]) -> Markup:
    """Return a piece of a page that depends on `variables` and the language alone, so that it may be remembered."""
    return Markup(engines["jinja2"].env.get_template(template).render(variables))  # type: ignore[attr-defined]  # noqa: S704 (escaped by the template)


def part(request: HttpRequest, template: str, context: Mapping[str, Any]) -> Markup:
    """Return a part of a page that another room's page shows, with what a page sees."""
    return Markup(get_template(template, using="jinja2").render(dict(context), request))  # noqa: S704 (escaped by the template)


def page_or_fragment(
    request: HttpRequest, template: str, block: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Return `block` to htmx and the whole page to everyone else."""
    if request.headers.get("HX-Request") == "true":
        return fragment(request, template, block, context, status=status)
    return page(request, template, context, status=status)
