"""Residents' door: the opinion map, what became of every point, and the report. Shows nobody's name."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.decorators.http import require_GET
from markupsafe import Markup

from civic.consultation.models import Consultation, MapEdition, Opinion, Report, Theme
from civic.consultation.portal.reading import base, known
from civic.consultation.rules.draft import name_of
from civic.consultation.rules.suffice import Rule
from civic.consultation.services import report_paper
from civic.consultation.shown import map_page
from civic.consultation.states import Verdict
from civic.core import access
from civic.core.pages import page


@dataclass(frozen=True)
class Answered:
    """A theme with the clause that its answer changed, and the opinions in it."""

    theme: Theme
    clause: str
    words: str
    opinions: list[Opinion]


@access.public
@require_GET
def opinion_map(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest map with its twin in tables, or what is missing for one."""
    found = known(pk)
    newest = MapEdition.objects.newest(found)
    shown = map_page(newest, found) if newest else None
    drawn = Markup(newest.picture(get_language() or "")) if newest else ""  # noqa: S704 (drawn and escaped by us)
    context = base(request, found) | {"shown": shown, "picture": drawn, "rule": Rule()}
    return page(request, "consultation/portal/map.html", context)


@access.public
@require_GET
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Every theme with its answer and the opinions in it; a reader's own are marked."""
    found = known(pk)
    themes = answered(found)
    person = request.user.person_id if request.user.is_authenticated else None
    own = Opinion.objects.filter(consultation=found, author=person) if person else Opinion.objects.none()
    verdicts = [one.theme.verdict for one in themes if one.theme.is_answered]
    context = base(request, found) | {
        "themes": themes,
        "counts": [(one.label, verdicts.count(one.value)) for one in Verdict] if verdicts else [],
        "own": set(own.values_list("handle", flat=True)),
        "loose": Opinion.objects.filter(consultation=found, placing=None).public().count(),
        "follow_ups": list(found.follow_ups.order_by("months")),
        "report": Report.objects.filter(consultation=found).exists(),
    }
    return page(request, "consultation/portal/outcome.html", context)


@access.public
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    made = _report(pk)
    context = base(request, made.consultation) | {"report": made, "page": report_paper.page_of(made.figures)}
    return page(request, "consultation/portal/report.html", context)


@access.public
@require_GET
def report_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as a worker has set it."""
    made = _report(pk)
    if made.pdf is None:
        raise Http404
    return _file(bytes(made.pdf), f"consultation-{pk}.pdf", "application/pdf")


@access.public
@require_GET
def report_csv(request: HttpRequest, pk: int) -> HttpResponse:
    return _file(report_paper.report_csv(_report(pk)).encode(), f"consultation-{pk}.csv", "text/csv; charset=utf-8")


@access.public
@require_GET
def report_json(request: HttpRequest, pk: int) -> HttpResponse:
    return JsonResponse(_report(pk).figures, json_dumps_params={"ensure_ascii": False, "indent": 1})


def answered(consultation: Consultation) -> list[Answered]:
    """Return the themes as everybody reads them; a draft of an answer is nobody's business yet."""
    by_theme: dict[int, list[Opinion]] = {}
    for opinion in Opinion.objects.filter(consultation=consultation).public().in_themes():
        by_theme.setdefault(opinion.placing.theme_id, []).append(opinion)
    found = []
    for theme in Theme.objects.of(consultation).for_list():
        version = theme.changed_in if theme.is_answered else None
        cited = name_of(theme.anchor) if version else ""
        words = theme.clause_words() if version else ""
        found.append(Answered(theme, cited, words, by_theme.get(theme.pk, [])))
    return found


def _report(pk: int) -> Report:
    found = Report.objects.select_related("consultation__unit").filter(
        consultation__in=Consultation.objects.made_known()
    )
    made: Report = get_object_or_404(found, consultation=pk)
    return made


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
