"""Officials' door of participation: a draw by lot from the upload of the register to the last replacement."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.errors import Conflict, FieldError, Invalid, Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.documents.uploads import CutUpload
from civic.participation.models import Seat, Sortition
from civic.participation.models.sortition import Plan
from civic.participation.policies import ORGANISERS, READERS, not_organiser
from civic.participation.rules.register import BadRegister
from civic.participation.states import SortitionState

PER_PAGE = 50
ROAD = (SortitionState.PREPARED, SortitionState.COMMITTED, SortitionState.DRAWN, SortitionState.CLOSED)


@access.official(*READERS)
@require_GET
def sortitions(request: SignedIn) -> HttpResponse:
    """The unit's draws; to auditors all."""
    found = Sortition.objects.visible_to(request.user).for_list()
    part = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"part": part, "organises": request.user.has_any_role(*ORGANISERS)}
    return page(request, "participation/office/sortitions.html", context)


@access.official(*ORGANISERS)
@require_http_methods(["GET", "POST"])
def new_sortition(request: SignedIn) -> HttpResponse:
    """Upload a register; its errors are told by line, and what was typed stays."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = Sortition.objects.prepare(_plan(request), register=_register(request), by=request.user, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("名册已核对，没有错误。请核对各层名额，再由另一位负责人公布种子承诺。"))
            return redirect(f"/office/sortitions/{made.pk}/")
    context = {"typed": request.POST, "refusal": refusal, "errors": _errors(refusal), "lines": _wrong_lines(refusal)}
    return page(request, "participation/office/new_sortition.html", context, status=refusal.status if refusal else 200)


@access.official(*READERS)
@require_GET
def sortition(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, _found(request, pk))


@access.official(*ORGANISERS)
@require_POST
def sortition_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Publish the commitment, draw, close or cancel."""
    typed, user, at = request.POST, request.user, now()
    seen = typed_number(typed.get("seen", ""))

    def take(noun: Sortition) -> None:
        if name == "commit":
            source = typed.get("beacon_source", "")
            noun.commit(seed=typed.get("seed", "").strip(), beacon_source=source, by=user, at=at, seen=seen)
        elif name == "draw":
            beacon = typed.get("beacon", "").strip()
            noun.draw(seed=typed.get("seed", "").strip(), beacon=beacon, by=user, at=at, seen=seen)
        elif name == "cancel":
            noun.cancel(reason=typed.get("reason", ""), by=user, at=at, seen=seen)
        elif name == "close":
            noun.close(by=user, at=at, seen=seen)
        else:
            raise Conflict(_("没有这一步。"))

    done = {
        "commit": _("承诺已公布。请把种子封存好，抽取时要一字不差地填写。"),
        "draw": _("已抽取，种子已公布。请逐一邀请抽中的人。"),
        "cancel": _("已取消。"),
        "close": _("已结束。"),
    }
    return _step(request, _found(request, pk), take, done.get(name, ""))


@access.official(*ORGANISERS)
@require_POST
def seat_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Note what an invited person has said; who declines is replaced at once."""
    unit = request.user.department_id
    seat = get_object_or_404(Seat.objects.select_related("sortition__unit").filter(sortition__unit=unit), pk=pk)
    seen, at = typed_number(request.POST.get("seen", "")), now()
    told: list[str] = []

    def take(_noun: Sortition) -> None:
        if name == "accept":
            seat.accept(by=request.user, at=at, seen=seen)
            told.append(_("%(seat)s 已接受。") % {"seat": seat.number})
        elif name == "decline":
            called = seat.decline(by=request.user, at=at, seen=seen)
            words = {"seat": seat.number, "next": called.number if called else ""}
            told.append(
                _("%(seat)s 已谢绝，由 %(next)s 递补，请邀请。") % words
                if called
                else _("%(seat)s 已谢绝；递补名单已用完，这个席位空缺。") % words
            )
        else:
            raise Conflict(_("没有这一步。"))

    return _step(request, seat.sortition, take, told)


def _step(request: SignedIn, noun: Sortition, take: Callable[[Sortition], None], done: str | list[str]) -> HttpResponse:
    """Take one step and lead back to the draw's page; a refusal shows the page as it is now."""
    pk = noun.pk
    try:
        take(noun)
    except Refusal as refusal:
        return _show(request, _found(request, pk), refusal)
    messages.success(request, done if isinstance(done, str) else done[0])
    return redirect(f"/office/sortitions/{pk}/")


def _found(request: SignedIn, pk: int) -> Sortition:
    found: Sortition = get_object_or_404(Sortition.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _show(request: SignedIn, found: Sortition, refusal: Refusal | None = None) -> HttpResponse:
    user = request.user
    context = {
        "noun": found,
        "road": _road(found),
        "seats": list(found.seats.listed()),
        "why_not": {name: found.why_not(name, user) for name in found.allowed_steps()},
        "answers": not_organiser(user, found.unit_id) is None and found.state == SortitionState.DRAWN,
        "waiting": found.seats.filter(state="RESERVE").count(),
        "typed": request.POST if refusal else {},
        "errors": _errors(refusal),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return page(request, "participation/office/sortition.html", context, status=status)


def _road(found: Sortition) -> list[dict[str, Any]]:
    """Return what is done, where it stands and what comes next, for the timeline."""
    if found.state == SortitionState.CANCELLED:
        return [{"title": SortitionState.CANCELLED.label, "at": found.ended_at, "text": found.reason, "state": "now"}]
    here = ROAD.index(SortitionState(found.state))
    moments = (found.prepared_at, found.committed_at, found.drawn_at, found.ended_at)
    words = (
        _("导入名册，核对各层名额。"),
        _("另一位负责人定下种子，公布它的指纹。"),
        _("公布种子，当众抽取；谢绝的由递补接上。"),
        _("名单不再变动；不公开的名册销毁。"),
    )
    return [
        {"title": state.label, "at": moments[n], "text": words[n] if n > here else "",
         "state": "now" if n == here else "done" if n < here else "next"}
        for n, state in enumerate(ROAD[: here + 2])
    ]  # fmt: skip


def _plan(request: SignedIn) -> Plan:
    """Return what was typed. Raises: Invalid, naming the field."""
    typed = request.POST
    size = typed_number(typed.get("size", "").strip())
    if not size:
        wrong = _("请填写要抽取的人数，例如 30。")
        raise Invalid(wrong, errors=[FieldError("size", "number", wrong)])
    by = [name.strip() for name in typed.get("by", "").replace("，", ",").split(",") if name.strip()]
    return Plan(typed.get("title", ""), typed.get("purpose", ""), size, by, bool(typed.get("is_open")))


def _register(request: SignedIn) -> bytes:
    """Return the file that was sent, whole. Raises: BadRegister."""
    file = request.FILES.get("register")
    wrong = ""
    if not isinstance(file, UploadedFile):
        wrong = _("请选择名册文件（CSV）。")
    elif isinstance(file, CutUpload):
        wrong = _("名册超过10 MB。请只保留编号和分层的列。")
    else:
        return bytes(file.read())
    raise BadRegister(wrong, errors=[FieldError("register", "file", wrong)])


def _errors(refusal: Refusal | None) -> list[FieldError]:
    """Return the errors by field; those of a register's lines are one, at the file."""
    if isinstance(refusal, BadRegister):
        return [FieldError("register", refusal.code, refusal.message)]
    return list(refusal.errors) if refusal else []


def _wrong_lines(refusal: Refusal | None) -> list[str]:
    return [one.message for one in refusal.errors] if isinstance(refusal, BadRegister) else []
