"""The systems' door of consultation: what everybody may read, for programs."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router

from civic.consultation.models import Consultation, MapEdition, Report, Theme
from civic.consultation.rules.draft import name_of
from civic.consultation.schemas import MapOut, ReportOut, StatementOut, ThemeOut

router = Router(tags=["consultations"])


@router.get("/consultations/{pk}/statements", auth=None, response=list[StatementOut], operation_id="list_statements")
def statements(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """Return the statements that people vote on; how they vote is told by the map alone, where it may be."""
    return [{"id": one.handle, "words": one.public_words} for one in _known(pk).statements.shown().order_by("pk")]


@router.get("/consultations/{pk}/map", auth=None, response=MapOut, operation_id="get_opinion_map")
def opinion_map(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return the newest opinion map; 404 as long as the numbers do not suffice. Nobody's place or group is in it."""
    consultation = _known(pk)
    newest = get_object_or_404(MapEdition.objects.filter(consultation=consultation).order_by("-number")[:1])
    shown = {str(one.pk): one for one in consultation.statements.shown()}
    told = newest.told
    return {
        **told,
        "number": newest.number,
        "drawn_at": newest.drawn_at,
        "groups": [
            {**group, "typical": [
                {**one, "statement": shown[one["statement"]].handle}
                for one in group["typical"] if one["statement"] in shown
            ]}
            for group in told["groups"]
        ],
        "statements": [
            {**one, "statement": shown[one["statement"]].handle, "text": shown[one["statement"]].public_words}
            for one in told["statements"] if one["statement"] in shown
        ],
    }  # fmt: skip


@router.get("/consultations/{pk}/themes", auth=None, response=list[ThemeOut], operation_id="list_themes")
def themes(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """Return the themes in the order of their numbers; an answer is there once it is published."""
    found = []
    for one in Theme.objects.of(_known(pk)).for_list():
        version = one.changed_in if one.is_answered else None
        said = {name: getattr(one, name) for name in ("verdict", "reason", "measure")} if one.is_answered else {}
        found.append({
            "number": one.number, "title": one.title, "opinions": one.opinions, "answered_at": one.answered_at, **said,
            "version": version.number if version else None,
            "clause": name_of(one.anchor) if version else "",
        })  # fmt: skip
    return found


@router.get("/consultations/{pk}/report", auth=None, response=ReportOut, operation_id="get_consultation_report")
def report(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return the published report; 404 as long as not every point has its answer."""
    found: Report = get_object_or_404(Report, consultation=_known(pk))
    figures: dict[str, Any] = found.figures
    return figures


def _known(pk: int) -> Consultation:
    found: Consultation = get_object_or_404(Consultation.objects.made_known(), pk=pk)
    return found
