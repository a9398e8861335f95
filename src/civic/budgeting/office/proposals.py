"""Officials' door of proposals: judge, join, change in the open; lay down milestones and follow them to the end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.accounts.models import Department
from civic.budgeting import forms, showing
from civic.budgeting.models import Milestone, Photo, Proposal, Round
from civic.budgeting.round_policies import ORGANISERS, why_not_enter, why_not_screen
from civic.budgeting.services_of_rounds import ask_acceptance, members_of
from civic.core import access
from civic.core.errors import Conflict, Refusal, require
from civic.core.http import typed_number
from civic.core.pages import page
from civic.documents.services import store_document
from civic.participation.models import Motion, PaperEntry, Phase, Sheet
from civic.participation.policies import DESK, not_organiser
from civic.participation.services import typed_sheet
from civic.participation.states import Voice

DAYS_TO_ACCEPT = 14


@access.official()
@require_GET
def proposal(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, _found(request, pk))


@access.official(*ORGANISERS)
@require_POST
def proposal_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Screen, merge, change, start, plan and finish milestones, show photos, ask for acceptance, deliver, abandon."""
    found = _found(request, pk)
    steps: dict[str, Callable[[SignedIn, Proposal], str]] = {
        "screening": _screen, "merge": _merge, "change": _change, "repair": _repair, "withdraw": _withdraw,
        "milestone": _plan, "start": _start,
        "finish": _finish, "photo": _photo, "acceptance": _ask, "deliver": _deliver, "abandon": _abandon,
    }  # fmt: skip
    try:
        if name not in steps:
            raise Conflict(_("没有这一步。"))
        done = steps[name](request, found)
    except Refusal as refusal:
        return _show(request, _found(request, pk), refusal)
    messages.success(request, done)
    return redirect(f"/office/proposals/{pk}/")


@access.official(*ORGANISERS, DESK)
@require_http_methods(["GET", "POST"])
def enter_paper(request: SignedIn, pk: int) -> HttpResponse:
    """Enter a proposal from a sheet of paper; the next line of the same sheet follows."""
    found = get_object_or_404(Round.objects.visible_to(request.user).made_known().for_list(), pk=pk)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = _enter(request, found)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已录入，编号是%(number)s。") % {"number": made.number})
            line = (typed_number(request.POST.get("line", "")) or 0) + 1
            kept = {"number": request.POST.get("number", ""), "line": str(line)}
            return redirect(f"/office/rounds/{pk}/enter/?{urlencode(kept)}")
    typed = request.POST if refusal else request.GET
    context = {
        "noun": found, "typed": typed, "refusal": refusal, "errors": list(refusal.errors) if refusal else [],
        "sections": [(one.pk, one.name) for one in found.sections.all()], "yuan": showing.yuan,
        "sheet": Sheet.objects.filter(unit=_unit(request), number=typed.get("number", "")).first(),
        "why_not": why_not_enter(request.user, found) or Phase.objects.why_not("screen", found, at=now()),
    }  # fmt: skip
    return page(request, "budgeting/office/enter.html", context, status=refusal.status if refusal else 200)


@access.official()
@require_POST
def motion_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """A member of the supervising group votes, or the unit enters what a drawn resident signed; the unit decides."""
    rounds = Proposal.objects.visible_to(request.user).values("round__panel")
    motion = get_object_or_404(Motion.objects.select_related("panel").filter(panel__in=rounds), pk=pk)
    found = _found(request, int(motion.subject.rpartition(":")[2]))
    try:
        if name == "cast":
            member = get_object_or_404(
                motion.panel.members.select_related("account"), pk=typed_number(request.POST.get("member", "")) or 0
            )
            motion.cast(member=member, voice=request.POST.get("voice", ""), by=request.user, at=now())
            done = _("已记下表决。")
        elif name == "decide":
            require(not_organiser(request.user, found.round.unit_id))
            motion.decide(by=request.user, at=now())
            done = _("表决结果：%(result)s。") % {"result": motion.get_state_display()}
        else:
            raise Conflict(_("没有这一步。"))
    except Refusal as refusal:
        return _show(request, _found(request, found.pk), refusal)
    messages.success(request, done)
    return redirect(f"/office/proposals/{found.pk}/")


def _unit(request: SignedIn) -> Department:
    unit: Department = request.user.official.department
    return unit


def _enter(request: SignedIn, found: Round) -> Proposal:
    """Take the sheet in if it is new, and the proposal with it: both or neither."""
    typed, user, at = request.POST, request.user, now()
    idea, line = forms.idea(found, typed), typed_number(typed.get("line", "")) or 0
    with transaction.atomic():
        sheet = typed_sheet(typed, unit=_unit(request), by=user, at=at)
        made: Proposal = Proposal.objects.enter(found, idea, sheet=sheet, line=line, by=user, at=at)
    return made


def _start(request: SignedIn, found: Proposal) -> str:
    found.start(by=request.user, at=now(), seen=_seen(request))
    return _("已开工，已告诉提案人和附议人。")


def _ask(request: SignedIn, found: Proposal) -> str:
    at = now()
    ask_acceptance(found, closes_at=at + timedelta(days=DAYS_TO_ACCEPT), by=request.user, at=at)
    return _("已提请监督小组表决。")


