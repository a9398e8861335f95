"""Journeys of the front door: search over the published services, and the guide of the front page."""

from collections import Counter
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.db.models import Count, Max, Sum
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from civic.catalogue.models import Service, Theme, Version
from civic.catalogue.states import Source
from civic.core.plain_yaml import load_yaml
from civic.core.text import has_chinese
from civic.home.rules.search import Entry, Hit, Index
from civic.home.rules.words import Meanings

Stamp = tuple[int, int, int]
SHOWN = 8  # services named on the front page


@dataclass(frozen=True)
class Choice:
    """One way into the services: a theme, a life event, a department; and how many services it leads to."""

    code: str
    name: str
    name_en: str
    count: int = 0


@dataclass(frozen=True)
class Guide:
    """The ways into the services that the front page offers."""

    themes: tuple[Choice, ...]
    life_events: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    online: tuple[Choice, ...]
    count: int


@dataclass(frozen=True)
class Found:
    """A service that answers a question, and why."""

    service: Service
    hit: Hit
    why: str


@dataclass(frozen=True)
class _Snapshot:
    stamp: Stamp
    index: Index
    guide: Guide


_kept: _Snapshot | None = None
_building = Lock()


def guide() -> Guide:
    """Return the ways into the services published now."""
    return _snapshot().guide


def find_services(query: str, limit: int = 20) -> list[Found]:
    """Return the published services that answer `query`, best first."""
    hits = _snapshot().index.find(query, limit)
    rows = Service.objects.published().filter(code__in=[hit.code for hit in hits]).for_list()
    services = {service.code: service for service in rows}
    return [Found(services[hit.code], hit, why(hit)) for hit in hits if hit.code in services]


def why(hit: Hit) -> str:
    """Return in words why a service was found; its name is not said twice."""
    if hit.how == "name":
        return _("意思相近") if hit.way == "meaning" else ""
    by_way = {
        "meaning": _("意思相近：%(term)s"),
        "pinyin": _("拼音相符：%(term)s"),
        "initials": _("首字母相符：%(term)s"),
        "sound": _("读音相近：%(term)s"),
        "typing": _("字相近：%(term)s"),
    }
    by_kind = {"alias": _("也叫：%(term)s"), "theme": _("主题：%(term)s"), "department": _("部门：%(term)s")}
    words = by_way.get(hit.way) or by_kind.get(hit.how)
    if not words:
        return ""
    term = Markup('<span lang="zh-Hans">{}</span>').format(hit.term) if has_chinese(hit.term) else escape(hit.term)
    return Markup(words) % {"term": term}  # noqa: S704 our own words; the term is escaped


def _snapshot() -> _Snapshot:
    """Return the index of the services published now, built again when any of them has changed."""
    global _kept
    stamp = _stamp()
    kept = _kept
    if kept is None or kept.stamp != stamp:
        with _building:
            if _kept is None or _kept.stamp != stamp:
                _kept = _build(stamp)
            kept = _kept
    return kept


def _stamp() -> Stamp:
    totals = Service.objects.published().aggregate(n=Count("pk"), changes=Sum("revision"), newest=Max("current_id"))
    return totals["n"], totals["changes"] or 0, totals["newest"] or 0


def _build(stamp: Stamp) -> _Snapshot:
    services = list(Service.objects.published().for_list())
    entries = [_entry(service, service.current) for service in services if service.current is not None]
    return _Snapshot(stamp, Index(entries, _meanings()), _guide(services))


def _meanings() -> Meanings:
    """Return what people say and mean, with the city's own groups of words."""
    path = settings.CITY_PACK / "search.yaml"
    groups = load_yaml(path.read_text(encoding="utf-8"))["synonyms"] if path.exists() else []
    return Meanings(groups)


def _entry(service: Service, version: Version) -> Entry:
    return Entry(
        code=service.code, name=version.name, aliases=tuple(version.aliases), english=version.name_en,
        theme=version.theme, department=service.department.name, life_events=tuple(version.life_events),
        own=service.source == Source.CITY,
    )  # fmt: skip


def _guide(services: list[Service]) -> Guide:
    versions = [service.current for service in services if service.current is not None]
    themes = Counter(version.theme for version in versions)
    events = Counter(event for version in versions for event in version.life_events)
    offices = Counter(service.department for service in services)
    departments = [Choice(office.code, office.name, office.name_en, n) for office, n in offices.items()]
    return Guide(
        themes=_choices(Theme.Kind.THEME, themes),
        life_events=_choices(Theme.Kind.LIFE_EVENT, events),
        departments=tuple(sorted(departments, key=lambda choice: (-choice.count, choice.code))),
        online=_one_a_theme(services),
        count=len(services),
    )


def _choices(kind: str, counts: Counter[str]) -> tuple[Choice, ...]:
    english = dict(Theme.objects.filter(kind=kind).values_list("name", "name_en"))
    named = [Choice(name, name, english.get(name, ""), count) for name, count in counts.items() if name]
    order = {name: place for place, name in enumerate(english)}
    return tuple(sorted(named, key=lambda choice: (order.get(choice.name, len(order)), -choice.count, choice.name)))


def _one_a_theme(services: list[Service]) -> tuple[Choice, ...]:
    """Return services that can be applied for online, the one of each theme that people have most words for."""
    versions = [(service.code, service.current) for service in services if service.current is not None]
    online = [(code, version) for code, version in versions if version.online and _is_for_people(version)]
    chosen: dict[str, Choice] = {}
    for code, version in sorted(online, key=lambda pair: (-len(pair[1].aliases), pair[0])):
        chosen.setdefault(version.theme, Choice(code, version.name, version.name_en))
    return tuple(chosen.values())[:SHOWN]


def _is_for_people(version: Version) -> bool:
    return "PERSON" in version.audience
