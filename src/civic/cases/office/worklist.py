"""The worklist: what is mine to do, most urgent first, filtered, saved, handled in bulk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from markupsafe import Markup

from civic.accounts.http import SignedIn
from civic.cases.lights import light_on, words_of
from civic.cases.lines import Line, lines_of
from civic.cases.models import Case, SavedFilter
from civic.cases.querysets import CaseQuerySet
from civic.cases.states import CaseState
from civic.core import access
from civic.core.errors import Refusal, Unavailable
from civic.core.http import keyset_cut, keyset_slice
from civic.core.ids import normalise_number
from civic.core.pages import page, page_or_fragment, piece
from civic.deadlines.calendars import Calendar, city_day
from civic.deadlines.models import published_calendar

PAGE_SIZE = 50
BULK_MAX = 500
REMEMBERED = 2000  # rows of markup a process keeps: about 4 MB
BY_URGENCY = ("act_by", "pk")


@dataclass(frozen=True)
class Outcome:
    """What a bulk action did to one case."""

    number: str
    is_done: bool
    words: str


@access.official("window_clerk", "unit_handler", "unit_leader", "supervisor", "auditor")
@require_GET
def worklist(request: SignedIn) -> HttpResponse:
    """List cases of the department; a complete number typed into the search leads straight to the case."""
    at, typed = now(), normalise_number(request.GET.get("q", ""))
    if typed and (exact := Case.objects.visible_to(request.user, at=at).filter(number=typed).first()) is not None:
        return redirect(f"/office/cases/{exact.number}/")
    response = HttpResponse()
    view = _view(request)
    lines = _page(request, response, _filtered(request, at, view), at)
    if not lines and "view" not in request.GET:  # who leads no case has other departments' cases to work on
        view = "task"
        lines = _page(request, response, _filtered(request, at, view), at)
    may_accept = request.user.has_any_role("window_clerk")
    context = {
        "rows": _rows(lines, at, may_accept=may_accept),
        "views": VIEWS,
        "view": view,
        "states": _states(get_language()),
        "filters": {name: request.GET.get(name, "") for name in ("q", "state", "service", "light")},
        "saved": SavedFilter.objects.saved_by(request.user.pk),
        "next": response.headers.get("Link", "").partition(">")[0].lstrip("<"),
        "query": urlencode({name: value for name, value in request.GET.items() if value and name != "cursor"}),
        "may_accept": may_accept,
    }
    return page_or_fragment(request, "cases/office/worklist.html", "rows", context)


@lru_cache(maxsize=8)
def _states(language: str) -> list[tuple[str, str]]:
    """Return every state with its name in `language`, which is the active one: said once, not on every page."""
    return [(state.value, str(state.label)) for state in CaseState]


@access.official("window_clerk", "unit_handler", "unit_leader", "supervisor", "auditor")
@require_POST
def save_filter(request: SignedIn) -> HttpResponse:
    """Keep the present filter under a name; an empty name deletes what is chosen."""
    name, query = request.POST.get("name", "").strip()[:40], request.POST.get("query", "")[:400]
    if name:
        SavedFilter.objects.update_or_create(owner=request.user, name=name, defaults={"query": query})
    else:
        SavedFilter.objects.filter(owner=request.user, pk__in=request.POST.getlist("delete")).delete()
    return redirect(f"/office/cases/?{query}")


@access.official("window_clerk")
@require_POST
def bulk_acceptance(request: SignedIn) -> HttpResponse:
    """Accept the chosen cases, each by itself: one that cannot be accepted does not keep the others."""
    chosen = list(dict.fromkeys(request.POST.getlist("number")))[:BULK_MAX]
    at = now()
    visible = Case.objects.visible_to(request.user, at=at)
    found = {case.number: case for case in visible.filter(number__in=chosen).for_list()}
    outcomes = [_try(found.get(number), number, lambda case: case.accept(by=request.user, at=at)) for number in chosen]
    return page(request, "cases/office/bulk.html", {"outcomes": outcomes, "done": sum(o.is_done for o in outcomes)})


def _try(case: Case | None, number: str, step: Callable[[Case], None]) -> Outcome:
    if case is None:
        return Outcome(number, False, _("没有找到，或不归您的部门办理。"))
    try:
        step(case)
    except Unavailable:  # nothing can be recorded now: that is no matter of this one case
        raise
    except Refusal as refusal:
        return Outcome(number, False, refusal.message)
    return Outcome(number, True, _("已受理"))


def _view(request: SignedIn) -> str:
    view = request.GET.get("view", "lead")
    return view if view in VIEWS else "lead"


def _page(request: SignedIn, response: HttpResponse, found: CaseQuerySet, at: datetime) -> list[Line]:
    """Return the page of lines that the cursor asks for, and the next one's address in `response`."""
    chosen = keyset_slice(found, by=BY_URGENCY, limit=PAGE_SIZE, cursor=request.GET.get("cursor", ""))
    return keyset_cut(request, response, lines_of(chosen, at=at), by=BY_URGENCY, limit=PAGE_SIZE)


def _rows(lines: list[Line], at: datetime, *, may_accept: bool) -> Markup:
    """Return the rows of the table."""
    today, calendar, language = city_day(at), published_calendar(), get_language()
    rows = (_row(line, today, calendar, may_accept, language) for line in lines)
    return Markup("".join(rows))  # noqa: S704 (each escaped by its template)


@lru_cache(maxsize=REMEMBERED)
def _row(line: Line, today: date, calendar: Calendar, may_accept: bool, language: str | None) -> str:
    """Return one row; remembered, as it depends on nothing but this: `calendar` is the one its days are counted by.

    The markup holds the name masked, and the line the subject's key as it is stored now: once that is destroyed, it is
    another line, on which the name is gone.
    """
    act_on, submitted_on = _day(line.act_by), _day(line.submitted_at)
    begun_on = _day(line.accepted_at) if line.accepted_at else submitted_on
    light, left = light_on(today, line.state, begun_on=begun_on, act_on=act_on, is_over=line.is_over)
    variables = {
        "line": line,
        "submitted_on": submitted_on,
        "light": light,
        "words": words_of(light, left),
        "state": CaseState(line.state).label,
        "may_choose": may_accept and line.state == CaseState.SUBMITTED,
    }
    return piece("cases/office/row.html", variables)


def _day(instant: str) -> date:
    return city_day(datetime.fromisoformat(instant))


VIEWS = ("lead", "task", "all", "ended")


def _filtered(request: SignedIn, at: datetime, view: str) -> CaseQuerySet:
    """Return the cases of the view that meet the filters."""
    department = request.user.department_id
    narrowed: dict[str, Callable[[], CaseQuerySet]] = {
        "lead": lambda: Case.objects.led_by(department).open(),
        "task": lambda: Case.objects.with_open_task_at(department or 0).open(),
        "all": lambda: Case.objects.visible_to(request.user, at=at).open(),
        "ended": lambda: Case.objects.led_by(department).ended(),
    }
    found = narrowed["all" if request.user.has_any_role("auditor") else view]()
    if state := request.GET.get("state"):
        found = found.filter(state=state)
    if code := request.GET.get("service"):
        found = found.of_service(code)
    if typed := normalise_number(request.GET.get("q", "")):
        found = found.numbered(typed)
    if request.GET.get("light") == "red":
        found = found.overdue(at=at)
    return found
