"""Residents' door: find a service, read what it takes, see whether one may apply."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import get_template
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from markupsafe import Markup

from civic.catalogue import rules, shelf
from civic.catalogue.models import Theme, Version
from civic.catalogue.rules import words
from civic.catalogue.sheet import changes, sheet
from civic.catalogue.shelf import Entry, Question
from civic.catalogue.states import Source
from civic.core import access
from civic.core.pages import page
from civic.core.text import is_english

PER_PAGE = 20
MODES = ("elder", "contrast")  # cookies of the ways of showing a page
NUMBER_HERE = "%request-number%"  # no number given from outside can hold a percent sign
FILTERS = ("q", "theme", "life_event", "department", "audience")


@access.public
@require_GET
def service_list(request: HttpRequest) -> HttpResponse:
    """The services, by theme, event of life, department and audience."""
    store, given = shelf.current(), {name: request.GET.get(name, "").strip()[:100] for name in FILTERS}
    online, every = request.GET.get("online") == "1", request.GET.get("all") == "1"
    question = Question(**given, source="" if every else Source.CITY, online=True if online else None)
    found = list(store.find(question))
    number = _page_number(request, len(found))
    keep = {**given, "online": "1" if online else "", "all": "1" if every else ""}
    context = {
        "rows": found[(number - 1) * PER_PAGE : number * PER_PAGE],
        "count": len(found),
        "page": number,
        "pages": max(1, -(-len(found) // PER_PAGE)),
        "given": keep,
        "address": lambda n: _address(request, keep, n),
        "query": given["q"],
        **_choices(store),
    }
    return page(request, "catalogue/portal/list.html", context)


def _page_number(request: HttpRequest, count: int) -> int:
    """Return the page asked for; whatever is not a page is the nearest one."""
    text = request.GET.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    return max(1, min(number, -(-count // PER_PAGE)))


def _address(request: HttpRequest, keep: dict[str, str], number: int) -> str:
    query = request.GET.copy()
    query.clear()
    query.update({name: value for name, value in keep.items() if value} | {"page": str(number)})
    return f"{request.path}?{query.urlencode()}"


def _choices(store: shelf.Shelf) -> dict[str, Any]:
    """Return what the filters offer: only what some service of the city has; kept until the catalogue changes."""
    key = ("choices", get_language())
    found: dict[str, Any] | None = store.remembered(key)
    if found is None:
        entries = list(store.find(Question(source=Source.CITY)))
        themes = Theme.objects.all()
        found = {
            "themes": _used(themes, Theme.Kind.THEME, words.THEMES, {entry.theme for entry in entries}),
            "life_events": _used(
                themes,
                Theme.Kind.LIFE_EVENT,
                words.LIFE_EVENTS,
                {event for entry in entries for event in entry.life_events},
            ),
            "departments": sorted({(e.department_code, _department(e)) for e in entries}, key=lambda pair: pair[1]),
        }
        store.remember(key, found)
    return found


def _used(themes: Any, kind: str, otherwise: Any, used: set[str]) -> list[tuple[str, str]]:
    stored = [(theme.name, theme.name_en) for theme in themes if theme.kind == kind] or list(otherwise.items())
    return [(name, english if english and is_english() else name) for name, english in stored if name in used]


def _department(entry: Entry) -> str:
    return entry.department_en if entry.department_en and is_english() else entry.department


@access.public
@require_GET
def service_page(request: HttpRequest, code: str) -> HttpResponse:
    """One service: what it is, who may apply, how long, what to bring, where; and the way in."""
    store = shelf.current()
    entry = _entry(code, store)
    if not _is_stranger(request):
        return _service_page(request, entry, store)
    key = ("page", code, get_language(), *(request.COOKIES.get(name) == "1" for name in MODES))
    kept: bytes | None = store.remembered(key)
    if kept is None:
        kept = store.remember(key, _without_number(request, entry, store))
    response = HttpResponse(kept.replace(NUMBER_HERE.encode(), request.id.encode()))  # type: ignore[attr-defined]
    patch_vary_headers(response, ("Cookie", "Accept-Language"))
    return response


def _is_stranger(request: HttpRequest) -> bool:
    """Whether the whole page is the same as for every other visitor in this language and these modes."""
    personal = (settings.SESSION_COOKIE_NAME, "messages")
    return not request.META.get("QUERY_STRING") and not any(name in request.COOKIES for name in personal)


def _without_number(request: HttpRequest, entry: Entry, store: shelf.Shelf) -> bytes:
    """Return the page with a mark where the request's number stands, for every later request to put its own."""
    number = request.id  # type: ignore[attr-defined]
    request.id = NUMBER_HERE  # type: ignore[attr-defined]
    try:
        return _service_page(request, entry, store).content
    finally:
        request.id = number  # type: ignore[attr-defined]


