"""Officials' door of paper ballots: pads are printed, urns unsealed, every paper is read by two people."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.budgeting import services
from civic.budgeting.models import Pad, Poll, Urn
from civic.budgeting.office.polls import show
from civic.budgeting.policies import READERS, why_not_count_paper
from civic.budgeting.rules.readings import Look, is_disputed, settled
from civic.budgeting.showing_ballot import ballot_of, said, typed_choices
from civic.core import access
from civic.core.errors import FieldError, Invalid, Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.participation.policies import ORGANISERS


@access.official(*ORGANISERS)
@require_POST
def pads(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Make forms with codes, to be printed."""
    found = _poll(request, public_id)
    size = typed_number(request.POST.get("size", "").strip()) or 0
    try:
        made = Pad.objects.print_forms(found, size=size, by=request.user, at=now())
    except Refusal as refusal:
        return show(request, found, refusal)
    return redirect(f"/office/pads/{made.pk}/")


@access.official(*ORGANISERS)
@require_GET
def pad(request: SignedIn, pk: int) -> HttpResponse:
    """The forms of a pad, one a sheet, for the printer."""
    mine = Poll.objects.visible_to(request.user)
    found = get_object_or_404(Pad.objects.select_related("poll__unit").filter(poll__in=mine), pk=pk)
    context = {"pad": found, "poll": found.poll, "ballot": ballot_of(found.poll), "forms": found.forms.order_by("code")}
    return page(request, "budgeting/office/pad.html", context)


@access.official(*ORGANISERS)
@require_POST
def urns(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Take in an urn when the vote is over."""
    found, typed = _poll(request, public_id), request.POST
    papers = typed_number(typed.get("papers", "").strip()) or 0
    try:
        facts = {"number": typed.get("number", ""), "place": typed.get("place", "")}
        made = Urn.objects.unseal(found, **facts, papers=papers, by=request.user, at=now())
    except Refusal as refusal:
        return show(request, found, refusal)
    return redirect(f"/office/urns/{made.pk}/")


@access.official(*READERS)
@require_GET
def urn(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, _urn(request, pk))


@access.official(*ORGANISERS)
@require_POST
def readings(request: SignedIn, pk: int) -> HttpResponse:
    """Note what this person reads on one paper."""
    found, typed = _urn(request, pk), request.POST

    def take(noun: Urn) -> None:
        projects, points = typed_choices(noun.poll, typed)
        noun.read(code=typed.get("code", ""), projects=projects, points=points, by=request.user, at=now(),
                  is_spoiled=bool(typed.get("is_spoiled")))  # fmt: skip

    return _step(request, found, take, _("已录入。"))


@access.official(*ORGANISERS)
@require_POST
def scan(request: SignedIn, pk: int) -> HttpResponse:
    """Keep the scan of the urn's papers."""
    user, at = request.user, now()

    def take(noun: Urn) -> None:
        file = request.FILES.get("scan")
        if not isinstance(file, UploadedFile):
            wrong = _("请选择扫描件（PDF或图片）。")
            raise Invalid(wrong, errors=[FieldError("scan", "file", wrong)])
        services.keep_scan(urn=noun, file=file, name=file.name or "scan", by=user, at=at)

    return _step(request, _urn(request, pk), take, _("扫描件已保存。"))


@access.official(*ORGANISERS)
@require_POST
def close(request: SignedIn, pk: int) -> HttpResponse:
    """Put what was read into the box."""
    seen = typed_number(request.POST.get("seen", ""))
    done = _("这一箱已经录入完毕，选票打乱次序放进了票箱。")
    return _step(request, _urn(request, pk), lambda noun: noun.close(by=request.user, at=now(), seen=seen), done)


def _step(request: SignedIn, noun: Urn, take: Callable[[Urn], None], done: str) -> HttpResponse:
    """Take one step and lead back to the urn; a refusal shows the page as it is now, with what was typed."""
    try:
        take(noun)
    except Refusal as refusal:
        return _show(request, _urn(request, noun.pk), refusal)
    messages.success(request, done)
    return redirect(f"/office/urns/{noun.pk}/")


def _show(request: SignedIn, found: Urn, refusal: Refusal | None = None) -> HttpResponse:
    looks = found.looks()
    rows = [
        {"code": code, "looks": len(seen), "is_settled": settled(seen) is not None, "is_disputed": is_disputed(seen),
         "said": [_said(found, one) for one in seen] if is_disputed(seen) else []}
        for code, seen in looks.items()
    ]  # fmt: skip
    context = {
        "urn": found, "poll": found.poll, "ballot": ballot_of(found.poll), "rows": rows,
        "settled": sum(row["is_settled"] is True for row in rows), "refusal": refusal,
        "errors": refusal.errors if refusal else [], "typed": request.POST if refusal else {},
        "chosen": request.POST.getlist("project") if refusal else [],
        "why_not": why_not_count_paper(request.user, found.poll),
    }  # fmt: skip
    return page(request, "budgeting/office/urn.html", context, status=refusal.status if refusal else 200)


def _said(found: Urn, look: Look) -> str:
    return _("无效票") if look.is_spoiled else said(found.poll, look.said.projects, look.said.points)


def _poll(request: SignedIn, public_id: UUID) -> Poll:
    found: Poll = get_object_or_404(Poll.objects.visible_to(request.user).for_list(), public_id=public_id)
    return found


def _urn(request: SignedIn, pk: int) -> Urn:
    mine = Poll.objects.visible_to(request.user)
    found: Urn = get_object_or_404(Urn.objects.for_list().filter(poll__in=mine), pk=pk)
    return found
