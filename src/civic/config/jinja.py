"""The Jinja2 environment of the pages: translations, components, formats."""

from typing import Any

import jinja2
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import template_localtime


def environment(**options: Any) -> jinja2.Environment:
    """Return the environment: Django's translations as `_`, `url()`, `static()`, govuk components."""
    loader = jinja2.ChoiceLoader([options.pop("loader"), jinja2.PackageLoader("govuk_frontend_jinja")])
    env = jinja2.Environment(
        loader=loader,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        undefined=jinja2.StrictUndefined if options.get("undefined") is None else options["undefined"],
        **{name: value for name, value in options.items() if name != "undefined"},
    )
    env.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(url=reverse, static=static, get_language=translation.get_language)
    env.filters["localtime"] = template_localtime
    return env
