"""Moderation: the worklist of opinions, decisions for published grounds, appeals, merging; and what came on paper."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.accounts.models import Person
from civic.consultation.models import Consultation, Opinion
from civic.consultation.models.opinion import MOST_WORDS, Saying
from civic.consultation.policies import DESK, ORGANISERS, READERS, why_not_enter
from civic.consultation.services import reading
from civic.consultation.services.speaking import Paper, enter
from civic.consultation.states import ON_PAPER, ConsultationState, Ground, OpinionState, Source
from civic.core import access, personal
from civic.core.errors import Conflict, FieldError, Invalid, Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.participation.models import Sheet
from civic.participation.services import typed_sheet

PER_PAGE = 50
WAITING = "waiting"
BY_AUTHOR = ("appeal", "withdraw")


@access.official(*READERS)
@require_GET
def opinions(request: SignedIn, pk: int) -> HttpResponse:
    """Opinions of one consultation by state; what waits for somebody first."""
    run = get_object_or_404(Consultation.objects.visible_to(request.user).for_list(), pk=pk)
    state = request.GET.get("state", WAITING)
    found = Opinion.objects.visible_to(request.user).filter(consultation=run)
    if state in OpinionState.values:
        rows = found.filter(state=state).order_by("-said_at", "-pk")
    else:
        state, rows = WAITING, found.to_moderate()
    part = Paginator(rows.for_list(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "noun": run, "part": part, "state": state, "states": OpinionState.choices,
        "voices": reading.read_all(run, list(part), person=None),
    }  # fmt: skip
    return page(request, "consultation/office/opinions.html", context)


@access.official(*READERS)
@require_GET
def opinion(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, _found(request, pk))


@access.official(*ORGANISERS)
@require_POST
def opinion_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Publish, keep back, answer an appeal, merge or separate."""
    found, typed, user, at = _found(request, pk), request.POST, request.user, now()
    seen, words = typed_number(typed.get("seen", "")), typed.get("words", "")
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "publish": (lambda: found.publish(by=user, at=at, seen=seen), _("已公开。")),
        "hold_back": (
            lambda: found.hold_back(ground=typed.get("ground", ""), words=words, by=user, at=at, seen=seen),
            _("已改为不公开，原因已告诉提意见的人。"),
        ),
        "restore": (lambda: found.restore(words=words, by=user, at=at, seen=seen), _("申诉成立，已公开。")),
        "uphold": (lambda: found.uphold(words=words, by=user, at=at, seen=seen), _("申诉不成立，维持不公开。")),
        "merge": (lambda: found.merge(_goal(request, found), by=user, at=at, seen=seen), _("已并入，两位都是提出人。")),
        "separate": (lambda: found.separate(by=user, at=at, seen=seen), _("已拆分。")),
    }
    try:
        if name not in steps:
            raise Conflict(_("没有这一步。"))
        steps[name][0]()
    except Refusal as refusal:
        return _show(request, _found(request, pk), refusal)
    messages.success(request, steps[name][1])
    return redirect(f"/office/opinions/{pk}/")


@access.official(*ORGANISERS, DESK)
@require_http_methods(["GET", "POST"])
def enter_paper(request: SignedIn, pk: int) -> HttpResponse:
    """Enter an opinion from a sheet, a meeting, a letter or the counter; the next line of the same sheet follows."""
    run = get_object_or_404(Consultation.objects.made_known().for_list(), pk=pk)
    if why_not_enter(request.user, run):
        run = get_object_or_404(Consultation.objects.none())
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = _enter(request, run)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已录入：%(opinion)s。") % {"opinion": made})
            kept = {name: request.POST.get(name, "") for name in ("number", "source")}
            kept["line"] = str((typed_number(request.POST.get("line", "")) or 0) + 1)
            return redirect(f"/office/consultations/{pk}/enter/?{urlencode(kept)}")
    typed = request.POST if refusal else request.GET
    version = run.current()
    clauses = [(one.anchor, reading.name_of(one.anchor)) for one in version.draft().clauses if one.words]
    unit = request.user.official.department
    context = {
        "noun": run, "typed": typed, "refusal": refusal, "errors": list(refusal.errors) if refusal else [],
        "clauses": [("", _("整个草案")), *clauses], "sources": [(one.value, one.label) for one in ON_PAPER],
        "sheet": Sheet.objects.filter(unit=unit, number=typed.get("number", "")).first(), "most": MOST_WORDS,
        "is_over": run.state != ConsultationState.PUBLISHED,
    }  # fmt: skip
    return page(request, "consultation/office/enter.html", context, status=refusal.status if refusal else 200)


def _enter(request: SignedIn, run: Consultation) -> Opinion:
    typed, user, at = request.POST, request.user, now()
    version = run.current()
    if version is None:
        raise Conflict(_("还没有草案。"))
    sheet = typed_sheet(typed, unit=user.official.department, by=user, at=at)
    source = typed.get("source", "")
    paper = Paper(sheet, typed_number(typed.get("line", "")) or 0, source, speaker=typed.get("speaker", ""))
    saying = Saying(typed.get("words", ""), version, typed.get("on", "")[:80])
    return enter(saying=saying, paper=paper, by=user, at=at, person=_person(typed.get("id_number", ""), source))


def _person(id_number: str, source: str) -> Person | None:
    """Return who was at the counter, known by the ID they have shown. Raises: Invalid, Malformed."""
    if source != Source.COUNTER or not id_number.strip():
        return None
    found = Person.objects.with_id_number(id_number=personal.id_number(id_number)).first()
    if found is None:
        wrong = _("还没有登记这个人。请先办理到场登记，或不填证件号码。")
        raise Invalid(wrong, errors=[FieldError("id_number", "unknown", wrong)])
    return found  # type: ignore[no-any-return]


def _goal(request: SignedIn, found: Opinion) -> Opinion:
    """Return the opinion to merge into, by its number. Raises: Invalid."""
    pk = typed_number(request.POST.get("into", "").strip())
    same = Opinion.objects.visible_to(request.user).filter(consultation=found.consultation_id)
    goal: Opinion | None = same.filter(pk=pk).first() if pk else None
    if goal is None:
        wrong = _("请填写同一次征求意见中的意见编号。")
        raise Invalid(wrong, errors=[FieldError("into", "unknown", wrong)])
    return goal


def _found(request: SignedIn, pk: int) -> Opinion:
    found: Opinion = get_object_or_404(Opinion.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _show(request: SignedIn, found: Opinion, refusal: Refusal | None = None) -> HttpResponse:
    user = request.user
    (voice,) = reading.read_all(found.consultation, [found], person=None)
    near = reading.near_opinions(found.consultation, found.public_words) if found.public_words else []
    context = {
        "voice": voice, "one": found, "noun": found.consultation,
        "rulings": found.rulings.select_related("by").order_by("pk"),
        "merged": Opinion.objects.filter(merged_into=found).order_by("pk"),
        "near": [one for one in near if one.opinion.pk != found.pk],
        "why_not": {name: found.why_not(name, user) for name in found.allowed_steps() if name not in BY_AUTHOR},
        "grounds": Ground.choices,
        "typed": request.POST if refusal else {}, "refusal": refusal,
        "errors": list(refusal.errors) if refusal else [],
    }  # fmt: skip
    return page(request, "consultation/office/opinion.html", context, status=refusal.status if refusal else 200)
