"""Officials' door: opinions sorted into themes, and the answer to each."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.consultation.models import Consultation, Opinion, Theme
from civic.consultation.models.theme import Reply
from civic.consultation.policies import ORGANISERS, READERS
from civic.consultation.rules.draft import Kind, name_of
from civic.consultation.rules.quoting import wording
from civic.consultation.states import SORTING, ThemeState, Verdict
from civic.core import access
from civic.core.errors import Conflict, FieldError, Invalid, Refusal
from civic.core.http import typed_number
from civic.core.jobs import enqueue
from civic.core.pages import page

PROPOSE = "civic.consultation.tasks.propose_themes"
SHOWN = 200  # opinions that a page lists
OPENING = 24  # characters of a clause in a list to choose from


@access.official(*READERS)
@require_GET
def themes(request: SignedIn, pk: int) -> HttpResponse:
    """All themes with their answers, and what stands in none."""
    return _list(request, _consultation(request, pk))


@access.official(*ORGANISERS)
@require_POST
def propose(request: SignedIn, pk: int) -> HttpResponse:
    """Have the machine sort what is not sorted yet; it takes a moment."""
    found = _consultation(request, pk)
    enqueue(PROPOSE, consultation=found.pk)
    messages.success(request, _("正在归类，稍等刷新就能看到。系统只提出建议，请逐个核对、改名、合并或拆分。"))
    return redirect(f"/office/consultations/{pk}/themes/")


@access.official(*ORGANISERS)
@require_POST
def new_theme(request: SignedIn, pk: int) -> HttpResponse:
    """Make a theme of the opinions that were ticked."""
    found = _consultation(request, pk)
    title, opinions = request.POST.get("title", ""), _ticked(request)
    try:
        made = Theme.objects.form(found, title=title, opinions=opinions, by=request.user, at=now())
    except Refusal as refusal:
        return _list(request, _consultation(request, pk), refusal)
    messages.success(request, _("已归为主题“%(theme)s”。") % {"theme": made})
    return redirect(f"/office/themes/{made.pk}/")


@access.official(*READERS)
@require_GET
def theme(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, _theme(request, pk))


@access.official(*ORGANISERS)
@require_POST
def theme_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Rename, move, split, merge; draft an answer, send it back, publish it."""
    found = _theme(request, pk)
    steps: dict[str, Callable[[SignedIn, Theme], tuple[str, Theme]]] = {
        "rename": _rename, "give": _give, "split": _split, "merge": _merge, "draft": _draft,
        "send_back": _send_back, "answer": _answer,
    }  # fmt: skip
    try:
        if name not in steps:
            raise Conflict(_("没有这一步。"))
        done, where = steps[name](request, found)
    except Refusal as refusal:
        return _show(request, _theme(request, pk), refusal)
    messages.success(request, done)
    return redirect(f"/office/themes/{where.pk}/")


def _rename(request: SignedIn, found: Theme) -> tuple[str, Theme]:
    found.rename(request.POST.get("title", ""), by=request.user, at=now(), seen=_seen(request))
    return _("已改名。"), found


def _give(request: SignedIn, found: Theme) -> tuple[str, Theme]:
    found.give(_ticked(request), _other(request, found), by=request.user, at=now())
    return _("已移走。"), found


def _split(request: SignedIn, found: Theme) -> tuple[str, Theme]:
    made = found.split(request.POST.get("title", ""), _ticked(request), by=request.user, at=now())
    return _("已拆分为新的主题。"), made


def _merge(request: SignedIn, found: Theme) -> tuple[str, Theme]:
    into = _other(request, found)
    found.merge(into, by=request.user, at=now(), seen=_seen(request))
    return _("已合并。"), into


def _draft(request: SignedIn, found: Theme) -> tuple[str, Theme]:
    typed = request.POST
    number, _colon, anchor = typed.get("clause", "").partition(":")
    version = found.consultation.versions.made_known().filter(number=typed_number(number) or 0).first()
    if number and version is None:
        wrong = _("这一稿里没有这一条，请重新选择。")
        raise Invalid(wrong, errors=[FieldError("clause", "unknown", wrong)])
    reply = Reply(typed.get("verdict", ""), typed.get("reason", ""), version, anchor, typed.get("measure", ""))
    found.draft(reply, by=request.user, at=now(), seen=_seen(request))
    return _("答复已拟好，请由本单位另一位负责人审核发布。"), found


