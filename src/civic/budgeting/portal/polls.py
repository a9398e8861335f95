"""Residents' door of a vote: the ballot paper, one's credential, the box, and what anybody may check.

Nothing is kept that joins a credential's owner with a ballot: the ballot comes without cookie, token or session, this
door looks at neither user nor address, and no line of a log is written.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from ninja import Schema

from civic.accounts.http import SignedIn
from civic.budgeting import services
from civic.budgeting.files import stubs_csv, zipped
from civic.budgeting.models import Mark, Poll, Stub
from civic.budgeting.models.poll import ACT, LEAST_BALLOTS
from civic.budgeting.poll_schemas import BallotIn, BlindedIn, packed, unpacked
from civic.budgeting.showing_ballot import ballot_of
from civic.budgeting.states import Channel
from civic.core import access
from civic.core.errors import Invalid, Refusal, Unprocessable, require
from civic.core.keepable import read_json
from civic.core.pages import page
from civic.participation.models import Eligibility, Phase

MOST = 100
Shape = TypeVar("Shape", bound=Schema)


class Misshapen(Unprocessable):
    """What the page's script has sent does not have the published shape."""

    code = "misshapen"


class NotJson(Invalid):
    """A form was sent where the page's script sends JSON."""

    code = "not-json"


@access.public
@require_GET
def polls(request: HttpRequest) -> HttpResponse:
    """The votes, those that run first."""
    at = now()
    found = list(Poll.objects.for_list()[:MOST])
    found.sort(key=lambda poll: not poll.is_open(at))
    context = {"polls": [{"noun": poll, "is_open": poll.is_open(at), "is_ahead": at < poll.opens_at} for poll in found]}
    return page(request, "budgeting/portal/polls.html", context)


@access.public
@require_GET
def poll(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The ballot paper while the vote runs; before and after it what is or was voted on."""
    found, at = _found(public_id), now()
    marked = _mark_of(request, found)
    context = {
        "poll": found, "ballot": ballot_of(found), "is_open": found.is_open(at), "is_over": at >= found.closes_at,
        "turnout": found.turnout(), "marked": marked, "why_not": _why_not(request, found),
        "conditions": found.eligibility.conditions(), "opening": getattr(found, "opening", None),
        "least": LEAST_BALLOTS,
    }  # fmt: skip
    return page(request, "budgeting/portal/poll.html", context)


@access.signed_in
@require_POST
def credential(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Sign what the page's script has blinded, and put the resident on the register; answers in JSON."""

    def sign() -> dict[str, object]:
        require(services.why_no_person(request.user))
        said, found = _read(request, BlindedIn), _found(public_id)
        signed = services.issue_credential(
            poll=found, blinded=unpacked(said.blinded, "blinded"), lives_in=said.lives_in,
            registered_in=said.registered_in, channel=Channel.WEB, by=request.user, at=now(),
        )  # fmt: skip
        return {"signature": packed(signed)}

    return _answer(sign)


@csrf_exempt  # nobody's session counts here, so none can be used: the credential alone lets a ballot in
@access.public
@require_POST
def ballot(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record a ballot against its credential, whoever sends it; answers in JSON."""
    return _answer(lambda: _read(request, BallotIn).cast(get_object_or_404(Poll, public_id=public_id), at=now()).dict())


@access.public
@require_GET
def receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say whether a ballot with this receipt is recorded; what it says nobody can tell."""
    found = _found(public_id)
    typed = "".join(request.GET.get("receipt", "").split()).lower()[:80]
    context = {"poll": found, "typed": typed, "is_recorded": Stub.objects.filter(poll=found, receipt=typed).exists()}
    return page(request, "budgeting/portal/receipt.html", context)


@access.public
@require_GET
def frozen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All that is voted on, byte for byte as its digest was taken."""
    return HttpResponse(_found(public_id).frozen_bytes(), content_type="application/json")


@access.public
@require_GET
def stubs(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Every credential that was used, once the box is open: anybody may verify each with the published key."""
    found = _found(public_id)
    if not hasattr(found, "opening"):
        raise Http404
    return _file(stubs_csv(found), "stubs.csv", "text/csv; charset=utf-8")


@access.public
@require_GET
def audit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The bundle with which anybody recounts the vote without us."""
    return _file(zipped(_found(public_id).bundle(now())), "election.zip", "application/zip")


def _answer(effect: Callable[[], dict[str, Any]]) -> HttpResponse:
    """Answer the page's script in JSON, refusals too."""
    try:
        return JsonResponse(effect())
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "detail": refusal.message}, status=refusal.status)


def _read(request: HttpRequest, shape: type[Shape]) -> Shape:
    """Return what the page's script has sent. Raises: NotJson, NotKeepable, Misshapen."""
    if request.content_type != "application/json":
        raise NotJson(_("请在投票页面上投票；这里只收页面脚本送来的选票。"))
    try:
        return shape.model_validate(read_json(request.body))
    except ValueError as error:
        raise Misshapen(_("页面发来的内容不完整。请刷新页面后再试。")) from error


def _why_not(request: HttpRequest, found: Poll) -> str | None:
    """Say why a signed-in resident may not vote, but for where they live, which they say on the page."""
    if not request.user.is_authenticated or request.user.is_official:
        return None
    at, subject = now(), found.eligibility.subject
    facts = services.facts_at(found, request.user.person, lives=True, registered=True)
    return Phase.objects.why_not(ACT, subject, at=at) or Eligibility.objects.why_not(subject, facts, at=at)


def _mark_of(request: HttpRequest, found: Poll) -> Mark | None:
    if not request.user.is_authenticated or request.user.person_id is None:
        return None
    return Mark.objects.filter(poll=found, person=request.user.person_id).first()


def _found(public_id: UUID) -> Poll:
    found: Poll = get_object_or_404(Poll.objects.for_list(), public_id=public_id)
    return found


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
