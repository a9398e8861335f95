"""The systems' door of budgeting: votes with secret ballots, and reading rounds, proposals, results; proposing."""

import json
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Field, Router

from civic.accounts.http import Caller, bearer
from civic.budgeting import services
from civic.budgeting.models import Poll, Proposal, Result, Round, Stub
from civic.budgeting.models.proposal import Idea
from civic.budgeting.poll_schemas import BallotIn, BlindedIn, PollOut, ReceiptOut, SignedOut, packed, unpacked
from civic.budgeting.round_schemas import ProposalIn, ProposalOut, ResultOut, RoundDetailOut, RoundOut
from civic.budgeting.states import Channel
from civic.core.errors import FieldError, Invalid
from civic.core.http import keyset_page, with_etag
from civic.idempotency.http import keyed
from civic.participation.services import facts_of

router = Router(tags=["polls"])
ROUNDS = ["rounds"]
Limit = Annotated[int, Field(ge=1, le=100)]


@router.get("/polls/{uuid:poll_id}", auth=None, operation_id="getPoll", response=PollOut)
def get_poll(request: HttpRequest, poll_id: UUID) -> PollOut:
    """Return what is voted on, as it was frozen, and how many ballots have come in."""
    return PollOut.of(_found(poll_id), at=now())


@router.post("/polls/{uuid:poll_id}/credential", auth=bearer, operation_id="issueCredential", response=SignedOut)
def issue_credential(request: Caller, poll_id: UUID, payload: BlindedIn) -> SignedOut:
    """Sign, unseen, the message that will be the caller's credential; once a person, the same message the same way."""
    signed = services.issue_credential(
        poll=_found(poll_id), blinded=unpacked(payload.blinded, "blinded"), lives_in=payload.lives_in,
        registered_in=payload.registered_in, channel=Channel.APP, by=request.auth, at=now(),
    )  # fmt: skip
    return SignedOut(signature=packed(signed))


@router.post("/polls/{uuid:poll_id}/ballots", auth=None, operation_id="castBallot", response=ReceiptOut)
def cast_ballot(request: HttpRequest, poll_id: UUID, payload: BallotIn) -> ReceiptOut:
    """Record a ballot against its credential, whoever sends it; sent again, it gets the same receipt."""
    return payload.cast(get_object_or_404(Poll, public_id=poll_id), at=now())


@router.get("/polls/{uuid:poll_id}/receipts/{receipt}", auth=None, operation_id="getReceipt", response=ReceiptOut)
def get_receipt(request: HttpRequest, poll_id: UUID, receipt: str) -> ReceiptOut:
    """Say whether a ballot with this receipt is recorded."""
    if not Stub.objects.filter(poll__public_id=poll_id, receipt=receipt).exists():
        raise Http404
    return ReceiptOut(receipt=receipt, is_first=False)


def _found(poll_id: UUID) -> Poll:
    found: Poll = get_object_or_404(Poll.objects.for_list(), public_id=poll_id)
    return found


@router.get("/budget/rounds", auth=None, response=list[RoundOut], tags=ROUNDS, operation_id="listRounds")
def list_rounds(request: Caller, response: HttpResponse, limit: Limit = 50, cursor: str = "") -> Any:
    """Return the published rounds, the newest first."""
    found = Round.objects.made_known().for_list()
    return keyset_page(request, response, found, by=("-prepared_at", "-pk"), limit=limit, cursor=cursor)


@router.get("/budget/rounds/{pk}", auth=None, response=RoundDetailOut, tags=ROUNDS, operation_id="getRound")
def get_round(request: Caller, response: HttpResponse, pk: int) -> Any:
    """Return one round: its windows, what was frozen, how many have voted so far."""
    found = get_object_or_404(Round.objects.made_known().for_list().select_related("poll"), pk=pk)
    return with_etag(request, response, found)


@router.get(
    "/budget/rounds/{pk}/proposals", auth=None, response=list[ProposalOut], tags=ROUNDS, operation_id="listProposals"
)
def list_proposals(request: Caller, response: HttpResponse, pk: int, limit: Limit = 50, cursor: str = "") -> Any:
    """Return the proposals of a round, the oldest first, also those that were refused or merged."""
    get_object_or_404(Round.objects.made_known(), pk=pk)
    found = Proposal.objects.filter(round=pk).with_supports().select_related("section")
    return keyset_page(request, response, found, by=("proposed_at", "pk"), limit=limit, cursor=cursor)


@router.post(
    "/budget/rounds/{pk}/proposals", auth=bearer, response={201: ProposalOut}, tags=ROUNDS, operation_id="propose"
)
def propose(request: Caller, pk: int, payload: ProposalIn) -> HttpResponse:
    """Propose something, once; who proposes is who calls."""
    found, at, by = get_object_or_404(Round.objects.made_known().for_list(), pk=pk), now(), request.auth

    def effect() -> tuple[int, bytes, str]:
        facts = facts_of(by.person, lives_in=payload.lives_in)
        made = Proposal.objects.propose(found, _idea(found, payload), facts=facts, by=by, at=at)
        shown = ProposalOut.from_orm(Proposal.objects.with_supports().select_related("section").get(pk=made.pk))
        location = f"/api/budget/proposals/{made.pk}"
        return 201, json.dumps(shown.model_dump(mode="json"), ensure_ascii=False).encode(), location

    return keyed(request, effect, scope=by.ledger_id(), at=at)


@router.get("/budget/proposals/{pk}", auth=None, response=ProposalOut, tags=ROUNDS, operation_id="getProposal")
def get_proposal(request: Caller, response: HttpResponse, pk: int) -> Any:
    found = get_object_or_404(Proposal.objects.made_known().with_supports().select_related("section"), pk=pk)
    return with_etag(request, response, found)


@router.get("/budget/rounds/{pk}/results", auth=None, response=list[ResultOut], tags=ROUNDS, operation_id="listResults")
def list_results(request: HttpRequest, pk: int) -> Any:
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
