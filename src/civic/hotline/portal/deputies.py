"""When people's deputies receive residents, where, and what came of what they were told; also for one's calendar."""

from datetime import UTC, datetime
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from civic.core import access
from civic.core.pages import page
from civic.core.text import local
from civic.deadlines.calendars import CITY
from civic.hotline.models import Station
from civic.hotline.services.deputies import WEEKS, Sitting, brought, sittings

STAMP = "%Y%m%dT%H%M%SZ"


@access.public
@require_GET
def receptions(request: HttpRequest) -> HttpResponse:
    """Show the reception days of the next weeks, day by day, and what deputies have brought."""
    at = now()
    found = sittings(first=localdate(at))
    context = {
        "days": [(on, list(those)) for on, those in groupby(found, key=lambda one: one.on)],
        "stations": list(Station.objects.select_related("area").order_by("code")),
        "weeks": WEEKS, "brought": brought(at=at), "at": at,
        "is_sure": all(one.is_sure for one in found),
    }  # fmt: skip
    return page(request, "hotline/portal/deputies.html", context)


@access.public
@require_GET
def calendar_file(request: HttpRequest) -> HttpResponse:
    """Return the reception days as an iCalendar file (RFC 5545)."""
    at = now()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//civic//deputies//ZH", "CALSCALE:GREGORIAN"]
    for one in sittings(first=localdate(at)):
        lines += _event(one, at)
    lines.append("END:VCALENDAR")
    text = "".join(f"{_folded(line)}\r\n" for line in lines)
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="deputies.ics"'
    return answer


def _event(one: Sitting, at: datetime) -> list[str]:
    starts, ends = (datetime.combine(one.on, time, tzinfo=CITY).astimezone(UTC) for time in (one.starts, one.ends))
    summary = _("人大代表接待日：%(name)s") % {"name": one.deputy}
    return [
        "BEGIN:VEVENT", f"UID:{one.uid}", f"DTSTAMP:{at.astimezone(UTC):{STAMP}}", f"DTSTART:{starts:{STAMP}}",
        f"DTEND:{ends:{STAMP}}", f"SUMMARY:{_escaped(summary)}",
        f"LOCATION:{_escaped(one.station.label + ' ' + local(one.station, 'address'))}", "END:VEVENT",
    ]  # fmt: skip


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Return a line in pieces of at most 75 octets, as the format wants, no character cut in two."""
    pieces, room, held = [""], 75, 0
    for character in line:
        width = len(character.encode())
        if held + width > room:
            pieces.append("")
            room, held = 74, 0
        pieces[-1] += character
        held += width
    return "\r\n ".join(pieces)
