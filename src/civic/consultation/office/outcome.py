"""Officials' door: the end of a consultation, its report, and what came of it later."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_date
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.consultation.models import Consultation, FollowUp, Report
from civic.consultation.models.outcome import Issued
from civic.consultation.policies import ORGANISERS, READERS
from civic.consultation.rules.standing import WrongDenominator
from civic.consultation.services import answering, report_paper
from civic.consultation.services.reporting import figures
from civic.core import access
from civic.core.errors import Conflict, FieldError, Invalid, Refusal
from civic.core.http import typed_number
from civic.core.pages import page

STEPS = ("count_eligible", "settle", "adopt")


@access.official(*READERS)
@require_GET
def outcome(request: SignedIn, pk: int) -> HttpResponse:
    """The figures as they are now, or as they were published, and what is missing."""
    return _show(request, _consultation(request, pk))


@access.official(*ORGANISERS)
@require_POST
def outcome_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Say how many could have taken part, that all is answered, as what the draft was issued."""
    found = _consultation(request, pk)
    steps: dict[str, Callable[[SignedIn, Consultation], str]] = {
        "count_eligible": _count_eligible, "settle": _settle, "adopt": _adopt,
    }  # fmt: skip
    try:
        if name not in steps:
            raise Conflict(_("没有这一步。"))
        done = steps[name](request, found)
    except Refusal as refusal:
        return _show(request, _consultation(request, pk), refusal)
    messages.success(request, done)
    return redirect(f"/office/consultations/{pk}/outcome/")


@access.official(*ORGANISERS)
@require_POST
def follow_up_step(request: SignedIn, pk: int) -> HttpResponse:
    """Tell people what came of it."""
    mine = FollowUp.objects.filter(consultation__in=Consultation.objects.visible_to(request.user))
    found = get_object_or_404(mine.select_related("consultation__unit"), pk=pk)
    road = found.consultation_id
    try:
        found.tell(request.POST.get("words", ""), by=request.user, at=now(), seen=_seen(request))
    except Refusal as refusal:
        return _show(request, _consultation(request, road), refusal)
    messages.success(request, _("已公布，参与的人会收到通知。"))
    return redirect(f"/office/consultations/{road}/outcome/")


def _count_eligible(request: SignedIn, found: Consultation) -> str:
    typed = request.POST
    people, on = typed_number(typed.get("eligible_people", "").strip()), _day(typed.get("eligible_on", ""))
    source = typed.get("eligible_source", "")
    found.count_eligible(people, source=source, on=on, by=request.user, at=now(), seen=_seen(request))
    return _("已保存。")


def _settle(request: SignedIn, found: Consultation) -> str:
    answering.settle(found, by=request.user, at=now(), seen=_seen(request))
    return _("答复完成，报告已公布。")


def _adopt(request: SignedIn, found: Consultation) -> str:
    on = _day(request.POST.get("effective_on", ""))
    if on is None:
        wrong = _("请填写施行日期。")
        raise Invalid(wrong, errors=[FieldError("effective_on", "required", wrong)])
    issued = Issued(request.POST.get("issued_as", ""), on)
    found.adopt(issued, by=request.user, at=now(), seen=_seen(request))
    return _("已登记。")


def _show(request: SignedIn, found: Consultation, refusal: Refusal | None = None) -> HttpResponse:
    report = Report.objects.filter(consultation=found).first()
    user = request.user
    try:
        told = report.figures if report else figures(found, at=now())
    except WrongDenominator as wrong:  # more have taken part than may: say so, and show nothing that is not right
        told, refusal = None, refusal or wrong
    context = {
        "noun": found,
        "tab": "outcome",
        "page": report_paper.page_of(told) if told else None,
        "report": report,
        "wanting": found.wanting(),
        "why_not": {step: found.why_not(step, user) for step in STEPS if step in found.allowed_steps()},
        "follow_ups": [(one, one.why_not("tell", user)) for one in found.follow_ups.order_by("months")],
        "typed": request.POST if refusal else {},
        "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
    }
    status = refusal.status if refusal and request.method == "POST" else 200
    return page(request, "consultation/office/outcome.html", context, status=status)


def _day(text: str) -> date | None:
    try:
        return parse_date(text.strip())
    except ValueError:  # well formed, but no day of the calendar
        return None


def _seen(request: SignedIn) -> int | None:
    return typed_number(request.POST.get("seen", ""))


def _consultation(request: SignedIn, pk: int) -> Consultation:
    known = Consultation.objects.visible_to(request.user).made_known().select_related("unit")
    found: Consultation = get_object_or_404(known, pk=pk)
    return found
