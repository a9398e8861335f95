"""Early warning: what topic grows unusually in which county, counted in people; the unit whose duty it is gets a task.

Counted are the classes that tickets have (what is not classified yet counts from when it is), without what was told
in confidence. A growth that no county shows by itself is looked for in the whole city.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.timezone import localdate

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.hotline.models import Category, Surge, Ticket, Watch
from civic.hotline.models.surge import Sign
from civic.hotline.rules import chance_of, is_unusual
from civic.hotline.services.sorting import duties, unit_for

COUNTY = 6  # digits of a county's code


@dataclass
class Series:
    """One topic in one county: who spoke in which stretch of days (0 the newest), and tickets by day."""

    people: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    days: Counter[int] = field(default_factory=Counter)

    def add(self, stretch: int, who: str, days_ago: int) -> None:
        self.people[stretch].add(who)
        self.days[days_ago] += 1


def raise_surges(*, at: datetime) -> int:
    """Raise a warning for each unusual growth that has none; return how many are new. Safe to run twice."""
    watch = Watch.objects.in_force()
    if watch is None:
        return 0
    known = duties()
    centre = Department.objects.filter(code=settings.HOTLINE_CENTRE).first()
    made = 0
    for sign in signs(watch, at=at):
        duty = unit_for(sign.category, sign.area, known)
        unit = duty.unit if duty is not None else centre
        if unit is not None:
            made += Surge.objects.note(sign, watch=watch, unit=unit, at=at)[1]
    return made


def signs(watch: Watch, *, at: datetime) -> list[Sign]:
    """Return every unusual growth now: by county, else in the whole city."""
    counted = _count(watch, at=at)
    categories = {one.code: one for one in Category.objects.filter(level=watch.level)}
    counties = {one.code: one for one in Area.objects.filter(level=Area.Level.COUNTY)}
    found: dict[str, list[Sign]] = defaultdict(list)
    for (category, county), series in sorted(counted.items(), key=lambda one: (one[0][0], not one[0][1], one[0][1])):
        if category in categories and (county in counties or (not county and not found[category])):
            sign = _sign(series, categories[category], counties.get(county), watch, at=at)
            found[category] += [sign] if sign is not None else []
    return [sign for some in found.values() for sign in some]


def _sign(series: Series, category: Category, area: Area | None, watch: Watch, *, at: datetime) -> Sign | None:
    people = len(series.people[0])
    before = [len(series.people[stretch]) for stretch in range(watch.weeks, 0, -1)]
    if not is_unusual(people, before, people_least=watch.people, chance=float(watch.chance)):
        return None
    daily = [series.days[ago] for ago in range(watch.days * (watch.weeks + 1) - 1, -1, -1)]
    return Sign(category, area, people, before, daily, chance_of(people, before), localdate(at))


def _count(watch: Watch, *, at: datetime) -> Mapping[tuple[str, str], Series]:
    """Return the series by the codes of class and county; those of the whole city under no county."""
    found: dict[tuple[str, str], Series] = defaultdict(Series)
    today, span = localdate(at), timedelta(days=watch.days)
    for category, area, who, received_at in _rows(at - span * (watch.weeks + 1)):
        if received_at <= at:
            stretch, ago = (at - received_at) // span, (today - localdate(received_at)).days
            for county in {area[:COUNTY], ""}:
                found[category[: 2 * watch.level], county].add(stretch, who, ago)
    return found


def _rows(since: datetime) -> Iterator[tuple[str, str, str, datetime]]:
    """Yield class, area, person and time of every ticket since then; an anonymous one is a person of its own."""
    rows = Ticket.objects.told_openly().since(since).filter(category__isnull=False)
    wanted = ("pk", "category__code", "area__code", "caller", "phone_index", "received_at")
    for pk, category, area, caller, phone, received_at in rows.values_list(*wanted).iterator(chunk_size=5000):
        yield category, area or "", phone or (f"account:{caller}" if caller else f"ticket:{pk}"), received_at
