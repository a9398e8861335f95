"""Joint meetings: the agenda, the minutes, and what each unit has to do by when."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string
from django.utils.timezone import get_current_timezone, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.accounts.http import SignedIn
from civic.core import access
from civic.core.errors import Conflict, FieldError, Invalid, Refusal
from civic.core.pages import page
from civic.core.said import said
from civic.supervision.models import Assignment, Item, Meeting
from civic.supervision.models.matter import Supervised
from civic.supervision.office.shared import matter_of, part_of, show, step, unit_of, units
from civic.supervision.policies import READERS, SUPERVISOR, UNIT
from civic.supervision.services import call_meeting


@access.official(*READERS)
@require_GET
def meetings(request: SignedIn) -> HttpResponse:
    part = part_of(request, Meeting.objects.visible_to(request.user).for_list())
    return page(request, "supervision/office/meetings.html", {"part": part, "at": now()})


@access.official(SUPERVISOR)
@require_http_methods(["GET", "POST"])
def new_meeting(request: SignedIn) -> HttpResponse:
    """Call a meeting over what is stuck between units, proposed for its agenda."""
    refusal: Refusal | None = None
    proposed = _proposed()
    chosen = request.POST.getlist("matter")
    if request.method == "POST":
        matters = [_as_proposed(number, proposed) for number in chosen]
        try:
            made = call_meeting(
                title=request.POST.get("title", ""), on=_moment(request), matters=[one for one in matters if one],
                by=request.user, at=now(),
            )  # fmt: skip
        except Refusal as refused:
            refusal = refused
        else:
            return redirect(f"/office/meetings/{made.pk}/")
    context = {"typed": request.POST, "errors": list(refusal.errors) if refusal else [], "refusal": refusal}
    more = {"proposed": list(proposed.values()), "chosen": chosen}
    status = refusal.status if refusal else 200
    return page(request, "supervision/office/new_meeting.html", context | more, status=status)


def _asked(question: str) -> Callable[..., Any]:
    """Return a question about matters that a room above answers."""
    found: Callable[..., Any] = import_string(f"{settings.SUPERVISED_MATTERS}.{question}")
    return found


def _proposed() -> dict[str, dict[str, str]]:
    """Return what is stuck and on no agenda yet, by number."""
    found: list[dict[str, str]] = _asked("stuck_matters")(at=now())
    on_agenda = set(Item.objects.planned().values_list("subject", flat=True))
    return {one["number"]: one for one in found if one["subject"] not in on_agenda}


def _as_proposed(number: str, proposed: Mapping[str, dict[str, str]]) -> dict[str, str] | None:
    """Return the matter that was ticked, also where it has moved on since the page was shown."""
    if number in proposed:
        return proposed[number]
    found: Supervised | None = _asked("find_matter")(number)
    return {**found.names(), "words": _("列入议题时已有进展，请核对现状。")} if found is not None else None


@access.official(*READERS)
@require_GET
def meeting(request: SignedIn, pk: int) -> HttpResponse:
    return _show(request, _meeting(request, pk))


@access.official(SUPERVISOR)
@require_POST
def meeting_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Note the minutes, call the meeting off, or decide about an item of the agenda."""
    words, at = request.POST.get("words", ""), now()

    def take(noun: Meeting, seen: int | None) -> None:
        if name == "hold":
            noun.hold(minutes=words, by=request.user, at=at, seen=seen)
        elif name == "cancel":
            noun.cancel(by=request.user, at=at, seen=seen)
        elif name == "agenda":
            noun.add(matter=matter_of(request).names(), words=said("words", words, most=500), by=request.user, at=at)
        elif name == "decide":
            item = get_object_or_404(Item, meeting=noun, pk=request.POST.get("item") or 0)
            item.decide(unit=unit_of(request), words=words, by=request.user, at=at)
        else:
            raise Conflict(_("没有这一步。"))

    def again(refusal: Refusal) -> HttpResponse:
        return _show(request, _meeting(request, pk), refusal)

    return step(request, _meeting(request, pk), take, again, done=_("已办理。"))


@access.official(SUPERVISOR, *UNIT)
@require_POST
def assignment_step(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Report that a decision is carried out, or confirm or reopen it; answers with the meeting's page."""
    found = get_object_or_404(Assignment.objects.visible_to(request.user).for_list(), pk=pk)
    meeting_pk, at = found.item.meeting_id, now()

    def take(noun: Assignment, seen: int | None) -> None:
        if name == "finish":
            noun.finish(report=request.POST.get("words", ""), by=request.user, at=at, seen=seen)
        elif name in ("confirm", "reopen"):
            getattr(noun, name)(by=request.user, at=at, seen=seen)
        else:
            raise Conflict(_("没有这一步。"))

    def again(refusal: Refusal) -> HttpResponse:
        return _show(request, _meeting(request, meeting_pk), refusal)

    answer = step(request, found, take, again, done=_("已办理。"))
    return redirect(f"/office/meetings/{meeting_pk}/") if answer.status_code == 302 else answer


def _moment(request: SignedIn) -> datetime:
    """Return day and time as typed, in the city's time. Raises: Invalid."""
    found = parse_datetime(request.POST.get("on", "").strip())
    if found is None:
        wrong = _("请填写日期和时间，例如 2026-03-05 09:30。")
        raise Invalid(wrong, errors=[FieldError("on", "datetime", wrong)])
    return found if found.tzinfo else found.replace(tzinfo=get_current_timezone())


def _meeting(request: SignedIn, pk: int) -> Meeting:
    found: Meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    return found


def _show(request: SignedIn, found: Meeting, refusal: Refusal | None = None) -> HttpResponse:
    user = request.user
    items = found.items.order_by("pk").prefetch_related("assignments__unit")
    context = {
        "items": list(items),
        "decides": user.has_any_role(SUPERVISOR),
        "own_unit": user.department_id,
        "units": units(),
    }
    return show(request, "supervision/office/meeting.html", found, context, refusal)
