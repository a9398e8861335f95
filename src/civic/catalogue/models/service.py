"""Service: something that residents and firms can ask of the city."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils.translation import gettext as _

from civic.accounts.models import Department
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.catalogue import policies, rules
from civic.catalogue.querysets import ServiceQuerySet
from civic.catalogue.rules.content import CODE
from civic.catalogue.states import Source
from civic.core.errors import Conflict, require
from civic.core.text import is_english

if TYPE_CHECKING:
    from civic.catalogue.models.version import Version


class DraftExists(Conflict):
    """A service has one draft at a time."""

    code = "draft-exists"


class Service(Sealed):
    """One service (事项): its code, its department and the version in force."""

    code = models.CharField("事项编码", max_length=48, unique=True, validators=[RegexValidator(CODE)])
    name = models.CharField("事项名称", max_length=200)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, verbose_name="实施部门", related_name="services"
    )
    source = models.CharField("来源", max_length=8, choices=Source.choices, default=Source.CITY)
    current = models.ForeignKey(
        "catalogue.Version", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="现行版本"
    )
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = "事项"
        ordering = ["source", "code"]
        indexes = [models.Index(fields=["source", "code"], name="service_list_order")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.name

    # Verbs

    @contextmanager
    def changing(self) -> "Iterator[Service]":
        """Hold this service's row, read afresh, while one of its versions changes: one change at a time."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=type(self).objects.select_for_update(of=("self",)))
            yield self

    def open(self, *, content: rules.Content, by: Any, at: datetime, demonstration: bool = False) -> "Version":
        """Record this new service and give it its first draft."""
        require(policies.why_not_draft(by, self.department_id))
        record(at=at, actor=by, step="catalogue.service.open", subject=self)
        return self.add_draft(content=content, by=by, at=at, demonstration=demonstration)

    def adopt(self, version: "Version | None", *, by: Any, at: datetime) -> None:
        """Make `version` (None: none) the one in force. Called by the version's own steps."""
        self.current = version
        if version is not None:
            self.name, self.department = version.name, version.department
        self.revision += 1
        self.save(update_fields=["current", "name", "department", "revision"])
        detail = {"version": str(version.pk) if version else ""}
        record(at=at, actor=by, step="catalogue.service.adopt", subject=self, detail=detail)

    def start_draft(self, *, by: Any, at: datetime) -> "Version":
        """Add a draft that begins as a copy of the version in force (or of the last one).

        Raises: DraftExists, if there is one already.
        """
        with self.changing():
            require(policies.why_not_draft(by, self.department_id))
            if self.versions.drafts().exists():
                raise DraftExists(_("这个事项已有一份草稿，请继续修改那一份。"))
            last = self.versions.order_by("-number").first()
            if last is None:
                raise Conflict(_("这个事项没有可以复制的版本。"))
            origin = self.current or last
            content, demonstration = origin.content(), origin.demonstration
            return self.add_draft(content=content, by=by, at=at, number=last.number + 1, demonstration=demonstration)

    def add_draft(
        self, *, content: rules.Content, by: Any, at: datetime, number: int = 1, demonstration: bool = False
    ) -> "Version":
        """Store a new draft of this service. The caller holds the service."""
        version = self.versions.model(service=self, number=number, created_at=at, edited_at=at)
        version.edited_by = None if isinstance(by, str) else by
        version.demonstration = demonstration
        version.take(content)
        version.save(force_insert=True)
        record(at=at, actor=by, step="catalogue.version.draft", subject=version)
        return version

    # Questions

    def at(self, at: datetime) -> "Version | None":
        """Return the version that was in force at that instant, if any."""
        return self.versions.in_force(at=at).order_by("-number").first()

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        english = is_english() and self.current is not None and self.current.name_en
        return english or self.name
