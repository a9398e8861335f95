"""Officials' door of rounds: prepare, publish, freeze what was previewed, count, supervise, end."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.accounts.models import Account
from civic.budgeting import forms, showing
from civic.budgeting.models import Proposal, Round, freezing
from civic.budgeting.models.prolonging import ENDED
from civic.budgeting.round_policies import LEADER, ORGANISERS, READERS, why_not_enter
from civic.budgeting.round_states import CHOSEN, PhaseKind, ProposalState
from civic.budgeting.rules.lots import MOST_SEED
from civic.budgeting.services_of_rounds import Seats, members_of, seat_panel
from civic.core import access
from civic.core.errors import Conflict, Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.participation.models import Panel, PanelMember
from civic.participation.models.panel import Stake
from civic.participation.policies import not_organiser
from civic.participation.states import Residence

PER_PAGE = 50
MOST = 500


@access.official()
@require_GET
def rounds(request: SignedIn) -> HttpResponse:
    """The unit's rounds, those of which one supervises the delivery, to auditors all."""
    found = Round.objects.visible_to(request.user).running_first().for_list()
    part = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"part": part, "organises": request.user.has_any_role(*ORGANISERS), "yuan": showing.yuan}
    return page(request, "budgeting/office/rounds.html", context)


@access.official(*READERS)
@require_GET
def screening(request: SignedIn) -> HttpResponse:
    """What waits for a judgement in all rounds, mended ones first."""
    waiting = Proposal.objects.visible_to(request.user).for_list().to_screen()
    part = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "budgeting/office/screening.html", {"part": part, "yuan": showing.yuan})


@access.official(*ORGANISERS)
@require_http_methods(["GET", "POST"])
def new_round(request: SignedIn) -> HttpResponse:
    """Write a round down; an error names its field and what was typed stays."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = Round.objects.prepare(forms.plan(request.POST), by=request.user, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已拟定，还没有公布。请负责人核对后公布。"))
            return redirect(f"/office/rounds/{made.pk}/")
    context = {
        "typed": request.POST, "refusal": refusal, "errors": list(refusal.errors) if refusal else [],
        "phases": [(kind.value, kind.label) for kind in PhaseKind], "forms": list(showing.forms().items()),
        "rules": [(one.code, one.name) for one in showing.rules().values()], "residences": Residence.choices,
    }  # fmt: skip
    return page(request, "budgeting/office/new_round.html", context, status=refusal.status if refusal else 200)


@access.official()
@require_GET
def round_(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, _found(request, pk))


@access.official(*ORGANISERS)
@require_POST
def round_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Publish, count, prolong, close or cancel; name the supervising group; note a survey."""
    found, typed, user, at = _found(request, pk), request.POST, request.user, now()
    seen = typed_number(typed.get("seen", ""))
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "publish": (lambda: found.publish(by=user, at=at, seen=seen), _("已公布。")),
        "count": (lambda: found.count(by=user, at=at), _("已计票，结果和审计包已公布。")),
        "close": (lambda: found.close(by=user, at=at, seen=seen), _("这一轮已结束。")),
        "cancel": (lambda: found.cancel(reason=typed.get("reason", ""), by=user, at=at, seen=seen), _("已取消。")),
        "extend": (lambda: _extend(found, typed, by=user, at=at), _("已延长，理由已公开。")),
        "panel": (lambda: seat_panel(found, _seats(request), by=user, at=at), _("监督小组已组建，请成员申报利益。")),
        "sit": (lambda: _panel(found).open(by=user, at=at), _("监督小组开始工作。")),
        "survey": (lambda: found.note_survey(**_survey(request), by=user, at=at), _("调查结果已公布。")),
    }  # fmt: skip
    try:
        if name not in steps:
            raise Conflict(_("没有这一步。"))
        steps[name][0]()
    except Refusal as refusal:
        return _show(request, _found(request, pk), refusal)
    messages.success(request, steps[name][1])
    return redirect(f"/office/rounds/{pk}/")


@access.official()
@require_POST
def declare(request: SignedIn, pk: int) -> HttpResponse:
    """A member of the supervising group says which interests they have; the unit enters what a resident has signed."""
    mine = Round.objects.visible_to(request.user).values("panel")
    member = get_object_or_404(PanelMember.objects.select_related("panel", "account").filter(panel__in=mine), pk=pk)
    found = get_object_or_404(Round.objects.visible_to(request.user), panel=member.panel_id)
    chosen = found.proposals.filter(pk__in=[typed_number(one) or 0 for one in request.POST.getlist("touches")])
    stakes = [Stake(one, request.POST.get("words", "")) for one in chosen]
    try:
        member.declare(stakes, by=request.user, at=now())
    except Refusal as refusal:
        return _show(request, _found(request, found.pk), refusal)
    messages.success(request, _("已记下申报。"))
    return redirect(f"/office/rounds/{found.pk}/")


