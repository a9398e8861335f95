"""Residents' door of proposals: propose, sign with others, stand by one, change it in the open, follow it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.budgeting import forms, showing
from civic.budgeting.models import CoAuthor, Photo, Proposal, Round, Support
from civic.budgeting.photos import bytes_of
from civic.core import access
from civic.core.errors import Conflict, Refusal, require
from civic.core.http import typed_number
from civic.core.pages import page
from civic.documents.services import store_document
from civic.documents.serving import SANDBOX
from civic.masking.rules import mask_text
from civic.participation.models import Eligibility, PaperEntry, Phase
from civic.participation.services import facts_of

MOST = 200


@access.signed_in
@require_http_methods(["GET", "POST"])
def propose(request: SignedIn, pk: int) -> HttpResponse:
    """One form, on one page; an error keeps what was typed."""
    found, refusal = get_object_or_404(Round.objects.made_known().for_list(), pk=pk), None
    if request.method == "POST":
        try:
            facts = facts_of(request.user.person, lives_in=request.POST.get("lives_in", ""))
            made = Proposal.objects.propose(
                found, forms.idea(found, request.POST), facts=facts, by=request.user, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(
                request, _("提案已收到，编号是%(number)s。可以再加照片，请邻居附议。") % {"number": made.number}
            )
            return redirect(f"/budget/proposals/{made.pk}/")
    user = request.user
    context = {
        "round": found, "sections": [(one.pk, one.name) for one in found.sections.all()], "yuan": showing.yuan,
        "homes": showing.homes(found), "typed": request.POST, "refusal": refusal,
        "why_not": _("工作人员账户不能提案，请用个人账户。") if user.is_official else
        Phase.objects.why_not("propose", found, at=now()),
        "conditions": Eligibility.objects.select_related("area").filter(subject=found.ledger_id()).first(),
        "errors": list(refusal.errors) if refusal else [],
    }  # fmt: skip
    return page(request, "budgeting/portal/propose.html", context, status=refusal.status if refusal else 200)


@access.public
@require_GET
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _known(pk))


@access.signed_in
@require_POST
def proposal_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Stand by a proposal or not any longer; its authors change, mend or withdraw it, or show a photo."""
    found = _known(pk)
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "support": (lambda: Support.objects.give(found, by=request.user, at=now()), _("已附议，有进展会告诉您。")),
        "take-back": (lambda: Support.objects.take_back(found, by=request.user, at=now()), _("附议已收回。")),
        "change": (lambda: found.change(forms.facts(request.POST), **_by(request)), _("改动已公开。")),
        "repair": (lambda: found.repair(forms.facts(request.POST), **_by(request)),
                   _("补正已提交，将进行第二次筛选。")),
        "withdraw": (lambda: found.withdraw(reason=request.POST.get("reason", ""), by=request.user, at=now(),
                                            seen=typed_number(request.POST.get("seen", ""))), _("提案已撤回。")),
        "photo": (lambda: add_photo(request, found), _("照片已公开。")),
    }  # fmt: skip
    try:
        if name not in steps:
            raise Conflict(_("没有这一步。"))
        steps[name][0]()
    except Refusal as refusal:
        return _show(request, _known(pk), refusal)
    messages.success(request, steps[name][1])
    return redirect(f"/budget/proposals/{pk}/")


@access.signed_in
@require_http_methods(["GET", "POST"])
def join(request: SignedIn, pk: int, invitation: UUID) -> HttpResponse:
    """Sign with the author, by the link that the author has passed on."""
    found, refusal = get_object_or_404(Proposal.objects.made_known().for_detail(), pk=pk, invitation=invitation), None
    if request.method == "POST":
        try:
            CoAuthor.objects.join(found, invitation=invitation, by=request.user, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("您已成为共同提案人，可以和提案人一起修改。"))
            return redirect(f"/budget/proposals/{pk}/")
    context = {"proposal": found, "author": showing.public_name(found.author), "refusal": refusal, "yuan": showing.yuan}
    return page(request, "budgeting/portal/join.html", context, status=refusal.status if refusal else 200)


