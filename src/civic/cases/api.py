"""The systems' door of a case: the same nouns and the same verbs as the pages."""

import json
from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from ninja import Query, Router

from civic.accounts.http import Caller, bearer, client_address
from civic.audit.services import record
from civic.audit.services.receipts import receipt_for
from civic.cases import hot_path, rules, services, tracking
from civic.cases.at_once import decide_at_once
from civic.cases.limits import count_look_up
from civic.cases.models import Case, Task
from civic.cases.schemas import (
    AppliedOut,
    ApplyIn,
    CaseDetailOut,
    CaseOut,
    CompletionIn,
    CorrectionIn,
    DecisionIn,
    DeliveryIn,
    EventOut,
    ExtensionIn,
    ResubmissionIn,
    StepIn,
    SuspensionIn,
    TrackOut,
    WithdrawalIn,
)
from civic.cases.states import Channel, Outcome
from civic.cases.timeline import APPLICANT, PUBLIC, STAFF, submit_entry, timeline
from civic.catalogue.models import Service
from civic.core.http import keyset_page, seen_version, with_etag
from civic.idempotency.http import answer, claim_of, keyed

router = Router(tags=["cases"])


@router.post("/apply", auth=bearer, response={201: AppliedOut}, operation_id="apply")
def apply(request: Caller, payload: ApplyIn) -> HttpResponse:
    """Submit an application once; the days promised come from the service."""
    at, by = now(), request.auth
    application = services.Application(
        form=payload.form,
        documents=payload.documents,
        commitments=payload.commitments,
        licences=payload.licences,
        delivery=payload.delivery,
        address=payload.address,
        channel=Channel.API,
    )

    def effect() -> tuple[int, bytes, str]:
        version = services.version_in_force(get_object_or_404(Service.objects.published(), code=payload.service))
        case = services.submit_case(version=version, application=application, by=by, at=at)
        return _applied(case, bytes(submit_entry(case).digest))

    asked = claim_of(request, scope=by.ledger_id())
    quick = hot_path.apply(asked, payload.service, application, by=by, at=at, answer=_applied)
    return keyed(request, effect, scope=asked.scope, at=at) if quick is None else answer(quick, replayed=False)


def _applied(case: Case, digest: bytes) -> tuple[int, bytes, str]:
    """Return status, body and location of the answer to an application; `digest` is what the ledger holds of it."""
    version = case.service_version
    body = {
        "status": "success",
        "message": rules.promise(version.promised_days or 0, version.day_unit),
        "apply_id": case.number,
        "due_on": case.due_on and case.due_on.isoformat(),
        "receipt": {"digest": digest.hex(), "url": f"/api/cases/{case.number}/receipt"},
    }
    return 201, json.dumps(body, ensure_ascii=False).encode(), f"/api/cases/{case.number}"