def _send_back(request: SignedIn, found: Theme) -> tuple[str, Theme]:
    found.send_back(request.POST.get("words", ""), by=request.user, at=now(), seen=_seen(request))
    return _("已退回修改。"), found


def _answer(request: SignedIn, found: Theme) -> tuple[str, Theme]:
    found.answer(by=request.user, at=now(), seen=_seen(request))
    return _("答复已发布，提出和支持的人会收到通知。"), found


def _list(request: SignedIn, found: Consultation, refusal: Refusal | None = None) -> HttpResponse:
    loose = Opinion.objects.filter(consultation=found, placing=None).public().order_by("-reception__supports", "pk")
    context = {
        "noun": found,
        "tab": "themes",
        "themes": list(Theme.objects.of(found).for_list()),
        "loose": list(loose.select_related("reception")[:SHOWN]),
        "waiting": loose.count(),
        "sorts": found.state in SORTING and found.why_not("count_eligible", request.user) is None,
        "typed": request.POST if refusal else {},
        "ticked": _ticked(request),
        "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
    }
    return page(request, "consultation/office/themes.html", context, status=refusal.status if refusal else 200)


def _show(request: SignedIn, found: Theme, refusal: Refusal | None = None) -> HttpResponse:
    others = Theme.objects.of(found.consultation).filter(state=ThemeState.OPEN).exclude(pk=found.pk)
    opinions = Opinion.objects.filter(placing__theme=found).public().select_related("reception")
    why_not = {step: found.why_not(step, request.user) for step in found.allowed_steps()}
    context = {
        "noun": found.consultation,
        "tab": "themes",
        "theme": found,
        "opinions": list(opinions.order_by("-reception__supports", "pk")[:SHOWN]),
        "others": [(str(one.pk), f"{one.number}. {one.title}") for one in others.order_by("number")],
        "clauses": _clauses(found.consultation),
        "verdicts": [(one.value, one.label) for one in Verdict],
        "cited": name_of(found.anchor),
        "why_not": why_not,
        "typed": request.POST if refusal else {},
        "ticked": _ticked(request) if refusal else set(),
        "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
    }
    return page(request, "consultation/office/theme.html", context, status=refusal.status if refusal else 200)


def _clauses(consultation: Consultation) -> list[tuple[str, str]]:
    """Return the articles of every version that people know, the newest first, to choose from."""
    found = [("", _("没有改条文"))]
    for version in consultation.versions.made_known().newest_first():
        draft = version.draft()
        for clause in draft.of(Kind.ARTICLE):
            words = wording(draft, clause.anchor).partition("\n")[0]
            begins = words if len(words) <= OPENING else words[: OPENING - 1] + "…"
            found.append((f"{version.number}:{clause.anchor}", _("第%(n)s稿 %(clause)s %(words)s") % {
                "n": version.number, "clause": clause.label, "words": begins}))  # fmt: skip
    return found


def _ticked(request: SignedIn) -> set[int]:
    return {number for text in request.POST.getlist("opinion") if (number := typed_number(text))}


def _other(request: SignedIn, found: Theme) -> Theme:
    """Return the theme chosen in the form. Raises: Invalid."""
    pk = typed_number(request.POST.get("theme", "")) or 0
    other: Theme | None = Theme.objects.of(found.consultation).filter(pk=pk).first()
    if other is None:
        wrong = _("请选择另一个主题。")
        raise Invalid(wrong, errors=[FieldError("theme", "required", wrong)])
    return other


def _seen(request: SignedIn) -> int | None:
    return typed_number(request.POST.get("seen", ""))


def _consultation(request: SignedIn, pk: int) -> Consultation:
    found: Consultation = get_object_or_404(Consultation.objects.visible_to(request.user).made_known(), pk=pk)
    return found


def _theme(request: SignedIn, pk: int) -> Theme:
    found: Theme = get_object_or_404(Theme.objects.visible_to(request.user).for_list(), pk=pk)
    return found
