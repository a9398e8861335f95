"""Journeys of the catalogue: what may be referred to, publishing, taking in whole batches of services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.catalogue import rules
from civic.catalogue.deciding import rule_words
from civic.catalogue.models import Place, Service, Theme, Version
from civic.catalogue.pack.foreign import Foreign
from civic.catalogue.rules import words
from civic.catalogue.rules.content import CODE, LENGTHS
from civic.catalogue.states import Source
from civic.core.errors import Conflict, FieldError


class CodeTaken(Conflict):
    """Another service has this code."""

    code = "code-taken"


@dataclass(frozen=True)
class Loaded:
    """One checked service of a batch."""

    code: str
    content: rules.Content
    demonstration: bool = False
    origin: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Tally:
    """What a batch did: codes of services that are new, that have a new version, that were already so."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged


def known_codes() -> rules.Known:
    """Return the codes that a service may refer to now."""
    themes = list(Theme.objects.values_list("kind", "name"))
    return rules.Known(
        departments=set(Department.objects.values_list("code", flat=True)),
        places=set(Place.objects.values_list("key", flat=True)),
        themes=[name for kind, name in themes if kind == Theme.Kind.THEME] or list(words.THEMES),
        life_events=[name for kind, name in themes if kind == Theme.Kind.LIFE_EVENT] or list(words.LIFE_EVENTS),
        rule_words=rule_words(),
    )


def publish_version(version: Version, *, by: Any, at: datetime, seen: int | None = None) -> None:
    """Publish a draft, checked against the departments, places and themes of now."""
    version.publish(known=known_codes(), by=by, at=at, seen=seen)


def open_service(*, code: str, content: rules.Content, by: Any, at: datetime, demonstration: bool = False) -> Version:
    """Add a service that did not exist, with its first draft. Raises: CodeTaken."""
    department = Department.objects.get(code=content["department"])
    with transaction.atomic():
        service, fresh = Service.objects.get_or_create(
            code=code, defaults={"name": content["name"], "department": department}
        )
        if not fresh:
            raise CodeTaken(
                _("事项编码「%(code)s」已被「%(name)s」使用，请换一个编码。") % {"code": code, "name": service.name}
            )
        return service.open(content=content, by=by, at=at, demonstration=demonstration)


def publish_batch(batch: Sequence[Loaded], *, source: Source, by: Any, at: datetime) -> Tally:
    """Put every service of `batch` in force as given, in one transaction; what is already so stays untouched.

    A service whose last loaded content equals the given one is left alone, even where a clerk has published since.
    """
    tally, departments = Tally(), _departments(batch)
    with transaction.atomic():
        _lock_batch()
        stored = _stored(batch)
        versions = []
        for item in batch:
            digest = rules.digest(item.content)
            service = stored.get(item.code)
            if service is not None and service.last_digest == digest:  # type: ignore[attr-defined]
                tally.unchanged.append(item.code)
                continue
            (tally.added if service is None else tally.changed).append(item.code)
            department = departments[item.content["department"]]
            versions.append(_next_version(item, service, department, digest))
        _put_in_force(versions, source=source, by=by, at=at)
    return tally


