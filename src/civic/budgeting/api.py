"""The systems' door of budgeting: reading rounds, proposals and results, and proposing."""

import json
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Query, Router

from civic.accounts.http import Caller as Request
from civic.accounts.http import bearer
from civic.budgeting.models import Proposal, Result, Round
from civic.budgeting.models.proposal import Idea
from civic.budgeting.round_schemas import ProposalIn, ProposalOut, ResultOut, RoundDetailOut, RoundOut
from civic.core.errors import FieldError, Invalid
from civic.core.http import keyset_page, with_etag
from civic.idempotency.http import keyed
from civic.participation.services import facts_of

router = Router(tags=["budgeting"])
MOST = 100


@router.get("/budget/rounds", auth=None, response=list[RoundOut], operation_id="list_rounds")
def list_rounds(
    request: Request, response: HttpResponse, limit: int = Query(50, ge=1, le=MOST), cursor: str = ""
) -> Any:
    """Return the published rounds, the newest first."""
    found = Round.objects.made_known().for_list()
    return keyset_page(request, response, found, by=("-prepared_at", "-pk"), limit=limit, cursor=cursor)


@router.get("/budget/rounds/{pk}", auth=None, response=RoundDetailOut, operation_id="get_round")
def get_round(request: Request, response: HttpResponse, pk: int) -> Any:
    """Return one round: its windows, what was frozen, how many have voted so far."""
    found = get_object_or_404(Round.objects.made_known().for_list().select_related("poll"), pk=pk)
    return with_etag(request, response, found)


@router.get("/budget/rounds/{pk}/proposals", auth=None, response=list[ProposalOut], operation_id="list_proposals")
def list_proposals(
    request: Request, response: HttpResponse, pk: int, limit: int = Query(50, ge=1, le=MOST), cursor: str = ""
) -> Any:
    """Return the proposals of a round, the oldest first, also those that were refused or merged."""
    get_object_or_404(Round.objects.made_known(), pk=pk)
    found = Proposal.objects.filter(round=pk).with_supports().select_related("section")
    return keyset_page(request, response, found, by=("proposed_at", "pk"), limit=limit, cursor=cursor)


@router.post("/budget/rounds/{pk}/proposals", auth=bearer, response={201: ProposalOut}, operation_id="propose")
def propose(request: Request, pk: int, payload: ProposalIn) -> HttpResponse:
    """Propose something, once; who proposes is who calls."""
    found, at, by = get_object_or_404(Round.objects.made_known().for_list(), pk=pk), now(), request.auth

    def effect() -> tuple[int, bytes, str]:
        facts = facts_of(by.person, lives_in=payload.lives_in)
        made = Proposal.objects.propose(found, _idea(found, payload), facts=facts, by=by, at=at)
        shown = ProposalOut.from_orm(Proposal.objects.with_supports().select_related("section").get(pk=made.pk))
        location = f"/api/budget/proposals/{made.pk}"
        return 201, json.dumps(shown.model_dump(mode="json"), ensure_ascii=False).encode(), location

    return keyed(request, effect, scope=by.ledger_id(), at=at)


@router.get("/budget/proposals/{pk}", auth=None, response=ProposalOut, operation_id="get_proposal")
def get_proposal(request: Request, response: HttpResponse, pk: int) -> Any:
    found = get_object_or_404(Proposal.objects.made_known().with_supports().select_related("section"), pk=pk)
    return with_etag(request, response, found)


@router.get("/budget/rounds/{pk}/results", auth=None, response=list[ResultOut], operation_id="list_results")
def list_results(request: Request, pk: int) -> Any:
    """Return the count of each pot of money; none before the count."""
    get_object_or_404(Round.objects.made_known(), pk=pk)
    return Result.objects.filter(round=pk)


def _idea(found: Round, payload: ProposalIn) -> Idea:
    section = found.sections.filter(name=payload.section).first()
    if section is None:
        words = _("这一轮没有这个分项。")
        raise Invalid(words, errors=[FieldError("/section", "unknown", words)])
    point: tuple[Decimal, Decimal] | None = None
    if payload.longitude is not None and payload.latitude is not None:
        point = (payload.longitude, payload.latitude)
    return Idea(payload.title, payload.problem, payload.cost, section, payload.place, point=point)
