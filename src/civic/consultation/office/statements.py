"""Officials' door: statements to moderate, sentences of the unit's own, and the drawing of the map."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.consultation.models import Consultation, MapEdition, Statement
from civic.consultation.models.statement import Held
from civic.consultation.policies import ORGANISERS, READERS, not_organiser
from civic.consultation.states import Ground, StatementState
from civic.core import access
from civic.core.errors import Conflict, Refusal
from civic.core.http import typed_number
from civic.core.jobs import enqueue
from civic.core.pages import page

DRAW = "civic.consultation.tasks.draw_map"
SHOWN = 100  # statements that each list names


@access.official(*READERS)
@require_GET
def statements(request: SignedIn, pk: int) -> HttpResponse:
    """What waits, what is voted on, what was not taken up."""
    return _show(request, _consultation(request, pk))


@access.official(*ORGANISERS)
@require_POST
def new_statement(request: SignedIn, pk: int) -> HttpResponse:
    """Put a sentence of the unit's own before the people."""
    found = _consultation(request, pk)
    try:
        Statement.objects.seed(found, words=request.POST.get("words", ""), by=request.user, at=now())
    except Refusal as refusal:
        return _show(request, _consultation(request, pk), refusal)
    messages.success(request, _("已公开，请大家表态。"))
    return redirect(f"/office/consultations/{pk}/statements/")


@access.official(*ORGANISERS)
@require_POST
def statement_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Show it, keep it back for a published ground, answer an appeal."""
    found = get_object_or_404(Statement.objects.visible_to(request.user).for_list(), pk=pk)
    road = found.consultation_id
    try:
        done = _take(request, found, name)
    except Refusal as refusal:
        return _show(request, _consultation(request, road), refusal)
    messages.success(request, done)
    return redirect(f"/office/consultations/{road}/statements/")


@access.official(*ORGANISERS)
@require_POST
def draw(request: SignedIn, pk: int) -> HttpResponse:
    """Have the map drawn now; it takes a moment, and is published only where it may be."""
    found = _consultation(request, pk)
    enqueue(DRAW, consultation=found.pk)
    messages.success(request, _("正在画，稍等刷新。票数不够，或者上一期之后不到5人表态，就不会有新的一期。"))
    return redirect(f"/office/consultations/{pk}/statements/")


def _take(request: SignedIn, found: Statement, name: str) -> str:
    typed, user, at, seen = request.POST, request.user, now(), typed_number(request.POST.get("seen", ""))
    held = Held(typed.get("ground", ""), typed.get("words", ""))
    steps: dict[str, tuple[Callable[[], None], str]] = {
        "show": (lambda: found.show(by=user, at=at, seen=seen), _("已公开，请大家表态。")),
        "hold_back": (lambda: found.hold_back(held, by=user, at=at, seen=seen), _("未采用，原因已告诉提出人。")),
        "restore": (lambda: found.restore(by=user, at=at, seen=seen), _("申诉成立，已公开。")),
        "uphold": (lambda: found.uphold(words=held.words, by=user, at=at, seen=seen), _("维持不采用。")),
    }
    if name not in steps:
        raise Conflict(_("没有这一步。"))
    take, done = steps[name]
    take()
    return done


def _show(request: SignedIn, found: Consultation, refusal: Refusal | None = None) -> HttpResponse:
    newest_first = found.statements.for_list().order_by("-proposed_at", "-pk")
    kept_back = newest_first.filter(state__in=[StatementState.HELD, StatementState.UPHELD])
    context = {
        "noun": found,
        "tab": "statements",
        "waiting": list(found.statements.for_list().to_moderate()[:SHOWN]),
        "shown": list(newest_first.shown()[:SHOWN]),
        "held": list(kept_back[:SHOWN]),
        "grounds": [(one.value, one.label) for one in Ground],
        "works": not_organiser(request.user, found.unit_id) is None,
        "newest": MapEdition.objects.newest(found),
        "typed": request.POST if refusal else {},
        "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
    }
    return page(request, "consultation/office/statements.html", context, status=refusal.status if refusal else 200)


def _consultation(request: SignedIn, pk: int) -> Consultation:
    found: Consultation = get_object_or_404(Consultation.objects.visible_to(request.user).made_known(), pk=pk)
    return found
