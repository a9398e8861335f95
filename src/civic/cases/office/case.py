"""The case page and its steps: one call each, answered with the same page; a stale page shows what has changed."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.module_loading import import_string
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.audit.services import record
from civic.cases import guard, policies
from civic.cases.at_once import decide_at_once
from civic.cases.licensed import materials_of, visible_uses
from civic.cases.lights import light_of
from civic.cases.models import Case, Commitment, Task
from civic.cases.models.clocks import newest
from civic.cases.office.form_view import form_cards
from civic.cases.states import SUSPENSION_BASIS, CaseState, Opinion, Outcome, Review
from civic.cases.timeline import STAFF, timeline
from civic.core import access
from civic.core.errors import FieldError, Refusal, Stale
from civic.core.http import typed_number
from civic.core.pages import page
from civic.deadlines.states import Reason
from civic.masking.services import reveal

CASE_ROLES = ("window_clerk", "unit_handler", "unit_leader", "supervisor", "auditor")
WORKING_ROLES = ("window_clerk", "unit_handler", "unit_leader")


@access.official(*CASE_ROLES)
@require_GET
def detail(request: SignedIn, number: str) -> HttpResponse:
    """Show form, materials, clock, timeline and the steps allowed; the reading is recorded."""
    case = _case(request, number)
    record(at=now(), actor=request.user, step="cases.case.read", subject=case.ledger_id(), purpose="办理")
    return _show(request, case)


@access.official(*WORKING_ROLES)
@require_POST
def acceptance(request: SignedIn, number: str) -> HttpResponse:
    return take_step(request, number, lambda case, seen: case.accept(by=request.user, at=now(), seen=seen))


@access.official(*WORKING_ROLES)
@require_POST
def correction(request: SignedIn, number: str) -> HttpResponse:
    """Take the items as pairs of place and message; empty pairs are left out."""
    pairs = zip(request.POST.getlist("pointer"), request.POST.getlist("message"), strict=False)
    items = [
        {"pointer": pointer, "message": message.strip()} for pointer, message in pairs if pointer or message.strip()
    ]
    reason = request.POST.get("reason", "")
    return take_step(
        request,
        number,
        lambda case, seen: case.request_correction(items=items, reason=reason, by=request.user, at=now(), seen=seen),
    )


@access.official(*WORKING_ROLES)
@require_POST
def suspension(request: SignedIn, number: str) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return take_step(
        request, number, lambda case, seen: case.suspend(reason=reason, by=request.user, at=now(), seen=seen)
    )


@access.official(*WORKING_ROLES)
@require_POST
def resumption(request: SignedIn, number: str) -> HttpResponse:
    return take_step(request, number, lambda case, seen: case.resume(by=request.user, at=now(), seen=seen))


@access.official(*WORKING_ROLES)
@require_POST
def extension(request: SignedIn, number: str) -> HttpResponse:
    """Ask for more time, or approve or refuse what was asked."""
    days, reason = request.POST.get("days", ""), request.POST.get("reason", "")

    def take(case: Case, seen: int | None) -> None:
        if "approve" in request.POST:
            case.extend(by=request.user, at=now(), seen=seen)
        elif "refuse" in request.POST:
            case.refuse_extension(reason=reason[:300], by=request.user, at=now(), seen=seen)
        else:
            case.ask_extension(days=typed_number(days) or 0, reason=reason, by=request.user, at=now(), seen=seen)

    return take_step(request, number, take)


@access.official(*WORKING_ROLES)
@require_POST
def decision(request: SignedIn, number: str) -> HttpResponse:
    """Decide, on the spot if the service is so decided, or refuse to take the application up."""
    outcome = request.POST.get("outcome", "")
    words = {"reasons": request.POST.get("reasons", ""), "legal_basis": request.POST.get("legal_basis", "")}

    def take(case: Case, seen: int | None) -> None:
        verbs: dict[str, Callable[..., None]] = {
            Outcome.GRANTED: partial(case.grant, overruling=request.POST.get("overruling", "")),
            Outcome.REFUSED: case.refuse,
            "NOT_ACCEPTED": case.decline,
        }
        if "at_once" in request.POST:
            verbs = {choice: partial(decide_at_once, case=case, outcome=choice) for choice in Outcome.values}
        if outcome not in verbs:
            raise _outcome_missing("outcome")
        verbs[outcome](**words, by=request.user, at=now(), seen=seen)

    return take_step(request, number, take)


@access.official(*WORKING_ROLES)
@require_POST
def delivery(request: SignedIn, number: str) -> HttpResponse:
    tracking = "".join(c for c in request.POST.get("tracking", "")[:40] if c.isalnum() or c == "-")
    return take_step(
        request, number, lambda case, seen: case.deliver(tracking=tracking, by=request.user, at=now(), seen=seen)
    )


@access.official(*WORKING_ROLES)
@require_POST
def commitment(request: SignedIn, number: str) -> HttpResponse:
    material, result = request.POST.get("material", ""), request.POST.get("result", "")

    def take(case: Case, seen: int | None) -> None:
        get_object_or_404(case.commitments, material=material)
        case.verify_commitment(material=material, result=result, by=request.user, at=now(), seen=seen)

    return take_step(request, number, take)


@access.official(*WORKING_ROLES)
@require_POST
def review(request: SignedIn, number: str) -> HttpResponse:
    """Say whether a decision stands that rested on a false commitment."""
    words = {"reasons": request.POST.get("reasons", ""), "legal_basis": request.POST.get("legal_basis", "")}

    def take(case: Case, seen: int | None) -> None:
        verbs: dict[str, Callable[..., None]] = {Review.UPHELD: case.uphold, Review.REVOKED: case.revoke}
        verb = verbs.get(request.POST.get("review", ""))
        if verb is None:
            raise _outcome_missing("review")
        verb(**words, by=request.user, at=now(), seen=seen)

    return take_step(request, number, take)


@access.official(*WORKING_ROLES)
@require_POST
def completion(request: SignedIn, number: str, task: int) -> HttpResponse:
    """Take a department's opinion; `seen` is the version of the task."""
    opinion, note = request.POST.get("opinion", ""), request.POST.get("note", "")

    def take(case: Case, seen: int | None) -> None:
        part = get_object_or_404(Task.objects.visible_to(request.user).filter(case=case), pk=task)
        part.complete(opinion=opinion, note=note, by=request.user, at=now(), seen=seen)

    return take_step(request, number, take)


