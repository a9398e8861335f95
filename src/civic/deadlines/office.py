"""Operators' door: the years of the working calendar, and entering the official notice of a new one."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods

from civic.core import access
from civic.core.pages import page
from civic.deadlines import official_year, services
from civic.deadlines.calendars import Calendar
from civic.deadlines.forms import CalendarYearForm
from civic.deadlines.models import CalendarYear, published_calendar

WEEKDAYS = (_lazy("周一"), _lazy("周二"), _lazy("周三"), _lazy("周四"), _lazy("周五"), _lazy("周六"), _lazy("周日"))


@access.official("operator", "auditor")
@require_GET
def calendar_years(request: HttpRequest) -> HttpResponse:
    """The years that are published, and who published them."""
    calendar = published_calendar(fresh=True)
    context = {
        "years": sorted(calendar.years, reverse=True),
        "entered": {year.year: year for year in CalendarYear.objects.newest()},
        "history": CalendarYear.objects.for_list(),
        "warning": services.missing_year_warning(on=localdate(now())),
        "may_enter": request.user.has_any_role("operator"),  # type: ignore[union-attr]
    }
    return page(request, "deadlines/office/years.html", context)


@access.official("operator", "auditor")
@require_GET
def calendar_year(request: HttpRequest, year: int) -> HttpResponse:
    """The days of one year that the notice takes out of the regular week."""
    calendar = published_calendar(fresh=True)
    if year not in calendar.years:
        raise Http404
    entered = CalendarYear.objects.filter(year=year).order_by("-pk").first()
    return page(
        request, "deadlines/office/year.html", {"year": year, "rows": _rows(calendar, year), "entered": entered}
    )


@access.official("operator")
@require_http_methods(["GET", "POST"])
def enter_year(request: HttpRequest) -> HttpResponse:
    """Enter a year: type, look at what it comes to, confirm."""
    if request.method == "GET":
        return _form_page(request, CalendarYearForm(initial={"year": request.GET.get("year", "")}))
    form = CalendarYearForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=400)
    if "confirm" not in request.POST:
        return _form_page(request, form, preview=_preview(form))
    year = form.cleaned_data["year"]
    CalendarYear.objects.enter(
        year=year,
        notice=form.notice(),
        published_on=form.cleaned_data["published_on"],
        days=form.official_days,
        by=request.user,
        at=now(),
    )
    messages.success(request, _("%(year)s年工作日历已生效，在办时限正在重新计算。") % {"year": year})
    return redirect("calendar-years")


def _form_page(request: HttpRequest, form: CalendarYearForm, *, status: int = 200, **more: Any) -> HttpResponse:
    return page(request, "deadlines/office/enter.html", {"form": form, "errors": form.errors, **more}, status=status)


def _preview(form: CalendarYearForm) -> dict[str, Any]:
    """Return what the typed notice comes to: its days, the number of working days, what is out of the ordinary."""
    year, days = form.cleaned_data["year"], form.official_days
    exceptions = services.days_of(days, form.notice())
    calendar = Calendar([year], exceptions)
    net = official_year.net_days_off(days)
    return {
        "rows": _rows(calendar, year),
        "workdays": len(calendar.workdays),
        "net": net,
        "unusual": net != official_year.STATUTORY_DAYS,
        "replaces": year in published_calendar().years,
    }


def _rows(calendar: Calendar, year: int) -> list[dict[str, str]]:
    """Return a line for each run of days with the same arrangement."""
    names = {"WORK": _("上班"), "OFF": _("放假"), "MORNING": _("上午上班"), "AFTERNOON": _("下午上班")}
    rows: list[dict[str, str]] = []
    last: tuple[date, object] | None = None
    for on in sorted(on for on in calendar.exceptions if on.year == year):
        day = calendar.day(on)
        if last and last[0] == on - timedelta(days=1) and last[1] == (day.kind, day.name):
            rows[-1]["to"] = _with_weekday(on)
        else:
            rows.append({"from": _with_weekday(on), "to": "", "kind": names[day.kind], "name": day.name})
        last = (on, (day.kind, day.name))
    return rows


def _with_weekday(on: date) -> str:
    return f"{on} {WEEKDAYS[on.weekday()]}"
