"""Residents' pages of the ledger: what it is, and whether a receipt holds."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from civic.audit.forms import ReceiptForm
from civic.audit.models import Head
from civic.audit.services.receipts import Verdict, check_code, check_receipt
from civic.audit.services.witness import head_content
from civic.audit.signing import public_keys
from civic.core import access
from civic.core.pages import page


@access.public
@require_GET
def transparency(request: HttpRequest) -> HttpResponse:
    """Say what the ledger is, how large it is now, and how anyone checks it."""
    head = Head.objects.newest()
    context = {
        "head": head,
        "content": head_content(head) if head else None,
        "keys": list(public_keys().values()),
        "origin": settings.LEDGER_ORIGIN,
    }
    return page(request, "audit/portal/transparency.html", context)


@access.public
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Check a receipt. A code may come in the address (from a QR code); a pasted receipt comes in the body."""
    given = request.POST if request.method == "POST" else request.GET if "code" in request.GET else None
    form = ReceiptForm(given)
    verdict: Verdict | None = None
    if given is not None and form.is_valid():
        code, receipt = form.cleaned_data["code"], form.cleaned_data["receipt"]
        verdict = check_receipt(receipt) if receipt else check_code(code)
    context = {"form": form, "errors": form.errors if given is not None else {}, "verdict": verdict}
    return page(request, "audit/portal/verify.html", context, status=400 if context["errors"] else 200)
