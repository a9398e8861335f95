"""Saying something: what others have said already, the form, support and doubt, one's own opinions."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn, safe_next
from civic.areas.models import Area
from civic.consultation.models import Consultation, DraftVersion, Opinion
from civic.consultation.models.opinion import MOST_WORDS, SaidAlready, Saying
from civic.consultation.portal.reading import base, known, opinion_of
from civic.consultation.services import reading
from civic.consultation.services.speaking import speak, stand
from civic.consultation.states import OpinionState, Side
from civic.core import access
from civic.core.errors import Conflict, FieldError, Refusal
from civic.core.http import typed_number
from civic.core.pages import fragment, page


@access.signed_in
@require_http_methods(["GET", "POST"])
def say(request: SignedIn, pk: int) -> HttpResponse:
    """Write an opinion. What others have said nearly the same is offered first; who insists is taken in."""
    found = known(pk)
    if request.method == "GET":
        return _form(request, found)
    near = [] if request.POST.get("anyway") else reading.near_opinions(found, request.POST.get("words", ""))
    if near:
        return _offer(request, found, near)
    try:
        made = speak(saying=_saying(request, found), by=request.user, at=now(), lives_in=_area(request))
    except SaidAlready as refusal:
        messages.info(request, refusal.message)
        return redirect("/my/opinions/")
    except Refusal as refusal:
        return _form(request, found, refusal)
    shown = made.state == OpinionState.PUBLISHED
    messages.success(request, _("意见已提交，已经公开。") if shown else _("意见已提交，审核后公开。结果会写在这里。"))
    return redirect("/my/opinions/")


@access.signed_in
@require_POST
def near(request: SignedIn, pk: int) -> HttpResponse:
    """While somebody types: what was said already. Their words are in no address and in no log."""
    found = known(pk)
    context = {"near": reading.near_opinions(found, request.POST.get("words", "")[:MOST_WORDS], most=3), "noun": found}
    return fragment(request, "consultation/portal/say.html", "near", context)


@access.signed_in
@require_POST
def stance(request: SignedIn, handle: UUID) -> HttpResponse:
    """Support an opinion, doubt it, or take that back; once a person, however often the button is pressed."""
    opinion, side = opinion_of(request, handle), request.POST.get("side", "")
    back = safe_next(request, f"/consultations/{opinion.consultation_id}/")
    stand(opinion=opinion, side=side, by=request.user, at=now(), lives_in=_area(request))
    done = {
        Side.SUPPORT: _("已支持。每人只计一次，随时可以收回。"),
        Side.DOUBT: _("已记下您的疑虑。每人只计一次，随时可以收回。"),
    }
    messages.success(request, done.get(side, _("已收回。")))  # type: ignore[call-overload]
    return redirect(back)


@access.signed_in
@require_GET
def mine(request: SignedIn) -> HttpResponse:
    """One's own opinions: where each stands, who supports it, why it is not shown, and what one can do."""
    return _mine(request)


@access.signed_in
@require_POST
def own_step(request: SignedIn, handle: UUID, name: str) -> HttpResponse:
    """Take an opinion back, appeal, or put one's name under it."""
    person, at = request.user.person, now()
    own = Opinion.objects.filter(author__isnull=False, author=person).for_list()
    opinion = get_object_or_404(own, handle=handle)
    try:
        if name == "withdraw":
            opinion.withdraw(person=person, by=request.user, at=at)
        elif name == "appeal":
            opinion.appeal(words=request.POST.get("words", ""), person=person, by=request.user, at=at)
        elif name == "sign":
            opinion.sign(is_named=request.POST.get("is_named") == "1", person=person, by=request.user, at=at)
        else:
            raise Conflict(_("没有这一步。"))
    except Refusal as refusal:
        return _mine(request, refusal, str(handle))
    done = {"withdraw": _("已撤回，不再公开。"), "appeal": _("申诉已提交，由另一位负责人处理。"), "sign": _("已更改。")}
    messages.success(request, done[name])
    return redirect("/my/opinions/")


def _mine(request: SignedIn, refusal: Refusal | None = None, at: str = "") -> HttpResponse:
    person = request.user.person
    found = Opinion.objects.of_author(person).for_list().prefetch_related("rulings") if person else []
    rows = [
        {"voice": voice, "said": one.clear("words"), "rulings": list(one.rulings.all()), "counted": one.counted()}
        for run in {one.consultation_id: one.consultation for one in found}.values()
        for voice in reading.read_all(run, [one for one in found if one.consultation_id == run.pk], person=person)
        for one in [voice.opinion]
    ]
    errors = [FieldError(f"words-{at}", one.code, one.message) for one in refusal.errors] if refusal else []
    context = {"rows": rows, "refusal": refusal, "errors": errors, "at": at, "typed": request.POST if refusal else {}}
    return page(request, "consultation/portal/mine.html", context, status=refusal.status if refusal else 200)


def _form(request: SignedIn, found: Consultation, refusal: Refusal | None = None) -> HttpResponse:
    typed = request.POST if request.method == "POST" else request.GET
    version = _version(request, found)
    anchor = typed.get("on", "")[:80]
    clauses = [(one.anchor, reading.name_of(one.anchor)) for one in version.draft().clauses if one.words]
    context = base(request, found) | {
        "version": version, "anchor": anchor, "label": reading.name_of(anchor), "typed": typed, "near": [],
        "clauses": [("", _("整个草案")), *clauses],
        "clause": next((one.words for one in version.draft().clauses if one.anchor == anchor), ""),
        "errors": list(refusal.errors) if refusal else [], "refusal": refusal, "areas": _areas(),
        "most": MOST_WORDS,
    }  # fmt: skip
    return page(request, "consultation/portal/say.html", context, status=refusal.status if refusal else 200)


def _offer(request: SignedIn, found: Consultation, near: list[reading.Said]) -> HttpResponse:
    """Show what was said already, with support beside it; what was typed stays."""
    shown = reading.voices(found, [one.opinion.pk for one in near], person=request.user.person)
    context = base(request, found) | {"voices": shown, "typed": request.POST}
    return page(request, "consultation/portal/already.html", context)


def _saying(request: SignedIn, found: Consultation) -> Saying:
    typed = request.POST
    named = typed.get("is_named") in ("true", "1")
    return Saying(typed.get("words", ""), _version(request, found), typed.get("on", "")[:80], is_named=named)


def _version(request: HttpRequest, found: Consultation) -> DraftVersion:
    """Return the version that the reader had before them: an opinion on it goes along to the newest."""
    number = typed_number(request.POST.get("version", ""))
    known_ = found.versions.made_known()
    version = known_.filter(number=number).first() if number else None
    return version or get_object_or_404(known_, pk=getattr(found.current(), "pk", None))


def _area(request: HttpRequest) -> Area | None:
    """Return where somebody says they live."""
    code = request.POST.get("area", "")[:12]
    return Area.objects.filter(code=code).first() if code else None


def _areas() -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in Area.objects.filter(level=Area.Level.COUNTY).order_by("code")]
