"""People's deputies: when they receive residents, the voices that they bring, and what came of these."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Count, F, Q

from civic.accounts.models import Account, Department
from civic.areas.models import Area
from civic.core.errors import require
from civic.core.plain_yaml import load_yaml
from civic.deadlines.models import published_calendar
from civic.hotline import policies
from civic.hotline.models import Reception, Station, Ticket
from civic.hotline.policies import beside
from civic.hotline.rules import is_rule
from civic.hotline.services.intake import Caller, Intake, take_in
from civic.hotline.services.loading import Loaded, Misshapen
from civic.hotline.services.rating import SPONSOR
from civic.hotline.states import Channel
from civic.ratings.models import Rating
from civic.ratings.rules import SATISFIED_FROM, SMALLEST_CELL

WEEKS = 8
YEAR = timedelta(days=365)
TEXTS = ("name", "name_en", "address", "address_en", "source")


@dataclass(frozen=True)
class Sitting:
    """A deputy at a station on one day, in the city's time. `is_sure`: the holidays of that year are published."""

    on: date
    starts: time
    ends: time
    station: Station
    deputy: str
    is_sure: bool
    reception: int

    @property
    def uid(self) -> str:
        """What a calendar program knows it by, the same whenever it asks."""
        return f"{self.on:%Y%m%d}-{self.reception}@reception.civic"


@dataclass(frozen=True)
class Brought:
    """What deputies brought within a year; `content` of `rated` graded the answer 4 or 5, None where few rated."""

    received: int
    answered: int
    in_time: int
    rated: int | None
    content: int | None


def sittings(*, first: date, deputy: Account | None = None, weeks: int = WEEKS) -> list[Sitting]:
    """Return who receives residents where in these weeks from `first` on, by time; on public holidays nobody does."""
    until, calendar = first + timedelta(weeks=weeks), published_calendar()
    found = Reception.objects.filter(is_offered=True).select_related("station__area", "deputy__official")
    if deputy is not None:
        found = found.filter(deputy=deputy)
    made = [
        Sitting(
            on, one.starts, one.ends, one.station, one.deputy.official.display_name,
            on.year in calendar.years, one.pk,
        )
        for one in found
        for on in one.days(first, until)
        if one.on is not None or on.year not in calendar.years or calendar.is_workday(on)
    ]  # fmt: skip
    return sorted(made, key=lambda one: (one.on, one.starts, one.station.code, one.reception))


def stations_of(user: Account) -> list[Station]:
    """Return the stations where this person sits, or whose clerk they are."""
    found = Station.objects.select_related("area", "department").order_by("name")
    if user.has_any_role(policies.DEPUTY):
        return list(found.filter(receptions__deputy=user, receptions__is_offered=True).distinct())
    return list(found.filter(department=user.department_id))


def deputies_at(station: Station) -> list[Account]:
    """Return the deputies who receive residents at a station."""
    sitting = Reception.objects.filter(station=station, is_offered=True).values("deputy")
    return list(Account.objects.filter(pk__in=sitting).select_related("official").order_by("official__display_name"))


def bring(said: Intake, *, caller: Caller, deputy: Account, station: Station, by: Account, at: datetime) -> Ticket:
    """Take in what a resident said to a deputy, who from then on follows it and rates its answer.

    `by` is the deputy, or a clerk of the station. Raises: NotAllowed; TicketIncomplete.
    """
    require(beside.why_not_bring(by, deputy, station))
    facts = {**said.facts, "station": station.code}
    return take_in(replace(said, channel=Channel.DEPUTY, sponsor=deputy, facts=facts), caller=caller, by=by, at=at)


def brought(*, at: datetime) -> Brought:
    """Return what the public is told of the last year; of ratings nothing before five deputies' ratings are there."""
    since = at - YEAR
    counts = Ticket.objects.brought_by_deputies(since=since).aggregate(
        received=Count("pk"),
        answered=Count("replied_at"),
        in_time=Count("replied_at", filter=Q(replied_at__lte=F("due_at"))),
    )
    rated = Rating.objects.counted().filter(right__step__startswith=f"{SPONSOR}-", submitted_at__gte=since)
    graded = rated.aggregate(n=Count("pk"), content=Count("pk", filter=Q(grade__gte=SATISFIED_FROM)))
    shown = graded["n"] >= SMALLEST_CELL
    return Brought(**counts, rated=graded["n"] if shown else None, content=graded["content"] if shown else None)


def load_stations(path: Path, *, by: object, at: datetime) -> Loaded:
    """Take in the stations and reception days of a city pack, all or nothing; a second time changes nothing.

    A reception of a deputy who has no account is left out. Raises: Misshapen, naming the place.
    """
    try:
        pack = load_yaml(path.read_text(encoding="utf-8"))
        rows = pack["stations"]
    except (yaml.YAMLError, KeyError, TypeError) as fault:
        raise Misshapen(f"{path.name}: write the list stations.") from fault
    loaded, kept = Loaded(), list[int]()
    with transaction.atomic():
        for one in rows:
            station = _load_station(one, loaded, by=by, at=at)
            for rule in one.get("receptions", []):
                kept += _load_reception(station, rule, loaded, by=by, at=at)
        for gone in Reception.objects.filter(is_offered=True).exclude(pk__in=kept):
            Reception.objects.describe({"pk": gone.pk}, by=by, at=at, facts={"is_offered": False})
    return loaded


def _load_station(one: Mapping[str, Any], loaded: Loaded, *, by: object, at: datetime) -> Station:
    where = f"station {one.get('code')}"
    facts: dict[str, Any] = {name: str(one.get(name) or "") for name in TEXTS}
    department = Department.objects.filter(code=one.get("department")).first()
    area = Area.objects.by_code(code=str(one["area"])) if one.get("area") else None
    if "" in facts.values() or department is None or (one.get("area") and area is None):
        raise Misshapen(f"{where}: write {', '.join(TEXTS)}, a known department and, if any, a known area.")
    facts |= {"department": department, "area": area, "is_demonstration": bool(one.get("demonstration"))}
    station, written = Station.objects.describe({"code": one["code"]}, by=by, at=at, facts=facts)
    loaded.count(written)
    return station


def _load_reception(
    station: Station, rule: Mapping[str, Any], loaded: Loaded, *, by: object, at: datetime
) -> list[int]:
    deputy = Account.objects.filter(username=rule.get("deputy"), official__isnull=False).first()
    if deputy is None or not deputy.has_any_role(policies.DEPUTY):
        return []
    try:
        starts, ends = time.fromisoformat(rule["from"]), time.fromisoformat(rule["until"])
    except (KeyError, TypeError, ValueError) as fault:
        raise Misshapen(f'station {station.code}: write from: "09:00" and until: "11:00".') from fault
    when = {"on": rule.get("day"), "weekday": rule.get("weekday"), "nth": rule.get("nth")}
    if not is_rule(**when) or starts >= ends:
        raise Misshapen(f"station {station.code}: write day (a date) or weekday (1 to 7; nth 1 to 5 if monthly).")
    key = {"station": station, "deputy": deputy, "starts": starts, **when}
    made, written = Reception.objects.describe(key, by=by, at=at, facts={"ends": ends, "is_offered": True})
    loaded.count(written)
    return [made.pk]
