"""A consultation in the office: from its first words to its publication, new versions, a longer window."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_date
from django.utils.timezone import get_current_timezone, localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.areas.models import Area
from civic.consultation.models import Consultation
from civic.consultation.models.consultation import Opening, Plan
from civic.consultation.policies import ORGANISERS, READERS
from civic.consultation.rules.draft import parse
from civic.consultation.services import reading
from civic.consultation.states import Moderation
from civic.core import access
from civic.core.errors import Conflict, FieldError, Invalid, Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.documents.services import disarm
from civic.documents.uploads import CutUpload
from civic.participation.policies import why_not_extend
from civic.participation.states import Residence

PER_PAGE = 50
LEVELS = ("1", "2", "3")


@access.official(*READERS)
@require_GET
def consultations(request: SignedIn) -> HttpResponse:
    """The unit's consultations; to auditors all."""
    found = Consultation.objects.visible_to(request.user).for_list()
    part = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"part": part, "organises": request.user.has_any_role(*ORGANISERS)}
    return page(request, "consultation/office/consultations.html", context)


@access.official(*ORGANISERS)
@require_http_methods(["GET", "POST"])
def new_consultation(request: SignedIn) -> HttpResponse:
    """Begin a consultation: title, summary in plain words, reasons, and when opinions are looked at."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = Consultation.objects.prepare(_plan(request), by=request.user, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已新建。请录入草案文本，再由负责人公开。"))
            return redirect(f"/office/consultations/{made.pk}/")
    context = {
        "typed": request.POST, "refusal": refusal, "errors": list(refusal.errors) if refusal else [],
        "moderations": Moderation.choices,
    }  # fmt: skip
    return page(request, "consultation/office/new.html", context, status=refusal.status if refusal else 200)


@access.official(*READERS)
@require_GET
def consultation(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, _found(request, pk))


@access.official(*ORGANISERS)
@require_POST
def consultation_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Describe, add a version, attach a document, publish, extend, conclude or withdraw."""
    found = _found(request, pk)
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "describe": (lambda: _describe(request, found), _("已保存。")),
        "version": (lambda: _version(request, found), _("草案已录入。请核对条、款、项是不是认对了。")),
        "attach": (lambda: _attach(request, found), _("文件已上传。")),
        "publish": (lambda: _publish(request, found), _("已公开征求意见。")),
        "extend": (lambda: _extend(request, found), _("已延长，理由已公开。")),
        "conclude": (lambda: found.conclude(by=request.user, at=now(), seen=_seen(request)), _("已结束。")),
        "withdraw": (lambda: _withdraw(request, found), _("已撤回，理由已公开。")),
    }
    try:
        if name not in steps:
            raise Conflict(_("没有这一步。"))
        steps[name][0]()
    except Refusal as refusal:
        return _show(request, _found(request, pk), refusal)
    messages.success(request, steps[name][1])
    return redirect(f"/office/consultations/{pk}/")


def _describe(request: SignedIn, found: Consultation) -> None:
    found.describe(_plan(request), by=request.user, at=now(), seen=_seen(request))


def _version(request: SignedIn, found: Consultation) -> None:
    text, note = request.POST.get("text", ""), request.POST.get("note", "")
    found.add_version(text, note=note, by=request.user, at=now(), seen=_seen(request))


def _attach(request: SignedIn, found: Consultation) -> None:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or isinstance(file, CutUpload):
        wrong = _("请选择文件（PDF、JPG或PNG，不超过10 MB）。")
        raise Invalid(wrong, errors=[FieldError("file", "file", wrong)])
    content, kind = disarm(bytes(file.read()))
    found.attach(title=request.POST.get("title", ""), content=content, content_type=kind, by=request.user, at=now())


def _publish(request: SignedIn, found: Consultation) -> None:
    """The first day begins now if it is today; the last day counts whole."""
    typed, at = request.POST, now()
    first, last = _day(request, "opens_on"), _day(request, "closes_on")
    level, age = typed.get("level", ""), typed_number(typed.get("minimum_age", "") or "0")
    area = Area.objects.filter(code=typed.get("area", "")).first()
    if level not in LEVELS or age is None or area is None or typed.get("residence") not in Residence.values:
        wrong = _("请选择区域、与区域的关系和核验等级，最低年龄填数字。")
        raise Invalid(wrong, errors=[FieldError("area", "enum", wrong)])
    opens_at = at if first == localdate(at) else midnight(first)
    opening = Opening(
        opens_at, midnight(last + timedelta(days=1)), area, residence=typed["residence"], minimum_age=age,
        level=int(level),
    )  # fmt: skip
    found.publish(opening, by=request.user, at=at, seen=_seen(request))


def _extend(request: SignedIn, found: Consultation) -> None:
    window = found.windows().order_by("-closes_at").first()
    if window is None:
        raise Conflict(_("还没有公开，没有可以延长的期限。"))
    closes_at = midnight(_day(request, "until") + timedelta(days=1))
    window.extend(closes_at=closes_at, reason=request.POST.get("reason", ""), by=request.user, at=now())


def _withdraw(request: SignedIn, found: Consultation) -> None:
    found.withdraw(reason=request.POST.get("reason", ""), by=request.user, at=now(), seen=_seen(request))


def midnight(day: date) -> datetime:
    """Return the first instant of a day in the city."""
    return datetime.combine(day, time.min, tzinfo=get_current_timezone())


def _day(request: SignedIn, name: str) -> date:
    try:
        day = parse_date(request.POST.get(name, "").strip())
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2100:
        wrong = _("请填写日期，例如 2026-03-02。")
        raise Invalid(wrong, errors=[FieldError(name, "date", wrong)])
    return day


def _plan(request: SignedIn) -> Plan:
    typed = request.POST
    return Plan(typed.get("title", ""), typed.get("summary", ""), typed.get("reasons", ""), typed.get("moderation", ""))


def _seen(request: SignedIn) -> int | None:
    return typed_number(request.POST.get("seen", ""))


def _found(request: SignedIn, pk: int) -> Consultation:
    found: Consultation = get_object_or_404(Consultation.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _show(request: SignedIn, found: Consultation, refusal: Refusal | None = None) -> HttpResponse:
    user, version = request.user, found.current()
    windows = list(found.windows())
    context: dict[str, Any] = {
        "noun": found,
        "version": version,
        "defects": parse(version.text).defects if version else [],
        "passages": reading.passages(version) if version else [],
        "versions": list(found.versions.newest_first().defer("text", "moves")),
        "attachments": found.attachments.defer("content").order_by("pk"),
        "windows": windows,
        "why_not": {name: found.why_not(name, user) for name in found.allowed_steps()},
        "why_not_extend": why_not_extend(user, windows[-1]) if windows else None,
        "is_open": found.is_open(at=now()),
        "waiting": found.opinions.to_moderate().count(),
        "took_part": found.participants.count(),
        "areas": [(one.code, one.label) for one in Area.objects.filter(level__in=["CITY", "COUNTY"]).order_by("code")],
        "residences": Residence.choices,
        "moderations": Moderation.choices,
        "today": localdate(now()).isoformat(),
        "typed": request.POST if refusal else {},
        "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
    }
    return page(request, "consultation/office/consultation.html", context, status=refusal.status if refusal else 200)
