"""The systems' door of consultation: reading drafts and opinions, speaking, supporting."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from ninja import Query, Router

from civic.accounts.http import Caller, bearer
from civic.areas.models import Area
from civic.consultation.models import Consultation, MapEdition, Opinion, Reception, Report, Theme
from civic.consultation.models.opinion import Saying
from civic.consultation.rules.draft import name_of
from civic.consultation.schemas import (
    AskedIn,
    ConsultationOut,
    DraftOut,
    MapOut,
    OpinionIn,
    OpinionOut,
    ReportOut,
    SpokenOut,
    StanceIn,
    StanceOut,
    StatementOut,
    ThemeOut,
    WordsIn,
)
from civic.consultation.services import reading
from civic.consultation.services.speaking import speak, stand
from civic.idempotency.http import keyed

router = Router(tags=["consultations"])
MOST = 100


@router.get("/consultations", auth=None, response=list[ConsultationOut], operation_id="list_consultations")
def consultations(request: HttpRequest) -> list[dict[str, Any]]:
    """Return what was put before the public, the newest first."""
    listed = list(Consultation.objects.made_known().for_list()[:MOST])
    ends = reading.open_until(listed, at=now())
    return [_told(one, ends) for one in listed]


@router.get("/consultations/{pk}", auth=None, response=DraftOut, operation_id="get_consultation")
def consultation(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return one draft clause by clause, with how many opinions stand on each."""
    found = _known(pk)
    version = get_object_or_404(found.versions.made_known().newest_first()[:1])
    clauses = [
        {"anchor": one.clause.anchor, "kind": one.clause.kind.value, "label": one.clause.label,
         "words": one.clause.words, "opinions": one.opinions}
        for one in reading.passages(version)
    ]  # fmt: skip
    on_whole = reading.opinions_on_clauses(found).get("", 0)
    return _told(found, reading.open_until([found], at=now())) | {
        "summary": found.summary, "reasons": found.reasons, "version": version.number, "clauses": clauses,
        "opinions_on_whole": on_whole,
    }  # fmt: skip


@router.get("/consultations/{pk}/opinions", auth=None, response=list[OpinionOut], operation_id="list_opinions")
def opinions(request: HttpRequest, pk: int, asked: Query[AskedIn]) -> list[dict[str, Any]]:
    """Return public opinions on a clause of the newest version ("": on the whole; none named: all)."""
    found = _known(pk)
    rows = reading.listed(found, anchor=asked.anchor, order=asked.order)
    keys = list(rows[asked.offset : asked.offset + asked.limit])
    return [_read(one) for one in reading.voices(found, keys, person=None)]


@router.post("/consultations/{pk}/near", auth=None, response=list[OpinionOut], operation_id="find_near_opinions")
def near(request: HttpRequest, pk: int, payload: WordsIn) -> list[dict[str, Any]]:
    """Return the public opinions that say nearly the same; ask before you post, and support one instead."""
    found = _known(pk)
    keys = [one.opinion.pk for one in reading.near_opinions(found, payload.words)]
    return [_read(one) for one in reading.voices(found, keys, person=None)]


@router.post("/consultations/{pk}/opinions", auth=bearer, response={201: SpokenOut}, operation_id="speak")
def post_opinion(request: Caller, pk: int, payload: OpinionIn) -> HttpResponse:
    """Say something once; a repeat with the same Idempotency-Key gets the same answer."""
    found, at = _known(pk), now()
    known = found.versions.made_known().newest_first()
    version = get_object_or_404(known, number=payload.version) if payload.version else get_object_or_404(known[:1])

    def effect() -> tuple[int, bytes, str]:
        saying = Saying(payload.words, version, payload.anchor, is_named=payload.is_named)
        made = speak(saying=saying, by=request.auth, at=at, lives_in=_area(payload.area))
        body = SpokenOut(handle=made.handle, state=made.state).model_dump_json().encode()
        return 201, body, f"/api/consultations/{pk}/opinions"

    return keyed(request, effect, scope=request.auth.ledger_id(), at=at)


@router.put("/opinions/{handle}/stance", auth=bearer, response=StanceOut, operation_id="take_stance")
def take_stance(request: Caller, handle: UUID, payload: StanceIn) -> dict[str, Any]:
    """Support an opinion, doubt it, or take that back; asking again changes nothing."""
    opinion = get_object_or_404(Opinion.objects.visible_to(request.auth).for_list(), handle=handle)
    made = stand(opinion=opinion, side=payload.side, by=request.auth, at=now(), lives_in=_area(payload.area))
    counted = Reception.objects.get(opinion=made.opinion_id)
    return {"side": made.side, "supports": counted.supports, "doubts": counted.doubts}


@router.get("/consultations/{pk}/statements", auth=None, response=list[StatementOut], operation_id="list_statements")
def list_statements(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """Return the statements that people vote on; how they vote is told by the map alone, where it may be."""
    return [{"id": one.handle, "words": one.public_words} for one in _known(pk).statements.shown().order_by("pk")]


@router.get("/consultations/{pk}/map", auth=None, response=MapOut, operation_id="get_opinion_map")
def get_map(request: HttpRequest, pk: int) -> dict[str, Any]:
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
def list_themes(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
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
def get_report(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Return the published report; 404 as long as not every point has its answer."""
    found: Report = get_object_or_404(Report, consultation=_known(pk))
    figures: dict[str, Any] = found.figures
    return figures


def _known(pk: int) -> Consultation:
    found: Consultation = get_object_or_404(Consultation.objects.made_known().for_list(), pk=pk)
    return found


def _area(code: str) -> Area | None:
    return Area.objects.filter(code=code).first() if code else None


def _told(one: Consultation, ends: dict[int, datetime]) -> dict[str, Any]:
    return {
        "id": one.pk, "title": one.title, "unit": one.unit.name, "state": one.state, "published_at": one.published_at,
        "open_until": ends.get(one.pk), "is_demonstration": one.is_demonstration,
    }  # fmt: skip


def _read(voice: reading.Voice) -> dict[str, Any]:
    one = voice.opinion
    return {
        "handle": one.handle, "words": one.public_words, "version": voice.place.version, "anchor": voice.place.anchor,
        "outcome": voice.place.outcome.value, "source": one.source, "signature": one.signature, "said_at": one.said_at,
        "supports": one.reception.supports, "doubts": one.reception.doubts, "others_said_it": one.merged_count,
    }  # fmt: skip