@access.official(LEADER)
@require_http_methods(["GET", "POST"])
def freeze(request: SignedIn, pk: int) -> HttpResponse:
    """Show exactly what would be frozen with a seed; fix that and nothing else."""
    found, refusal = _found(request, pk), None
    if found.unit_id != request.user.department_id:
        raise Http404
    typed = request.POST if request.method == "POST" else request.GET
    seed = typed.get("seed", "").strip()[: MOST_SEED + 1]
    if request.method == "POST":
        try:
            found.freeze(seed=seed, register=typed_number(typed.get("register", "")) or 0,
                         seen_digest=typed.get("digest", ""), by=request.user, at=now())  # fmt: skip
        except Refusal as refused:
            refusal, found = refused, _found(request, pk)
        else:
            messages.success(request, _("已冻结，指纹已公布。"))
            return redirect(f"/office/rounds/{pk}/")
    why = found.why_not("freeze", request.user) or freezing.why_not_yet(found, at=now())
    wrong = freezing.why_not_seed(seed) if seed else None
    shown = freezing.preview(found, seed) if seed and not wrong and not why else None
    context = {
        "noun": found, "seed": seed, "why_not": why, "wrong_seed": wrong, "shown": shown, "yuan": showing.yuan,
        "rule": showing.rules().get(found.rule), "form": showing.forms().get(found.form, ""), "typed": typed,
        "refusal": refusal, "errors": list(refusal.errors) if refusal else [],
    }  # fmt: skip
    return page(request, "budgeting/office/freeze.html", context, status=refusal.status if refusal else 200)


def _extend(found: Round, typed: QueryDict, *, by: Account, at: datetime) -> None:
    closes_at = forms.instant("closes_at", typed.get("closes_at", ""))
    found.extend(typed.get("phase", ""), closes_at=closes_at, reason=typed.get("reason", ""), by=by, at=at)


def _survey(request: SignedIn) -> dict[str, Any]:
    """Return what a survey outside the platform came to, as it is typed."""
    asked, content = (typed_number(request.POST.get(name, "")) or 0 for name in ("surveyed", "contented"))
    return {"surveyed": asked, "contented": content, "source": request.POST.get("survey_source", "")}


def _seats(request: SignedIn) -> Seats:
    """Return who shall supervise, as it is typed: names of accounts, and a draw by lot. Raises: Invalid."""
    typed = request.POST
    named: dict[str, list[Account]] = {}
    for kind in ("experts", "officials"):
        names = typed.get(kind, "").replace("，", " ").replace(",", " ").split()
        found = list(Account.objects.filter(username__in=names, official__isnull=False).select_related("official"))
        if len(found) != len(set(names)):
            raise forms.wrong(kind, _("有的账户名不存在，请核对工作人员的登录名。"))
        named[kind] = found
    draw, quorum = typed_number(typed.get("sortition", "")), typed_number(typed.get("quorum", ""))
    return Seats(sortition=draw, experts=named["experts"], officials=named["officials"], quorum=quorum or 0)


def _extendable(found: Round) -> list[tuple[str, str]]:
    """Return the windows that may be prolonged: not what is frozen with the ballots, nor what another follows upon."""
    kinds = [PhaseKind.DELIVERY] if found.frozen_at is not None else [PhaseKind.COCREATION, PhaseKind.VOTE]
    return [] if found.state in ENDED else [(kind.value, str(kind.label)) for kind in kinds]


def _panel(found: Round) -> Panel:
    if found.panel is None:
        raise Conflict(_("还没有监督小组，请先组建。"))
    panel: Panel = found.panel
    return panel


def _found(request: SignedIn, pk: int) -> Round:
    found: Round = get_object_or_404(
        Round.objects.visible_to(request.user).for_list().select_related("poll", "panel"), pk=pk
    )
    return found


def _show(request: SignedIn, found: Round, refusal: Refusal | None = None) -> HttpResponse:
    user, at = request.user, now()
    listed = found.proposals.for_list()
    state = request.GET.get("state", "")
    shown = listed.filter(state=state) if state in ProposalState.values else listed
    counts = {one.value: sum(row.state == one for row in listed) for one in ProposalState}
    context: dict[str, Any] = {
        "noun": found, "road": showing.road(found, at=at), "organises": not_organiser(user, found.unit_id) is None,
        "why_not": {name: found.why_not(name, user) for name in found.allowed_steps()},
        "proposals": list(shown[:MOST]), "tones": showing.TONES, "state": state,
        "counts": [(one.value, one.label, counts[one.value]) for one in ProposalState if counts[one.value]],
        "total": len(listed), "turnout": showing.turnout(found), "satisfaction": showing.satisfaction(found),
        "extendable": _extendable(found), "may_enter": why_not_enter(user, found) is None,
        "members": members_of(found.panel) if found.panel else [],
        "chosen": [row for row in listed if row.state in CHOSEN], "user_pk": user.pk,
        "results": list(found.results.all()), "yuan": showing.yuan, "rule": showing.rules().get(found.rule),
        "refusal": refusal, "errors": list(refusal.errors) if refusal else [], "typed": request.POST if refusal else {},
    }  # fmt: skip
    return page(request, "budgeting/office/round.html", context, status=refusal.status if refusal else 200)
