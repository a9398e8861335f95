"""Residents' door of rounds: where each stands, what one can do now, what was frozen, what came of it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.budgeting import showing
from civic.budgeting.bundle import canonical
from civic.budgeting.models import Answer, Result, Round
from civic.budgeting.past import name_of
from civic.budgeting.round_states import LEFT_OUT, ProposalState
from civic.core import access
from civic.core.errors import Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.participation.models import Phase
from civic.participation.services import facts_of

PER_PAGE = 30
TOOL = "verify_election.py"


@access.public
@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """Every round that was published: those that go on first."""
    part = Paginator(Round.objects.made_known().running_first().for_list(), PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "budgeting/portal/rounds.html", {"part": part, "yuan": showing.yuan})


@access.public
@require_GET
def round_(request: HttpRequest, pk: int) -> HttpResponse:
    return show_round(request, _known(pk))


@access.public
@require_GET
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """What was funded and why, what the others lacked, and what each rule would have funded."""
    found = _known(pk)
    if found.counted_at is None:
        raise Http404
    numbers = dict(found.proposals.values_list("code", "pk"))
    pots = [
        {"result": one, "rows": showing.compared(one), "reaches": showing.reaches(one)} for one in found.results.all()
    ]
    context = {"round": found, "pots": pots, "numbers": numbers, "rules": showing.rules(), "yuan": showing.yuan,
               "rule_name": showing.rule_name}  # fmt: skip
    return page(request, "budgeting/portal/results.html", context)


@access.public
@require_GET
def frozen(request: HttpRequest, pk: int) -> HttpResponse:
    """What was frozen, byte for byte as its digest was taken of it."""
    found = _known(pk)
    if found.frozen_at is None:
        raise Http404
    return _file(canonical(found.frozen), f"round-{found.pk}-frozen.json", "application/json")


@access.public
@require_GET
def pabulib(request: HttpRequest, pk: int) -> HttpResponse:
    """The ballots and the result as a Pabulib file."""
    found = _result(pk)
    return _file(found.pabulib(), name_of(found, found.round.results.count()), "text/plain")


@access.public
@require_GET
def audit_bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything with which anybody can count again, as an archive."""
    found = _result(pk)
    if not found.bundle_sha256:
        raise Http404
    return _file(found.bundle(), f"round-{found.round_id}-audit-{found.pk}.zip", "application/zip")


@access.public
@require_GET
def tool(request: HttpRequest) -> HttpResponse:
    """The program of one page with which anybody counts again."""
    return _file((settings.ROOT / "tools" / TOOL).read_bytes(), TOOL, "text/x-python")


@access.signed_in
@require_POST
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Say how content one is with what the round has brought."""
    found, typed = _known(pk), request.POST
    facts = facts_of(request.user.person, lives_in=typed.get("lives_in", ""))
    try:
        Answer.objects.give(
            found, grade=typed_number(typed.get("grade", "")) or 0, facts=facts, by=request.user, at=now()
        )
    except Refusal as refusal:
        return show_round(request, found, refusal)
    messages.success(request, _("谢谢，您的评价已经记下。"))
    return redirect(f"/budget/rounds/{pk}/")


def show_round(request: HttpRequest, found: Round, refusal: Refusal | None = None) -> HttpResponse:
    """Show one round: what goes on now, the proposals, what is frozen, what came of it."""
    at, user = now(), request.user
    listed = found.proposals.standing().for_list().prefetch_related("milestones")
    context: dict[str, Any] = {
        "round": found,
        "road": showing.road(found, at=at),
        "acts": {act: Phase.objects.allows(act, found, at=at) for act in ("propose", "support", "rate")},
        "can_vote": showing.can_be_voted_on(found, at=at),
        "turnout": showing.turnout(found),
        "satisfaction": showing.satisfaction(found),
        "proposals": [{"noun": one, "tone": showing.TONES.get(one.state, "grey")} for one in listed],
        "left_out": found.proposals.for_list().filter(state__in=LEFT_OUT),
        "delivered": any(one.state == ProposalState.DELIVERED for one in listed),
        "answered": user.is_authenticated and Answer.objects.filter(round=found, account=user.pk).exists(),
        "grades": Answer.Grade.choices,
        "homes": showing.homes(found),
        "rule": showing.rules().get(found.rule),
        "form": showing.forms().get(found.form, ""),
        "yuan": showing.yuan,
        "refusal": refusal,
        "errors": list(refusal.errors) if refusal else [],
        "typed": request.POST if refusal else {},
    }
    return page(request, "budgeting/portal/round.html", context, status=refusal.status if refusal else 200)


def _known(pk: int) -> Round:
    found: Round = get_object_or_404(Round.objects.made_known().for_list().select_related("poll"), pk=pk)
    return found


def _result(pk: int) -> Result:
    return get_object_or_404(Result.objects.select_related("round").exclude(round__published_at=None), pk=pk)


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer_ = HttpResponse(content, content_type=f"{kind}; charset=utf-8" if kind.startswith("text") else kind)
    answer_["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer_
