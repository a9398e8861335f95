"""My commitment record: what was found false, what follows, and asking for its repair."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civic.accounts.http import SignedIn
from civic.cases.models import CreditMark
from civic.core import access
from civic.core.errors import Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.deadlines.models import Clock


@access.signed_in
@require_GET
def marks(request: SignedIn) -> HttpResponse:
    """Every mark of mine and of firms I represent, and until when each counts."""
    found = [] if request.user.is_official else list(CreditMark.objects.visible_to(request.user).for_list()[:100])
    return page(request, "cases/portal/credit.html", {"marks": found, "at": now()})


@access.signed_in
@require_http_methods(["GET", "POST"])
def mark(request: SignedIn, handle: UUID) -> HttpResponse:
    """One mark, and the request for its repair."""
    found = _own(request, handle)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            words, seen = request.POST.get("words", ""), typed_number(request.POST.get("seen", ""))
            found.ask_repair(words=words, by=request.user, at=now(), seen=seen)
        except Refusal as refused:
            refusal, found = refused, _own(request, handle)
        else:
            messages.success(request, _("修复申请已提交。"))
            return redirect(f"/my/credit/{handle}/")
    clock = Clock.objects.of(found.ledger_id()).open().first()
    context = {"mark": found, "clock": clock, "at": now(), "refusal": refusal, "typed": request.POST if refusal else {}}
    context |= {"words": found.clear("words"), "answer": found.clear("answer")}
    context |= {"why_not": found.why_not("ask_repair", request.user), "errors": list(refusal.errors) if refusal else []}
    return page(request, "cases/portal/credit_mark.html", context, status=refusal.status if refusal else 200)


def _own(request: SignedIn, handle: UUID) -> CreditMark:
    own = CreditMark.objects.none() if request.user.is_official else CreditMark.objects.visible_to(request.user)
    found: CreditMark = get_object_or_404(own.for_list(), handle=handle)
    return found