@router.get("/cases", auth=bearer, response=list[CaseOut], operation_id="list_cases")
def list_cases(
    request: Caller,
    response: HttpResponse,
    state: Annotated[str, Query(max_length=20)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> list[Case]:
    """List the cases that the caller may see, newest first."""
    found = Case.objects.visible_to(request.auth, at=now()).for_list()
    if state:
        found = found.filter(state=state)
    return keyset_page(request, response, found, by=("-submitted_at", "-pk"), limit=limit, cursor=cursor)


@router.get("/cases/{number}", auth=bearer, response=CaseDetailOut, operation_id="get_case")
def get_case(request: Caller, response: HttpResponse, number: str) -> Any:
    """Return one case; the ETag is its version, to be sent back in If-Match."""
    return with_etag(request, response, _read(request, number))


@router.get("/cases/{number}/timeline", auth=bearer, response=list[EventOut], operation_id="case_timeline")
def case_timeline(request: Caller, number: str) -> list[Any]:
    """Return what has happened, oldest first."""
    case = _read(request, number)
    return timeline(case, reader=APPLICANT if case.is_applicant(request.auth, at=now()) else STAFF)


@router.get("/cases/{number}/receipt", auth=bearer, response=dict[str, Any], operation_id="case_receipt")
def case_receipt(request: Caller, number: str) -> dict[str, Any]:
    """Return the proof that the public ledger holds the submission."""
    return receipt_for(submit_entry(_case(request, number)))


@router.get("/track/{number}", auth=None, response=TrackOut, operation_id="track")
def track(request: HttpRequest, number: str, phone_tail: Annotated[str, Query(max_length=8)] = "") -> dict[str, Any]:
    """Look a case up by its number and the last four digits of the applicant's phone."""
    count_look_up(number=number, address=client_address(request), at=now())
    case = tracking.track(number=number, phone_tail=phone_tail)
    return {
        "number": case.number,
        "service_name": case.service_version.name,
        "state": case.state,
        "state_name": case.get_state_display(),
        "holders": case.holders,
        "submitted_at": case.submitted_at,
        "due_on": case.due_on,
        "timeline": timeline(case, reader=PUBLIC),
    }


@router.post("/cases/{number}/acceptance", auth=bearer, response=CaseDetailOut, operation_id="accept_case")
def accept_case(request: Caller, response: HttpResponse, number: str, payload: StepIn) -> Any:
    """Accept the application; the promised time starts to run."""
    case = _case(request, number)
    case.accept(by=request.auth, at=now(), seen=seen_version(request))
    return with_etag(request, response, _case(request, number))


@router.post("/cases/{number}/correction", auth=bearer, response=CaseDetailOut, operation_id="request_correction")
def request_correction(request: Caller, response: HttpResponse, number: str, payload: CorrectionIn) -> Any:
    """Ask the applicant to put right everything named; the clock stops."""
    case = _case(request, number)
    items = [item.dict() for item in payload.items]
    case.request_correction(items=items, reason=payload.reason, by=request.auth, at=now(), seen=seen_version(request))
    return with_etag(request, response, _case(request, number))


@router.post("/cases/{number}/resubmission", auth=bearer, response=CaseDetailOut, operation_id="resubmit_case")
def resubmit_case(request: Caller, response: HttpResponse, number: str, payload: ResubmissionIn) -> Any:
    """Answer a correction with the corrected application; the clock runs on."""
    case = _case(request, number)
    services.resubmit_case(
        case=case,
        form=payload.form,
        documents=payload.documents,
        licences=payload.licences,
        by=request.auth,
        at=now(),
        seen=seen_version(request),
    )
    return with_etag(request, response, _case(request, number))


@router.post("/cases/{number}/suspension", auth=bearer, response=CaseDetailOut, operation_id="suspend_case")
def suspend_case(request: Caller, response: HttpResponse, number: str, payload: SuspensionIn) -> Any:
    """Stop the clock for a reason the law names."""
    case = _case(request, number)
    case.suspend(reason=payload.reason, by=request.auth, at=now(), seen=seen_version(request))
    return with_etag(request, response, _case(request, number))


@router.post("/cases/{number}/resumption", auth=bearer, response=CaseDetailOut, operation_id="resume_case")
def resume_case(request: Caller, response: HttpResponse, number: str, payload: StepIn) -> Any:
    """Let the clock run again."""
    case = _case(request, number)
    case.resume(by=request.auth, at=now(), seen=seen_version(request))
    return with_etag(request, response, _case(request, number))


@router.post("/cases/{number}/extension", auth=bearer, response=CaseDetailOut, operation_id="extend_case")
def extend_case(request: Caller, response: HttpResponse, number: str, payload: ExtensionIn) -> Any:
    """Ask for more time (a handler), or `approve` or `refuse` what was asked (a leader, never the asker)."""
    case, at, seen = _case(request, number), now(), seen_version(request)
    if payload.approve:
        case.extend(by=request.auth, at=at, seen=seen)
    elif payload.refuse:
        case.refuse_extension(reason=payload.reason, by=request.auth, at=at, seen=seen)
    else:
        case.ask_extension(days=payload.days or 0, reason=payload.reason, by=request.auth, at=at, seen=seen)
    return with_etag(request, response, _case(request, number))


@router.post("/cases/{number}/decision", auth=bearer, response=CaseDetailOut, operation_id="decide_case")
def decide_case(request: Caller, response: HttpResponse, number: str, payload: DecisionIn) -> Any:
    """Decide, or refuse to take up the application; reasons and legal basis are required.

    `at_once` takes up and decides a service that is decided on the spot in one call (not with NOT_ACCEPTED).
    """
    case = _case(request, number)
    if payload.at_once and payload.outcome != "NOT_ACCEPTED":
        return _decide_at_once(request, response, case, payload)
    verbs: dict[str, Callable[..., None]] = {
        Outcome.GRANTED: case.grant,
        Outcome.REFUSED: case.refuse,
        "NOT_ACCEPTED": case.decline,
    }
    verbs[payload.outcome](
        reasons=payload.reasons,
        legal_basis=payload.legal_basis,
        **({"overruling": payload.overruling} if payload.outcome == Outcome.GRANTED else {}),
        by=request.auth,
        at=now(),
        seen=seen_version(request),
    )
    return with_etag(request, response, _case(request, number))


def _decide_at_once(request: Caller, response: HttpResponse, case: Case, payload: DecisionIn) -> Any:
    decide_at_once(
        case=case, outcome=payload.outcome, reasons=payload.reasons, legal_basis=payload.legal_basis,
        by=request.auth, at=now(), seen=seen_version(request),
    )  # fmt: skip
    return with_etag(request, response, _case(request, case.number))


@router.post("/cases/{number}/delivery", auth=bearer, response=CaseDetailOut, operation_id="deliver_case")
def deliver_case(request: Caller, response: HttpResponse, number: str, payload: DeliveryIn) -> Any:
    """Record that the result was handed over or posted."""
    case = _case(request, number)
    case.deliver(tracking=payload.tracking, by=request.auth, at=now(), seen=seen_version(request))
    return with_etag(request, response, _case(request, number))


@router.post("/cases/{number}/withdrawal", auth=bearer, response=CaseDetailOut, operation_id="withdraw_case")
def withdraw_case(request: Caller, response: HttpResponse, number: str, payload: WithdrawalIn) -> Any:
    """Take the application back."""
    case = _case(request, number)
    case.withdraw(reason=payload.reason, by=request.auth, at=now(), seen=seen_version(request))
    return with_etag(request, response, _case(request, number))


@router.post(
    "/cases/{number}/tasks/{task}/completion", auth=bearer, response=CaseDetailOut, operation_id="complete_task"
)
def complete_task(request: Caller, response: HttpResponse, number: str, task: int, payload: CompletionIn) -> Any:
    """Give the department's opinion; what waited for this part begins. If-Match carries the task's version."""
    case = _case(request, number)
    part = get_object_or_404(Task.objects.visible_to(request.auth).filter(case=case), pk=task)
    part.complete(opinion=payload.opinion, note=payload.note, by=request.auth, at=now(), seen=seen_version(request))
    return with_etag(request, response, _case(request, number))


def _read(request: Caller, number: str) -> Case:
    """Return the case to be read; that an official has read it is recorded, as on the page."""
    case, at = _case(request, number), now()
    if not case.is_applicant(request.auth, at=at):
        record(at=at, actor=request.auth, step="cases.case.read", subject=case.ledger_id(), purpose="办理")
    return case


def _case(request: Caller, number: str) -> Case:
    """Return the case among those the caller may see, as it is stored now."""
    found: Case = get_object_or_404(Case.objects.visible_to(request.auth, at=now()).for_detail(), number=number)
    return found
