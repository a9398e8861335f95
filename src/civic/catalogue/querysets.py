"""The questions asked of services and versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Exists, F, Max, OuterRef, Q, Subquery, Value, When

from civic.audit.services import record
from civic.catalogue.states import Source, State

if TYPE_CHECKING:
    from civic.catalogue.models import Service, Version

BULKY = ("form", "steps", "eligibility", "legal_basis", "materials", "rules")


class ServiceQuerySet(models.QuerySet["Service", "Service"]):
    """Questions about services, and the two bulk verbs of a load."""

    def insert(self, services: "Sequence[Service]", *, source: Source) -> None:
        """Store services that are new; `adopt_all` follows in the same transaction and records them."""
        for service in services:
            service.source = source
        self.bulk_create(services, batch_size=200)

    def adopt_all(self, versions: "Sequence[Version]", *, by: object, at: datetime) -> None:
        """Make each version the one in force of its service, and record it."""
        for version in versions:
            service = version.service
            service.current, service.name, service.department = version, version.name, version.department
            service.revision += 1
        services = [version.service for version in versions]
        self.bulk_update(services, ["current", "name", "department", "revision"], batch_size=200)
        for service in services:
            detail = {"version": str(service.current_id)}
            record(at=at, actor=by, step="catalogue.service.adopt", subject=service, detail=detail)

    def with_last_digest(self) -> Self:
        """With `last_digest`: the fingerprint of the content that a load brought last (None: none ever)."""
        loaded = self.model._meta.get_field("versions").related_model._default_manager.exclude(source_digest="")
        newest = loaded.filter(service=OuterRef("pk")).order_by("-number").values("source_digest")[:1]
        return self.annotate(last_digest=Subquery(newest))

    def published(self) -> Self:
        """Services that have a version in force."""
        return self.filter(current__isnull=False)

    def visible_to(self, account: Any) -> Self:
        """All services for an official; for everyone else the published ones."""
        return self if getattr(account, "is_official", False) else self.published()

    def own(self) -> Self:
        """The city's own services, without those imported from elsewhere."""
        return self.filter(source=Source.CITY)

    def search(self, *, q: str) -> Self:
        """Services whose name, alias, department or code holds every word of `q`."""
        found = self
        for word in q.split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(code__iexact=word)
                | Q(department__name__icontains=word)
                | Q(current__name_en__icontains=word)
                | Q(current__aliases__icontains=word)
            )
        return found

    def of_department(self, *, department: str) -> Self:
        """Services of the department with this code or this name."""
        return self.filter(Q(department__code=department) | Q(department__name=department))

    def online(self, *, online: bool = True) -> Self:
        """Services that can (or cannot) be applied for online."""
        return self.filter(current__online=online)

    def in_order(self) -> Self:
        """The city's own first, then by code: the one order of every list."""
        return self.order_by("source", "code")

    def after(self, *, source: str, code: str) -> Self:
        """The services that stand after (source, code) in the order of the list."""
        return self.filter(Q(source__gt=source) | Q(source=source, code__gt=code))

    def for_list(self) -> Self:
        """With all that a row of a list shows."""
        return self.select_related("department", "current").defer(*(f"current__{name}" for name in BULKY)).in_order()

    def with_draft(self) -> Self:
        """Services on which a draft is being written."""
        return self.filter(versions__state=State.DRAFT)

    def for_desk(self, *, department_id: int | None) -> Self:
        """With all that a clerk's list shows, `department_id`'s own first; `has_draft`: one is being written."""
        drafts = self.model._meta.get_field("versions").related_model._default_manager.filter(state=State.DRAFT)
        own = Case(When(department_id=department_id, then=Value(0)), default=Value(1))
        annotated = self.annotate(has_draft=Exists(drafts.filter(service=OuterRef("pk"))), distance=own)
        return annotated.for_list().order_by("distance", "source", "code")

    def for_page(self) -> Self:
        """With all that the service's own page shows."""
        return self.select_related("department", "current", "current__department")


class VersionQuerySet(models.QuerySet["Version", "Version"]):
    """Questions about versions."""

    def insert_published(self, versions: "Sequence[Version]", *, by: object, at: datetime) -> None:
        """Store versions that are in force at once, as a city pack or an import brings them, and record each.

        Their contents have been checked; the versions before them have been superseded.
        """
        for version in versions:
            version.state, version.published_at, version.edited_at, version.created_at = State.PUBLISHED, at, at, at
        self.bulk_create(versions, batch_size=100)
        for version in versions:
            record(at=at, actor=by, step="catalogue.version.load", subject=version)

    def newest_number(self) -> int:
        """The highest number given so far, 0 where there is none."""
        return self.aggregate(newest=Max("number"))["newest"] or 0

    def drafts(self) -> Self:
        return self.filter(state=State.DRAFT)

    def published(self) -> Self:
        return self.filter(state=State.PUBLISHED)

    def in_force(self, *, at: datetime) -> Self:
        """Versions that were in force at that instant."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), published_at__lte=at)

    def visible_to(self, account: Any) -> Self:
        """All versions for an official; for everyone else those that are or were published."""
        return self if getattr(account, "is_official", False) else self.filter(published_at__isnull=False)

    def with_rules(self) -> Self:
        """Versions that rules decide or advise on."""
        return self.exclude(rules={})

    def for_history(self) -> Self:
        """With all that a comparison of versions shows, the newest first."""
        return self.select_related("department").order_by("-number")

    def for_list(self) -> Self:
        """With all that a row of a list shows, the newest first."""
        related = ("service", "department", "edited_by", "published_by")
        return self.select_related(*related).defer(*BULKY).order_by(F("service__code"), "-number")