def _service_page(request: HttpRequest, entry: Entry, store: shelf.Shelf) -> HttpResponse:
    context = {"entry": entry, "name": _name(entry), "body": _body(entry, store), "active": "services"}
    return page(request, "catalogue/portal/service.html", context)


def _entry(code: str, store: shelf.Shelf | None = None) -> Entry:
    entry = (store or shelf.current()).by_code.get(code)
    if entry is None:
        raise Http404(_("没有这个编码的已发布事项。"))
    return entry


def _name(entry: Entry) -> str:
    return entry.name_en if entry.name_en and is_english() else entry.name


def _body(entry: Entry, store: shelf.Shelf) -> Markup:
    """Return the page's body, written once for each version and language: it is the same for everybody."""
    key = ("body", entry.code, get_language())
    body: Markup | None = store.remembered(key)
    if body is None:
        version = shelf.version(entry.version_id)
        template = get_template("catalogue/portal/service_body.html", using="jinja2")
        body = Markup(template.render({"sheet": sheet(version), "preview": False}))  # noqa: S704 -- our own template
        store.remember(key, body)
    return body


@access.public
@require_http_methods(["GET", "POST"])
def eligibility(request: HttpRequest, code: str) -> HttpResponse:
    """Answer a few questions, and learn whether one may apply. The answers are not stored and not in the address."""
    entry = _entry(code)
    version = shelf.version(entry.version_id)
    if not version.eligibility:
        raise Http404(_("这个事项没有资格自测。"))
    context: dict[str, Any] = {
        "entry": entry,
        "name": _name(entry),
        "questions": rules.questions(version.eligibility),
        "given": {},
        "errors": [],
        "outcome": None,
        "active": "services",
    }
    if request.method == "POST":
        given = {name: str(value)[:200] for name, value in request.POST.items()}
        answers, errors = rules.parse_answers(version.eligibility, given, get_language() or "zh")
        outcome = None if errors else rules.eligibility(version.eligibility, answers)
        context.update(given=given, errors=errors, outcome=outcome)
    return page(request, "catalogue/portal/eligibility.html", context, status=400 if context["errors"] else 200)


@access.public
@require_GET
def version_list(request: HttpRequest, code: str) -> HttpResponse:
    """The versions that are or were in force, with what each changed."""
    entry = _entry(code)
    versions = list(Version.objects.visible_to(None).filter(service=entry.id).for_history())
    pairs = zip(versions, [*versions[1:], None], strict=True)
    context = {
        "entry": entry,
        "name": _name(entry),
        "active": "services",
        "history": [{"version": new, "changes": changes(old, new) if old else []} for new, old in pairs],
    }
    return page(request, "catalogue/portal/versions.html", context)


@access.public
@require_GET
def version_page(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One version as it was in force."""
    found = Version.objects.visible_to(None).select_related("service", "department")
    version = get_object_or_404(found, service__code=code, number=number)
    context = {"version": version, "sheet": sheet(version), "active": "services"}
    return page(request, "catalogue/portal/version.html", context)