def _lock_batch() -> None:
    """Let one batch in at a time: two loads of the same pack must not both add a service."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x0CA7A106])


def _departments(batch: Sequence[Loaded]) -> Mapping[str, Department]:
    codes = {item.content["department"] for item in batch}
    return {department.code: department for department in Department.objects.filter(code__in=codes)}


def _stored(batch: Sequence[Loaded]) -> dict[str, Service]:
    services = Service.objects.filter(code__in=[item.code for item in batch]).select_related("current")
    return {service.code: service for service in services.with_last_digest().select_for_update(of=("self",))}


def _next_version(item: Loaded, service: Service | None, department: Department, digest: str) -> Version:
    name = item.content["name"]
    owner = service or Service(code=item.code, name=name, department=department)
    number = 1 + (service.versions.newest_number() if service is not None else 0)
    version = Version(
        service=owner, number=number, demonstration=item.demonstration, source_digest=digest, origin=dict(item.origin)
    )
    version.take(item.content, department)
    return version


def _put_in_force(versions: Sequence[Version], *, source: Source, by: Any, at: datetime) -> None:
    fresh = [version.service for version in versions if version.service.pk is None]
    Service.objects.insert(fresh, source=source)
    for version in versions:
        version.service_id = version.service.pk
        if version.service.current is not None:
            version.service.current.supersede(by=by, at=at)
    Version.objects.insert_published(versions, by=by, at=at)
    Service.objects.adopt_all(versions, by=by, at=at)


def take_directory(
    *,
    departments: Mapping[str, Mapping[str, str]],
    places: Mapping[str, Mapping[str, str]],
    themes: list[tuple[str, str]],
    events: list[tuple[str, str]],
    at: datetime,
) -> int:
    """Bring departments, places, themes and life events up to date. Returns how many rows were written."""
    areas = {area.code: area for area in Area.objects.filter(code__in=[d["area"] for d in departments.values()])}
    written = 0
    with transaction.atomic():
        for code, row in departments.items():
            facts = {name: row[name] for name in ("name", "name_en", "phone")}
            area = areas.get(row["area"])
            written += Department.objects.describe(code=code, by="operator", at=at, area=area, **facts)[1]
        for key, row in places.items():
            facts = {name: value for name, value in row.items() if name != "key"}
            written += Place.objects.describe(key=key, by="operator", at=at, **facts)[1]
        written += Theme.objects.arrange(kind=Theme.Kind.THEME, names=themes, by="operator", at=at)
        written += Theme.objects.arrange(kind=Theme.Kind.LIFE_EVENT, names=events, by="operator", at=at)
    return written


def import_batch(rows: Sequence[tuple[Foreign, Mapping[str, str]]], *, at: datetime) -> tuple[Tally, dict[str, str]]:
    """Publish rows of another city's list as guides, in one transaction.

    Departments and places come in under codes of their own ("import-…"), so none can be taken for the city's.
    Returns the tally and the refusals: code -> reason.
    """
    with transaction.atomic():
        for code, name in {row.department for row, _ in rows}:
            Department.objects.describe(code=code, by="operator", at=at, name=name)
        for key, name, address in {row.place for row, _ in rows if row.place}:
            Place.objects.describe(key=key, by="operator", at=at, name=name, address=address)
        own = set(Service.objects.own().filter(code__in=[row.code for row, _ in rows]).values_list("code", flat=True))
        refused = dict.fromkeys(own, "编码已是本市事项的编码，不能被导入的事项取代。")
        known, batch = known_codes(), []
        for row, cells in rows:
            errors = rules.content_errors(row.content, known)
            if errors:
                refused[row.code] = " ".join(error.message for error in errors)
            if row.code not in refused:
                origin = {"row": dict(cells), "problems": list(row.problems)}
                batch.append(Loaded(row.code, row.content, origin=origin))
        return publish_batch(batch, source=Source.IMPORT, by="operator", at=at), refused


IMPORTED = "import-"  # what codes of departments and places begin with that a foreign list brought


def own_departments() -> list[tuple[str, str]]:
    """Return (code, name in the reader's language) of the city's own departments."""
    departments = Department.objects.exclude(code__startswith=IMPORTED).order_by("code")
    return [(department.code, f"{department.label} ({department.code})") for department in departments]


def own_places() -> list[tuple[str, str]]:
    """Return (key, name) of the city's own places."""
    return list(Place.objects.exclude(key__startswith=IMPORTED).order_by("key").values_list("key", "name"))


def new_service_errors(*, code: str, name: str) -> list[FieldError]:
    """Return what is wrong with the code and name of a service to be added."""
    errors = []
    if not CODE.fullmatch(code):
        errors.append(FieldError("/code", "pattern", _("事项编码只能用大写字母、数字和短横线，例如 LA-RS-010。")))
    if not name or len(name) > LENGTHS["name"]:
        errors.append(FieldError("/name", "length", _("请填写事项名称，200 个字以内。")))
    return errors


def begin_service(*, code: str, name: str, department: Department, by: Any, at: datetime) -> Version:
    """Add a service with an almost empty draft. Raises: CodeTaken."""
    empty = {"name": name, "department": department.code, "level": "CITY", "kind": "PROMISED", "category": "OTHER"}
    content = rules.normalise({**empty, "decision": {"department": department.code}})
    return open_service(code=code, content=content, by=by, at=at)
