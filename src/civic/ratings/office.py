"""Officials' door: remedies of bad ratings, step by step, and ratings that look as if somebody rated for others."""

from collections.abc import Callable, Iterable

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from civic.accounts.http import SignedIn
from civic.audit.services import record
from civic.core import access
from civic.core.errors import FieldError, Invalid, Refusal, require
from civic.core.http import typed_number
from civic.core.pages import page
from civic.deadlines.models import Clock
from civic.masking.services import reveal
from civic.ratings import policies
from civic.ratings.models import Rating, Remedy
from civic.ratings.models.remedy import PAGE_STEPS
from civic.ratings.services import weighed
from civic.ratings.states import Finding

READERS = ("supervisor", "unit_leader", "auditor")
WORKERS = ("supervisor", "unit_leader")
VIEWS = ("open", "over", "flagged", "services")
PAGE_SIZE = 50


@access.official(*READERS)
@require_GET
def remedies(request: SignedIn) -> HttpResponse:
    """List remedies, ratings that came in a burst, and what each service was rated."""
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    if view == "services":
        rows = weighed(Rating.objects.visible_to(request.user))
        return page(request, "ratings/office/remedies.html", {"view": view, "part": None, "rows": rows})
    if view == "flagged":
        found = Rating.objects.visible_to(request.user).flagged().for_list()
    else:
        mine = Remedy.objects.visible_to(request.user)
        found = (mine.open() if view == "open" else mine.over()).for_list()
    part = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    clocks = _clocks(list(part.object_list)) if view == "open" else {}
    context = {"view": view, "part": part, "clocks": clocks, "at": now(), "hidden": _hidden(request, part.object_list)}
    return page(request, "ratings/office/remedies.html", context)


@access.official(*READERS)
@require_GET
def remedy(request: SignedIn, pk: int) -> HttpResponse:
    """Show one remedy with its steps and why not; the reading is recorded."""
    found = _remedy(request, pk)
    of = found.rating.ledger_id()
    record(at=now(), actor=request.user, step="ratings.remedy.read", subject=of, purpose="差评整改")
    return _show(request, found)


@access.official(*WORKERS)
@require_POST
def attempt(request: SignedIn, pk: int) -> HttpResponse:
    def take(found: Remedy, seen: int | None) -> None:
        found.attempt(note=_note(request), by=request.user, at=now(), seen=seen)

    return _step(request, pk, take)


@access.official(*WORKERS)
@require_POST
def contact(request: SignedIn, pk: int) -> HttpResponse:
    reached = "unreached" not in request.POST

    def take(found: Remedy, seen: int | None) -> None:
        found.contact(note=_note(request), reached=reached, by=request.user, at=now(), seen=seen)

    return _step(request, pk, take)


@access.official(*WORKERS)
@require_POST
def verification(request: SignedIn, pk: int) -> HttpResponse:
    finding = request.POST.get("finding", "")

    def take(found: Remedy, seen: int | None) -> None:
        found.verify(finding=finding, evidence=_note(request), by=request.user, at=now(), seen=seen)

    return _step(request, pk, take)


@access.official(*WORKERS)
@require_POST
def appeal(request: SignedIn, pk: int) -> HttpResponse:
    def take(found: Remedy, seen: int | None) -> None:
        verb = found.grant_appeal if _yes_or_no(request, "granted") else found.reject_appeal
        verb(note=_note(request), by=request.user, at=now(), seen=seen)

    return _step(request, pk, take)


@access.official(*WORKERS)
@require_POST
def repair(request: SignedIn, pk: int) -> HttpResponse:
    def take(found: Remedy, seen: int | None) -> None:
        found.repair(note=_note(request), by=request.user, at=now(), seen=seen)

    return _step(request, pk, take)


@access.official(*WORKERS)
@require_POST
def call_back(request: SignedIn, pk: int) -> HttpResponse:
    def take(found: Remedy, seen: int | None) -> None:
        satisfied = _yes_or_no(request, "satisfied")
        found.call_back(satisfied=satisfied, note=_note(request), by=request.user, at=now(), seen=seen)

    return _step(request, pk, take)


