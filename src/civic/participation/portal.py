"""Residents' door of participation: every draw by lot, and how anybody can check it. Shows nobody's name."""

import shlex
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from civic.core import access
from civic.core.pages import page
from civic.participation.files import outcome_csv, register_name
from civic.participation.models import Sortition
from civic.participation.states import SeatState, SortitionState

MOST = 200
TOOL = "verify_draw.py"
FEWEST = 5  # people of a stratum that are told in public: fewer could say who somebody is


@dataclass(frozen=True)
class Line:
    """One stratum as the public reads it; `people` in words."""

    stratum: str
    people: str
    quota: int


@access.public
@require_GET
def sortitions(request: HttpRequest) -> HttpResponse:
    """Every draw whose commitment was published, also those that were cancelled."""
    found = Sortition.objects.made_known().for_list()[:MOST]
    return page(request, "participation/portal/sortitions.html", {"sortitions": list(found)})


@access.public
@require_GET
def sortition(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw: the commitment, the seed when it is told, the quotas, and the command that runs it again."""
    found = _known(pk)
    seats = found.seats.listed()
    counts = {state.value: sum(seat.state == state for seat in seats) for state in SeatState}
    context = {
        "sortition": found,
        "lines": lines_of(found),
        "counts": counts,
        "replaced": sum(seat.replaces_id is not None for seat in seats),
        "commands": commands_for(found),
    }
    return page(request, "participation/portal/sortition.html", context)


@access.public
@require_GET
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """The register, byte for byte, where it is public: numbers and strata only."""
    found = _known(pk)
    if not found.is_open or found.state == SortitionState.CANCELLED:
        raise Http404
    return _file(found.content(), register_name(found))


@access.public
@require_GET
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom the lot fell on, by register number, where the register is public."""
    found = _known(pk)
    if not found.is_open or found.drawn_at is None:
        raise Http404
    return _file(outcome_csv(found).encode(), f"sortition-{found.pk}-list.csv")


@access.public
@require_GET
def tool(request: HttpRequest) -> HttpResponse:
    """The program of one page with which anybody runs a draw again."""
    return _file((settings.ROOT / "tools" / TOOL).read_bytes(), TOOL, "text/x-python")


def lines_of(found: Sortition) -> list[Line]:
    """Return the strata as the public reads them."""
    few = _("少于%(n)s") % {"n": FEWEST}
    return [
        Line(" / ".join(one["of"]) or _("全体"), few if one["people"] < FEWEST else str(one["people"]), one["quota"])
        for one in found.strata
    ]


def commands_for(found: Sortition) -> list[str]:
    """Return the command lines that run a draw again and compare it with the published list."""
    arguments = ["--seed", found.seed, "--size", str(found.size)]
    if found.beacon:
        arguments += ["--beacon", found.beacon]
    if found.by:
        arguments += ["--by", ",".join(found.by)]
    told = shlex.join([*arguments, register_name(found)])
    listed = f" sortition-{found.pk}-list.csv" if found.is_open else ""
    return [f"python3 {TOOL} {told}{listed}", f"civic participation draw {told}"]


def _known(pk: int) -> Sortition:
    found: Sortition = get_object_or_404(Sortition.objects.made_known().for_list(), pk=pk)
    return found


def _file(content: bytes, name: str, kind: str = "text/csv") -> HttpResponse:
    answer = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
