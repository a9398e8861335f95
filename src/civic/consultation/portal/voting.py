"""Residents' door: one statement after another, proposing one, and one's own votes."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.accounts.models import Account
from civic.areas.models import Area
from civic.consultation.models import Consultation, Participant, Statement, StatementVote
from civic.consultation.models.consultation import VOTE
from civic.consultation.portal.reading import base, known
from civic.consultation.services import voting
from civic.consultation.services.speaking import why_not_speak
from civic.core import access
from civic.core.errors import Refusal
from civic.core.pages import page

CHOICES = {"1": 1, "0": 0, "-1": -1}


@access.public
@require_GET
def statements(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement that the fewest people have seen, with three answers."""
    return _next(request, known(pk))


@access.signed_in
@require_POST
def vote(request: SignedIn, handle: UUID) -> HttpResponse:
    """Agree, disagree or pass, and go on to the next."""
    found = get_object_or_404(Statement.objects.visible_to(request.user).for_list(), handle=handle)
    choice, area = CHOICES.get(request.POST.get("choice", "")), _area(request, found.consultation)
    try:
        voting.vote(found, choice=choice, by=request.user, at=now(), area=area)
    except Refusal as refusal:
        return _next(request, found.consultation, refusal)
    road = f"/consultations/{found.consultation_id}/statements/"
    return redirect(road + "mine/" if request.POST.get("back") == "mine" else road)


@access.signed_in
@require_http_methods(["GET", "POST"])
def new_statement(request: SignedIn, pk: int) -> HttpResponse:
    """Propose a sentence; what was typed stays."""
    found, refusal = known(pk), None
    if request.method == "POST":
        try:
            area = _area(request, found)
            voting.propose(found, words=request.POST.get("words", ""), by=request.user, at=now(), area=area)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已收到，审核后请大家表态。"))
            return redirect(f"/consultations/{pk}/statements/mine/")
    context = base(request, found) | {
        "why_not": why_not_speak(found, request.user, at=now(), act=VOTE),
        "areas": _areas_to_ask(found, request.user),
        "typed": request.POST,
        "refusal": refusal,
        "errors": list(refusal.errors) if refusal else [],
    }
    return page(request, "consultation/portal/new_statement.html", context, status=refusal.status if refusal else 200)


@access.signed_in
@require_GET
def own_statements(request: SignedIn, pk: int) -> HttpResponse:
    """What one has voted, to be changed, and what one has proposed."""
    return _own(request, known(pk))


@access.signed_in
@require_POST
def appeal(request: SignedIn, handle: UUID) -> HttpResponse:
    """Say why a sentence of one's own should be shown after all."""
    found = get_object_or_404(Statement.objects.of_author(request.user.person_id).for_list(), handle=handle)
    try:
        found.appeal(words=request.POST.get("words", ""), person=request.user.person, by=request.user, at=now())
    except Refusal as refusal:
        return _own(request, found.consultation, refusal, appealed=found.pk)
    messages.success(request, _("申诉已收到，由另一位负责人复核。"))
    return redirect(f"/consultations/{found.consultation_id}/statements/mine/")


def _next(request: HttpRequest, found: Consultation, refusal: Refusal | None = None) -> HttpResponse:
    user = request.user if request.user.is_authenticated else None
    context = base(request, found) | {
        "turn": voting.next_statement(found, user),
        "why_not": why_not_speak(found, user, at=now(), act=VOTE),
        "areas": _areas_to_ask(found, user),
        "typed": request.POST,
        "refusal": refusal,
    }
    return page(request, "consultation/portal/statements.html", context, status=refusal.status if refusal else 200)


def _own(
    request: SignedIn, found: Consultation, refusal: Refusal | None = None, *, appealed: int | None = None
) -> HttpResponse:
    person = request.user.person
    votes = StatementVote.objects.of_person(person, found) if person else StatementVote.objects.none()
    proposed = Statement.objects.of_author(request.user.person_id).filter(consultation=found).for_list()
    context = base(request, found) | {
        "votes": list(votes),
        "proposed": list(proposed.order_by("-proposed_at", "-pk")),
        "why_not": why_not_speak(found, request.user, at=now(), act=VOTE),
        "refusal": refusal,
        "errors": list(refusal.errors) if refusal else [],
        "typed": request.POST,
        "appealed": appealed,
    }
    status = refusal.status if refusal else 200
    return page(request, "consultation/portal/own_statements.html", context, status=status)


def _areas_to_ask(found: Consultation, user: Account | None) -> list[tuple[str, str]]:
    """Return the areas to choose from, where somebody has not said yet where they live; else none."""
    if user is None or user.person_id is None:
        return []
    if Participant.objects.filter(consultation=found, person=user.person_id).exists():
        return []
    return [("", _("不填写")), *((one.code, one.label) for one in voting.areas_of(found))]


def _area(request: SignedIn, found: Consultation) -> Area | None:
    """Return where somebody says they live, if it is one of the areas that were asked for."""
    code = request.POST.get("area", "")
    return next((one for one in voting.areas_of(found) if one.code == code), None) if code else None