@access.signed_in
@require_GET
def mine(request: SignedIn) -> HttpResponse:
    """What one has proposed, signed or stands by."""
    found = Proposal.objects.made_known().of(request.user).for_list().order_by("-proposed_at", "-pk")[:MOST]
    rows = [{"noun": one, "tone": showing.TONES.get(one.state, "grey")} for one in found]
    return page(request, "budgeting/portal/mine.html", {"rows": rows, "yuan": showing.yuan})


@access.public
@require_GET
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """A photo that is shown in public."""
    found = get_object_or_404(
        Photo.objects.select_related("document__key").exclude(proposal__round__published_at=None), pk=pk
    )
    response = HttpResponse(bytes_of(found), content_type=found.document.content_type)
    response["Content-Security-Policy"], response["X-Content-Type-Options"] = SANDBOX, "nosniff"
    response["Cache-Control"] = "public, max-age=3600"
    return response


def add_photo(request: SignedIn, found: Proposal) -> Photo:
    """Store an uploaded picture and show it with the proposal."""
    file = request.FILES.get("photo")
    if file is None or isinstance(file, list):
        raise forms.wrong("photo", _("请选择一张照片。"))
    require(None if found.is_by(request.user) or request.user.is_official else _("只有提案人可以放照片。"))
    stored = store_document(owner=request.user, file=file, name=file.name or "", purpose="proposal.photo", at=now())
    return Photo.objects.show(found, stored, words=request.POST.get("words", ""), by=request.user, at=now())


def _by(request: SignedIn) -> dict[str, Any]:
    seen = typed_number(request.POST.get("seen", ""))
    return {"reason": request.POST.get("reason", ""), "by": request.user, "at": now(), "seen": seen}


def _known(pk: int) -> Proposal:
    found: Proposal = get_object_or_404(Proposal.objects.made_known().for_detail(), pk=pk)
    return found


def _show(request: HttpRequest, found: Proposal, refusal: Refusal | None = None) -> HttpResponse:
    at, user = now(), request.user if request.user.is_authenticated else None
    result = next(
        (one for one in found.round.results.all() if any(row["id"] == found.code for row in one.projects)), None
    )
    opens = {act: Phase.objects.why_not(act, found.round, at=at) for act in ("support", "change", "repair", "withdraw")}
    context: dict[str, Any] = {
        "proposal": found, "round": found.round, "tone": showing.TONES.get(found.state, "grey"),
        "problem": mask_text(found.problem, "strict"),
        "names": [showing.public_name(one) for one in found.credits()] or [showing.public_name(None)],
        "paper": PaperEntry.objects.of(found), "merged": found.family()[1:],
        "backers": found.backers(), "photos": list(found.photos.all()),
        "screenings": list(found.screenings.select_related("proposal__round").order_by("nth")),
        "changes": list(found.changes.order_by("changed_at", "pk")),
        "milestones": list(found.milestones.all()), "money": showing.money_of(found),
        "acceptances": list(found.acceptances()) if found.round.panel_id else [],
        "result": result, "why": result.why(found.code) if result else "",
        "missing": result.missing(found.code) if result else "",
        "is_mine": user is not None and found.is_by(user), "is_author": user is not None and found.author_id == user.pk,
        "supports": user is not None and found.supports.filter(account=user.pk, withdrawn_at=None).exists(),
        "why_not": {act: why or _standing(found, act) for act, why in opens.items()},
        "yuan": showing.yuan, "refusal": refusal, "errors": list(refusal.errors) if refusal else [],
        "typed": request.POST if refusal else {},
    }  # fmt: skip
    return page(request, "budgeting/portal/proposal.html", context, status=refusal.status if refusal else 200)


def _standing(found: Proposal, act: str) -> str | None:
    """Say why a proposal in this state does not allow an act; None if it does."""
    steps = found.allowed_steps()
    if act in steps or (act == "support" and {"change", "repair"} & set(steps)):
        return None
    return _("这个提案现在是「%(state)s」状态。") % {"state": found.get_state_display()}