@access.official("window_clerk", "unit_handler", "unit_leader", "supervisor")
@require_POST
def revelation(request: SignedIn, number: str) -> HttpResponse:
    """Show the applicant's form in clear, for a reason that is recorded."""
    case = _case(request, number)
    try:
        with transaction.atomic():
            reveal(
                noun=case.latest_submission,
                field="form",
                by=request.user,
                at=now(),
                purpose=request.POST.get("purpose", ""),
            )
    except Refusal as refusal:
        return _show(request, case, refusal=refusal, status=refusal.status)
    return _show(request, case, in_clear=True)


def _case(request: SignedIn, number: str) -> Case:
    found: Case = get_object_or_404(Case.objects.visible_to(request.user, at=now()).for_detail(), number=number)
    return found


def _outcome_missing(field: str) -> Refusal:
    return Refusal(_("请选择决定结果。"), errors=[FieldError(field, "required", _("请选择决定结果。"))])


def take_step(request: SignedIn, number: str, take: Callable[[Case, int | None], None]) -> HttpResponse:
    """Take one step; a refusal shows the page again with what was typed."""
    case = _case(request, number)
    try:
        take(case, typed_number(request.POST.get("seen", "")))
    except Refusal as refusal:
        return _show(request, _case(request, number), refusal=refusal, status=refusal.status)
    messages.success(request, _("这一步已办好。"))
    return redirect(f"/office/cases/{number}/")


def _show(
    request: SignedIn, case: Case, *, refusal: Refusal | None = None, in_clear: bool = False, status: int = 200
) -> HttpResponse:
    events = timeline(case, reader=STAFF)
    last_seen = typed_number(request.POST.get("last_entry", "")) if isinstance(refusal, Stale) else None
    at = now()
    light, words = light_of(case, at=at)
    context = {
        "case": case,
        "events": events,
        "changes": [event for event in events if event.entry > last_seen] if last_seen is not None else [],
        "last_entry": events[-1].entry if events else 0,
        "refusal": refusal,
        "errors": list(refusal.errors) if refusal else [],
        "typed": request.POST,
        "light": light,
        "words": words,
        "cards": form_cards(case, in_clear=in_clear),
        "in_clear": in_clear,
        "why_not": {step: case.why_not(step, request.user, at=at) for step in PAGE_STEPS},
        "why_not_yet": case.state == CaseState.IN_REVIEW and guard.why_not_grant(case),
        "panels": [import_string(panel)(request, case, at=at) for panel in settings.CASE_PANELS],
        "why_not_at_once": case.state == CaseState.SUBMITTED and policies.why_not_decide_at_once(request.user, case),
        "tasks": [(task, task.why_not_complete(request.user)) for task in sorted(case.tasks.all(), key=_position)],
        "reasons": [(code, Reason(code).label) for code in SUSPENSION_BASIS],
        "opinions": Opinion.choices,
        "results": Commitment.Result.choices,
        "materials": [(row, row.state_now_words(at)) for row in materials_of(case)],
        "visible": visible_uses(case, reader=request.user),
        "reviews": Review.choices,
        "clock": newest(case),
        "heard_until": case.heard_until(at=at),
        "at": at,
    }
    return page(request, "cases/office/detail.html", context, status=status)


PAGE_STEPS = (
    "accept", "request_correction", "decline", "suspend", "resume", "ask_extension", "extend", "refuse_extension",
    "grant", "refuse", "deliver", "verify_commitment", "revoke",
    "call_hearing", "close_hearing",
)  # fmt: skip


def _position(task: Task) -> int:
    return task.position