@access.official(*WORKERS)
@require_POST
def revelation(request: SignedIn, pk: int) -> HttpResponse:
    """Show the rater's phone number, for a reason that is recorded."""
    found = _remedy(request, pk)
    holder = found.rating.right.holder
    try:
        require(policies.why_not_know_rater(request.user, found.rating.right))
        if holder is None or holder.person is None:
            raise Invalid(_("评价人没有登记账户，请按办件上的联系方式联系。"))
        with transaction.atomic():
            phone = reveal(
                noun=holder.person, field="phone", by=request.user, at=now(), purpose=request.POST.get("purpose", "")
            )
    except Refusal as refusal:
        return _show(request, found, refusal=refusal)
    return _show(request, found, phone=phone)


def _note(request: SignedIn) -> str:
    return request.POST.get("note", "")


def _yes_or_no(request: SignedIn, name: str) -> bool:
    """Return what was chosen. Raises: Invalid, if nothing was."""
    chosen = request.POST.get(name, "")
    if chosen not in ("yes", "no"):
        message = _("请选择一项结果。")
        raise Invalid(message, errors=[FieldError(name, "required", message)])
    return chosen == "yes"


def _remedy(request: SignedIn, pk: int) -> Remedy:
    seen = Remedy.objects.visible_to(request.user).for_list().select_related("rating__right__holder__person__key")
    found: Remedy = get_object_or_404(seen, pk=pk)
    return found


def _step(request: SignedIn, pk: int, take: Callable[[Remedy, int | None], None]) -> HttpResponse:
    """Take one step; a refusal shows the page again with what was typed."""
    found = _remedy(request, pk)
    try:
        take(found, typed_number(request.POST.get("seen", "")))
    except Refusal as refusal:
        return _show(request, _remedy(request, pk), refusal=refusal)
    return redirect(f"/office/remedies/{pk}/")


def _show(request: SignedIn, found: Remedy, *, refusal: Refusal | None = None, phone: str = "") -> HttpResponse:
    notes = list(found.notes.select_related("by__official").order_by("at", "pk"))
    for note in notes:
        note.remedy = found
    holder = found.rating.right.holder
    why_hidden = policies.why_not_know_rater(request.user, found.rating.right)
    context = {
        "remedy": found,
        "rating": found.rating,
        "right": found.rating.right,
        "rater": holder.person.masked("name", "staff") if holder and holder.person and not why_hidden else "",
        "why_hidden": why_hidden,
        "phone": phone,
        "comment": _without_rater(found.rating) if why_hidden else found.rating.masked("comment", "staff"),
        "notes": [(note, "" if why_hidden else note.masked("text", "staff")) for note in notes],
        "clocks": found.clocks(),
        "why_not": {step: found.why_not(step, request.user) for step in PAGE_STEPS},
        "findings": Finding.choices,
        "typed": request.POST if refusal else {},
        "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
        "at": now(),
    }
    return page(request, "ratings/office/remedy.html", context, status=refusal.status if refusal else 200)


def _without_rater(rating: Rating) -> str:
    """Return the comment without numbers and without the rater's name."""
    holder, said = rating.right.holder, rating.masked("comment", "strict")
    name = holder.person.name if holder is not None and holder.person is not None else ""
    return said.replace(name, "某某") if name else said


def _hidden(request: SignedIn, found: Iterable[Remedy | Rating]) -> set[int]:
    """Return the ids of the rights whose matter would tell this reader who rated."""
    rights = (one.right if isinstance(one, Rating) else one.rating.right for one in found)
    return {right.pk for right in rights if policies.why_not_know_rater(request.user, right)}


def _clocks(found: list[Remedy]) -> dict[str, Clock]:
    """Return remedy's ledger id -> the limit that ends first, in one query."""
    running = Clock.objects.of(*(one.ledger_id() for one in found)).open().for_list()
    return {clock.subject: clock for clock in reversed(list(running))}
