"""The Jinja2 environment of the pages: translations, components, formats."""

from functools import cache, lru_cache
from typing import Any

import jinja2
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]
from markupsafe import Markup

from civic.config import formats, frame, site
from civic.core import text


def environment(**options: Any) -> jinja2.Environment:
    """Return the environment: Django's translations as `_`, `url()`, `static()`, components as `ui` and `gov`."""
    govuk = jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")})
    loader = jinja2.ChoiceLoader([options.pop("loader"), govuk])
    env = jinja2.Environment(loader=loader, extensions=["jinja2.ext.i18n", "jinja2.ext.do"], **options)
    env.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(_=gettext, gettext=gettext)
    env.globals.update(
        url=reverse, static=cache(static), get_language=translation.get_language, Markup=Markup, site=site.load(),
        ui=OurComponents(env), gov=GovukComponents(env), local=text.local, has_chinese=text.has_chinese,
        field_options=text.local_labels,
    )  # fmt: skip
    env.globals.update(frame.GLOBALS)
    env.globals["qr_svg"] = formats.qr_svg
    env.globals["short_hash"] = formats.short_hash
    env.filters.update(localtime=template_localtime, day=formats.day, moment=formats.moment, linked=formats.linked)
    env.filters["percent"] = formats.percent
    return env


def gettext(message: str, /, **values: Any) -> Markup:
    """Return `message` in the reader's language with `values` put in, escaped.

    As Jinja2's own, which asks the context and Django for every word anew, and a page has fifty.
    """
    said = _said(message, translation.get_language())
    return said % values if "%" in said else said


@lru_cache(maxsize=10_000)
def _said(message: str, language: str | None) -> Markup:
    """Return `message` in `language`, which is the active one."""
    return Markup(translation.gettext(message))  # noqa: S704 (our own words)


class OurComponents:
    """Our macros as `ui.name(...)`, without an import: blocks rendered alone for htmx see them too."""

    def __init__(self, env: jinja2.Environment) -> None:
        self._env = env

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        macro = getattr(self._env.get_template(self._path(name)).module, self._macro(name))
        setattr(self, name, macro)
        return macro

    def _path(self, name: str) -> str:
        return f"core/components/{name}.html"

    def _macro(self, name: str) -> str:
        return name


class GovukComponents(OurComponents):
    """govuk-frontend's macros as `gov.errorSummary({...})`."""

    def _path(self, name: str) -> str:
        dashed = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
        return f"govuk_frontend_jinja/components/{dashed}/macro.html"

    def _macro(self, name: str) -> str:
        return f"govuk{name[0].upper()}{name[1:]}"
