"""One's own words before a decision is taken back, with papers, and the wish for a hearing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from civic.accounts.http import SignedIn
from civic.cases import policies, services
from civic.cases.models import Case
from civic.cases.models.doubts import Said
from civic.cases.models.hearing import MOST
from civic.core import access
from civic.core.errors import FieldError, Refusal, Unavailable
from civic.core.http import typed_number
from civic.core.pages import page
from civic.documents.services import store_document

MOST_FILES = 5


@access.signed_in
@require_http_methods(["GET", "POST"])
def statement(request: SignedIn, number: str) -> HttpResponse:
    """Ask for, then take the applicant's words; said again, they are added."""
    found, refusal = _case(request, number), None
    if request.method == "POST":
        try:
            seen = typed_number(request.POST.get("seen", ""))
            services.make_statement(case=found, said=_said(request, found), by=request.user, at=now(), seen=seen)
        except Unavailable:
            raise
        except Refusal as refused:
            refusal, found = refused, _case(request, number)
        else:
            messages.success(request, _("您的陈述、申辩已提交。"))
            return redirect(f"/my/cases/{number}/")
    at = now()
    context = {
        "case": found, "refusal": refusal, "typed": request.POST, "errors": _errors(refusal), "most": MOST,
        "most_files": MOST_FILES, "why_not": found.why_not("make_statement", request.user, at=at),
        "why_not_hearing": policies.why_not_ask_hearing(found, at=at), "heard_until": found.heard_until(at=at),
    }  # fmt: skip
    return page(request, "cases/portal/statement.html", context, status=refusal.status if refusal else 200)


def _case(request: SignedIn, number: str) -> Case:
    found: Case = get_object_or_404(Case.objects.of_applicant(request.user, at=now()).for_detail(), number=number)
    return found


def _said(request: SignedIn, found: Case) -> Said:
    """Return what was typed; files are stored only for who may speak."""
    may = found.why_not("make_statement", request.user, at=now()) is None
    chosen = request.FILES.getlist("papers")[:MOST_FILES] if may else []
    papers = [
        store_document(owner=request.user, file=file, name=file.name or "", purpose="case.statement", at=now())
        for file in chosen
    ]
    tokens = tuple(str(paper.token) for paper in papers)
    return Said(request.POST.get("words", ""), tokens, wants_hearing="hearing" in request.POST)


def _errors(refusal: Refusal | None) -> list[FieldError]:
    """Return what is wrong, each at its field of the form; of a file, at the files."""
    if refusal is None:
        return []
    at_form = {error.pointer.strip("/"): error for error in refusal.errors}
    return [FieldError(name if name == "words" else "papers", e.code, e.message) for name, e in at_form.items()]