def _deliver(request: SignedIn, found: Proposal) -> str:
    found.deliver(by=request.user, at=now(), seen=_seen(request))
    return _("已完成验收，已告诉提案人和附议人。")


def _abandon(request: SignedIn, found: Proposal) -> str:
    found.abandon(reason=request.POST.get("reason", ""), by=request.user, at=now(), seen=_seen(request))
    return _("已公布不再实施的理由。")


def _seen(request: SignedIn) -> int | None:
    return typed_number(request.POST.get("seen", ""))


def _screen(request: SignedIn, found: Proposal) -> str:
    came = found.screen(forms.findings(found.round, request.POST), by=request.user, at=now(), seen=_seen(request))
    return {
        "admit": _("已通过筛选。"),
        "ask_repair": _("已请提案人补正，期限和意见已公开。"),
        "refuse": _("已不予列入，理由和办法已公开。"),
    }[came]


def _merge(request: SignedIn, found: Proposal) -> str:
    into = found.round.proposals.filter(number=typed_number(request.POST.get("into", "")) or 0).first()
    if into is None:
        raise forms.wrong("into", _("请填写这一轮里另一个提案的编号。"))
    found.merge(into, reason=request.POST.get("reason", ""), by=request.user, at=now(), seen=_seen(request))
    return _("已合并，署名和附议都保留。")


def _change(request: SignedIn, found: Proposal) -> str:
    reason = request.POST.get("reason", "")
    found.change(forms.facts(request.POST), reason=reason, by=request.user, at=now(), seen=_seen(request))
    return _("改动已公开。")


def _repair(request: SignedIn, found: Proposal) -> str:
    reason = request.POST.get("reason", "")
    found.repair(forms.facts(request.POST), reason=reason, by=request.user, at=now(), seen=_seen(request))
    return _("补正已提交，将进行第二次筛选。")


def _withdraw(request: SignedIn, found: Proposal) -> str:
    found.withdraw(reason=request.POST.get("reason", ""), by=request.user, at=now(), seen=_seen(request))
    return _("提案已撤回。")


def _plan(request: SignedIn, found: Proposal) -> str:
    typed = request.POST
    Milestone.objects.plan(
        found, title=typed.get("title", ""), planned_on=forms.day("planned_on", typed.get("planned_on", "")),
        planned=forms.money("planned", typed.get("planned", "")), by=request.user, at=now(),
    )  # fmt: skip
    return _("节点已公布。")


def _finish(request: SignedIn, found: Proposal) -> str:
    typed = request.POST
    stretch = get_object_or_404(found.milestones, pk=typed_number(typed.get("milestone", "")) or 0)
    stretch.finish(
        done_on=forms.day("done_on", typed.get("done_on", "")), spent=forms.money("spent", typed.get("spent", "")),
        note=typed.get("note", ""), by=request.user, at=now(),
    )  # fmt: skip
    return _("进展已公布，已告诉提案人和附议人。")


def _photo(request: SignedIn, found: Proposal) -> str:
    file = request.FILES.get("photo")
    if file is None or isinstance(file, list):
        raise forms.wrong("photo", _("请选择一张照片。"))
    stored = store_document(owner=request.user, file=file, name=file.name or "", purpose="proposal.photo", at=now())
    Photo.objects.show(found, stored, words=request.POST.get("words", ""), by=request.user, at=now())
    return _("照片已公开。")


def _found(request: SignedIn, pk: int) -> Proposal:
    seen = Proposal.objects.visible_to(request.user).for_detail()
    found: Proposal = get_object_or_404(seen.select_related("round__panel"), pk=pk)
    return found


def _show(request: SignedIn, found: Proposal, refusal: Refusal | None = None) -> HttpResponse:
    user = request.user
    before = found.screenings.order_by("nth").last()
    motions = [
        {"noun": one, "voices": {vote.member_id: vote.get_voice_display() for vote in one.votes.all()},
         "entitled": one.entitled_members()}
        for one in (found.acceptances().prefetch_related("votes") if found.round.panel_id else [])
    ]  # fmt: skip
    panel = found.round.panel
    context: dict[str, Any] = {
        "noun": found, "round": found.round, "tone": showing.TONES.get(found.state, "grey"), "yuan": showing.yuan,
        "organises": not_organiser(user, found.round.unit_id) is None, "allowed": found.allowed_steps(),
        "why_not_screen": why_not_screen(user, found, before.by_id if before else None),
        "screenings": list(found.screenings.select_related("proposal__round").order_by("nth")),
        "names": [showing.public_name(one) for one in found.credits()], "backers": found.backers(),
        "milestones": list(found.milestones.all()), "money": showing.money_of(found), "motions": motions,
        "members": members_of(panel) if panel else [],
        "voices": Voice.choices, "user_pk": user.pk, "today": now(),
        "paper": PaperEntry.objects.of(found),
        "changes": list(found.changes.order_by("changed_at", "pk")), "photos": list(found.photos.all()),
        "refusal": refusal, "errors": list(refusal.errors) if refusal else [], "typed": request.POST if refusal else {},
    }  # fmt: skip
    return page(request, "budgeting/office/proposal.html", context, status=refusal.status if refusal else 200)
