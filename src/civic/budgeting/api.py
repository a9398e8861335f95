"""The systems' door of a vote: a credential for who may vote, then a ballot from nobody in particular."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from ninja import Router

from civic.accounts.http import Caller, bearer
from civic.budgeting import services
from civic.budgeting.models import Poll, Stub
from civic.budgeting.poll_schemas import BallotIn, BlindedIn, PollOut, ReceiptOut, SignedOut, packed, unpacked
from civic.budgeting.states import Channel

router = Router(tags=["polls"])


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
