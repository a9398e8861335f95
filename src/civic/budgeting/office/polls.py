"""Officials' door of a vote: its totals, the register at the service desk, the opening of the box."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.budgeting import services
from civic.budgeting.models import Opening, Poll
from civic.budgeting.policies import READERS, why_not_count_paper, why_not_open_box
from civic.budgeting.querysets import PollQuerySet
from civic.budgeting.states import Channel
from civic.core import access
from civic.core.errors import Refusal
from civic.core.pages import page
from civic.participation.policies import DESK, ORGANISERS

MOST = 100


@access.official(*READERS, DESK)
@require_GET
def polls(request: SignedIn) -> HttpResponse:
    """The votes of the unit; at the service desk those that run, to auditors all."""
    at, shown = now(), _seen_by(request).for_list()[:MOST]
    rows = [{"noun": one, "is_open": one.is_open(at)} for one in shown]
    return page(request, "budgeting/office/polls.html", {"polls": rows})


@access.official(*READERS)
@require_GET
def poll(request: SignedIn, public_id: UUID) -> HttpResponse:
    found: Poll = get_object_or_404(Poll.objects.visible_to(request.user).for_list(), public_id=public_id)
    return show(request, found)


@access.official(DESK)
@require_http_methods(["GET", "POST"])
def register(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Put who has come with their papers on the register; then a form may be taken from the pile."""
    found: Poll = get_object_or_404(Poll.objects.open(at=now()).for_list(), public_id=public_id)
    refusal: Refusal | None = None
    if request.method == "POST":
        typed = request.POST
        try:
            services.hand_out_paper(
                poll=found, name=typed.get("name", ""), id_number=typed.get("id_number", ""),
                lives=bool(typed.get("lives")), registered=bool(typed.get("registered")), by=request.user, at=now(),
            )  # fmt: skip
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已登记。请本人从选票中任取一张，填好后自己投进票箱。不要记下选票的编码。"))
            return redirect(f"/office/polls/{public_id}/register/")
    context = {"poll": found, "typed": request.POST, "refusal": refusal, "errors": refusal.errors if refusal else [],
               "conditions": found.eligibility.conditions(),
               "handed_out": found.marks.filter(channel=Channel.PAPER).count()}  # fmt: skip
    return page(request, "budgeting/office/register.html", context, status=refusal.status if refusal else 200)


@access.official(*ORGANISERS)
@require_POST
def opening(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Open the box."""
    found: Poll = get_object_or_404(Poll.objects.visible_to(request.user).for_list(), public_id=public_id)
    try:
        Opening.objects.open_box(found, by=request.user, at=now())
    except Refusal as refusal:
        return show(request, found, refusal)
    messages.success(request, _("票箱已处理，结果见下。签署凭证的私钥已经销毁。"))
    return redirect(f"/office/polls/{public_id}/")


def show(request: SignedIn, found: Poll, refusal: Refusal | None = None) -> HttpResponse:
    """Show a vote to staff: how it stands, its pads and urns, and what comes next."""
    at = now()
    paper = found.marks.filter(channel=Channel.PAPER).count()
    context = {
        "poll": found, "is_open": found.is_open(at), "is_over": at >= found.closes_at, "turnout": found.turnout(),
        "opening": getattr(found, "opening", None), "paper_marks": paper, "online_marks": found.marks.count() - paper,
        "pads": found.pads.order_by("pk"), "urns": found.urns.for_list(), "refusal": refusal,
        "errors": refusal.errors if refusal else [], "typed": request.POST if refusal else {},
        "why_not_paper": why_not_count_paper(request.user, found),
        "why_not_open": why_not_open_box(request.user, found),
    }  # fmt: skip
    return page(request, "budgeting/office/poll.html", context, status=refusal.status if refusal else 200)


def _seen_by(request: SignedIn) -> PollQuerySet:
    """Return what this official sees: readers their unit's votes, the service desk those that run."""
    user = request.user
    mine: PollQuerySet = Poll.objects.visible_to(user) if user.has_any_role(*READERS) else Poll.objects.open(at=now())
    return mine
