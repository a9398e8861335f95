"""What the officials' pages of supervision share: finding a noun, one step and its answer."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.module_loading import import_string
from django.utils.timezone import now
from django.utils.translation import gettext as _

from civic.accounts.http import SignedIn
from civic.accounts.models import Department
from civic.core.errors import FieldError, Invalid, Refusal
from civic.core.http import typed_number
from civic.core.pages import page
from civic.deadlines.models import Clock
from civic.supervision.models.matter import Supervised

PER_PAGE = 50


def part_of(request: SignedIn, found: "QuerySet[Any]") -> "Page[Any]":
    """Return the page of a list that was asked for."""
    return Paginator(found, PER_PAGE).get_page(request.GET.get("page"))


def clocks_of(nouns: list[Any]) -> dict[str, Clock]:
    """Return the open clock of each noun, by its ledger id, with one query."""
    running = Clock.objects.of(*(noun.ledger_id() for noun in nouns)).open()
    return {clock.subject: clock for clock in running}


def show(
    request: SignedIn, template: str, noun: Any, context: Mapping[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    """Answer with the page of one noun; after a refusal with what was typed and why not."""
    clocks = list(Clock.objects.of(noun.ledger_id()).open())
    shared = {
        "noun": noun,
        "clocks": clocks,
        "at": now(),
        "typed": request.POST if refusal else {},
        "errors": list(refusal.errors) if refusal else [],
        "refusal": refusal,
    }
    return page(request, template, {**shared, **context}, status=refusal.status if refusal else 200)


def step(
    request: SignedIn,
    noun: Any,
    take: Callable[[Any, int | None], None],
    again: Callable[[Refusal], HttpResponse],
    *,
    done: str,
) -> HttpResponse:
    """Take one step and come back to where the form was; a refusal shows the page as it is now."""
    try:
        take(noun, typed_number(request.POST.get("seen", "")))
    except Refusal as refusal:
        return again(refusal)
    messages.success(request, done)
    return redirect(request.path.rstrip("/").rpartition("/")[0] + "/")


def matter_of(request: SignedIn) -> Supervised:
    """Return the matter whose number was typed. Raises: Invalid."""
    found: Supervised | None = import_string(f"{settings.SUPERVISED_MATTERS}.find_matter")(
        request.POST.get("number", "")[:40]
    )
    if found is None:
        wrong = _("没有这个编号的工单，请核对编号。")
        raise Invalid(wrong, errors=[FieldError("number", "unknown", wrong)])
    return found


def unit_of(request: SignedIn) -> Department:
    """Return the department that was chosen. Raises: Invalid."""
    found = Department.objects.filter(code=request.POST.get("unit", "")[:40]).first()
    if found is None:
        wrong = _("请从列表中选择。")
        raise Invalid(wrong, errors=[FieldError("unit", "enum", wrong)])
    return found


def units() -> list[tuple[str, str]]:
    """Return the departments to choose from."""
    return [(one.code, one.label) for one in Department.objects.order_by("code")]
