"""One's own cases: the list, the case with its timeline and clock, correction, withdrawal, receipt."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.audit.services.receipts import receipt_code, receipt_for
from civic.cases import services
from civic.cases.licensed import materials_of, supplied_before, supplies_of
from civic.cases.lights import light_of
from civic.cases.models import Case, Draft
from civic.cases.models.clocks import newest
from civic.cases.states import SuppliedBy
from civic.cases.timeline import APPLICANT, submit_entry, timeline
from civic.cases.wizard import FormPage, summary_rows
from civic.catalogue.rules.form import clean
from civic.core import access
from civic.core.errors import FieldError, Refusal, Unavailable
from civic.core.http import typed_number
from civic.core.pages import page
from civic.deadlines.words import cite, describe


@access.signed_in
@require_GET
def cases(request: SignedIn) -> HttpResponse:
    """List one's cases and drafts."""
    at = now()
    mine = Case.objects.of_applicant(request.user, at=at)
    context = {
        "open": mine.open().newest_first().for_list(),
        "ended": mine.ended().newest_first().for_list()[:50],
        "drafts": Draft.objects.visible_to(request.user).newest_first().for_list(),
        "at": at,
    }
    return page(request, "cases/portal/cases.html", context)


@access.signed_in
@require_GET
def case(request: SignedIn, number: str) -> HttpResponse:
    """Show where a case stands, who holds it, what was promised and why."""
    return page(request, "cases/portal/case.html", _context(request, _case(request, number)))


@access.signed_in
@require_GET
def clock(request: SignedIn, number: str) -> HttpResponse:
    """Explain the promised date day by day."""
    found = _case(request, number)
    running, lines = newest(found), []
    if running is not None:
        lines = [(line, describe(line, running.unit), cite(line)) for line in running.explain(at=now())]
    return page(request, "cases/portal/clock.html", {"case": found, "clock": running, "lines": lines})


@access.signed_in
@require_GET
def receipt(request: SignedIn, number: str) -> HttpResponse:
    """Show the receipt: number, code, next step, promised date, proof in the public ledger."""
    found = _case(request, number)
    entry = submit_entry(found)
    context = {
        "case": found,
        "proof": receipt_for(entry),
        "code": receipt_code(entry),
        "address": request.build_absolute_uri(f"/track/{found.number}/"),
    }
    return page(request, "cases/portal/receipt.html", context)


@access.signed_in
@require_http_methods(["GET", "POST"])
def correction(request: SignedIn, number: str) -> HttpResponse:
    """Show what is wrong beside what was sent; take the corrected application."""
    found = _case(request, number)
    asked = found.open_correction
    if asked is None:
        return redirect(f"/my/cases/{number}/")
    answers, errors = found.latest_submission.form, []
    schema = found.service_version.form
    if request.method == "POST":
        answers = clean(schema, {**answers, **_posted(request, schema)})
        try:
            services.resubmit_case(
                case=found,
                form=answers,
                documents=services.take_documents(found, request.FILES, owner=request.user, at=now()),
                licences=request.POST.getlist("licences"),
                by=request.user,
                at=now(),
            )
            return redirect(f"/my/cases/{number}/")
        except Unavailable:
            raise
        except Refusal as refusal:
            found_errors = refusal.errors or [FieldError("", refusal.code, refusal.message)]
            errors = [FieldError(e.pointer.rpartition("/")[2], e.code, e.message) for e in found_errors]
    context = {"case": found, "correction": asked, "answers": answers, "errors": errors, "pages": _pages(found)}
    context["materials"] = _materials(request, found)
    context["licences"] = request.POST.getlist("licences")
    return page(request, "cases/portal/correction.html", context, status=422 if errors else 200)


@access.signed_in
@require_http_methods(["GET", "POST"])
def withdrawal(request: SignedIn, number: str) -> HttpResponse:
    """Ask, then take the application back."""
    found = _case(request, number)
    if request.method == "POST":
        found.withdraw(reason=request.POST.get("reason", "")[:300], by=request.user, at=now())
        return redirect(f"/my/cases/{number}/")
    why_not = found.why_not("withdraw", request.user, at=now())
    return page(request, "cases/portal/withdrawal.html", {"case": found, "why_not": why_not})


@access.signed_in
@require_POST
def person(request: SignedIn, number: str) -> HttpResponse:
    """Have a person look at what rules did not take up."""
    seen = typed_number(request.POST.get("seen", ""))
    _case(request, number).ask_person(by=request.user, at=now(), seen=seen)
    return redirect(f"/my/cases/{number}/")


def _case(request: SignedIn, number: str) -> Case:
    found: Case = get_object_or_404(Case.objects.of_applicant(request.user, at=now()).for_detail(), number=number)
    return found


def _context(request: SignedIn, found: Case) -> dict[str, object]:
    sent, at = found.latest_submission, now()
    light, words = light_of(found, at=at)
    return {
        "case": found,
        "events": timeline(found, reader=APPLICANT),
        "answers": summary_rows(found.service_version.form or {}, sent.form),
        "used": [row for row in materials_of(found) if row.use is not None],
        "why_not_withdraw": found.why_not("withdraw", request.user, at=at),
        "why_not_make_statement": found.why_not("make_statement", request.user, at=at),
        "heard_until": found.heard_until(at=at),
        "why_not_ask_person": found.why_not("ask_person", request.user, at=at),
        "clock": newest(found),
        "light": light,
        "words": words,
        "at": at,
    }


def _materials(request: SignedIn, found: Case) -> list[dict[str, Any]]:
    """Return the materials that a correction may bring anew: papers, and licences that can be used now."""
    holder, before = found.person or found.organisation, supplied_before(found)
    supplies = supplies_of(found.service_version, holder, by=request.user, at=now(), case=found.number)
    rows = supplies.of(SuppliedBy.DOCUMENT, SuppliedBy.LICENCE)
    return [{**row.shown(), "is_supplied": row.key in before} for row in rows]


def _pages(found: Case) -> list[FormPage]:
    schema = found.service_version.form or {}
    required = frozenset(schema.get("required", []))
    return [
        FormPage(str(raw["key"]), raw, {name: schema["properties"][name] for name in raw["fields"]}, required)
        for raw in schema.get("x-pages", [])
    ]


def _posted(request: SignedIn, schema: dict[str, object]) -> dict[str, object]:
    properties: dict[str, dict[str, object]] = schema.get("properties", {})  # type: ignore[assignment]
    return {
        name: request.POST.getlist(name) if prop.get("type") == "array" else request.POST.get(name, "")
        for name, prop in properties.items()
        if name in request.POST or prop.get("type") in ("array", "boolean")
    }
