"""LicenceType: what a kind of licence is, as data (GB/T 36902 catalogue, GB/T 36903 metadata)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from civic.accounts.models import Department
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.text import local
from civic.licences import rules
from civic.licences.querysets import LicenceTypeQuerySet
from civic.licences.states import HolderKind


class LicenceTypeManager(models.Manager.from_queryset(LicenceTypeQuerySet)):  # type: ignore[misc]
    """Takes types in from the city's data."""

    def describe(self, *, code: str, by: object, at: datetime, **facts: Any) -> "tuple[LicenceType, bool]":
        """Add type `code`, or bring its facts up to date; return it and whether anything was written."""
        with transaction.atomic():
            found = self.select_for_update().filter(code=code).first() or LicenceType(code=code)
            fresh = found.pk is None
            if not fresh and all(getattr(found, name) == value for name, value in facts.items()):
                return found, False
            for name, value in facts.items():
                setattr(found, name, value)
            found.save()
            record(at=at, actor=by, step="licences.licencetype." + ("add" if fresh else "change"), subject=found)
        return found, True


class LicenceType(Sealed):
    """One kind of licence: who issues it, what stands in it, how long it holds, who may use it for what.

    `fields`: what stands in a licence, in order: {"key", "name", "name_en", "kind", "required", "shown"}. `kind` is a
    kind of masking.rules, "" for what is not personal; `shown` is whether the card shows it at a glance.
    `catalogue`: the catalogue information of GB/T 36902 by its Chinese names. `metadata`: which of the fields has which
    name of GB/T 36903: {"姓名": "name"}. `uses`: [{"department", "purpose", "purpose_en", "services", "fields"}],
    who may use which fields for what; the department "*" is every one, no services and no fields are all.
    """

    code = models.SlugField("代码", max_length=40, unique=True)
    national_code = models.CharField("证照类型代码", max_length=40)
    authority_code = models.CharField("颁发机构代码", max_length=40)
    name = models.CharField("证照类型名称", max_length=80)
    name_en = models.CharField("英文名称", max_length=120)
    authority = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="licence_types", verbose_name="颁发机构"
    )
    holder_kind = models.CharField(_("持证主体"), max_length=12, choices=HolderKind.choices)
    months = models.PositiveSmallIntegerField("有效期（月）", null=True, blank=True)
    remind_days = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name="到期前提醒（天）")
    fields = models.JSONField("照面信息", default=list)
    metadata = models.JSONField("元数据", default=dict)
    catalogue = models.JSONField("目录信息", default=dict)
    uses = models.JSONField("共享用途", default=list)
    renewal_service = models.CharField("换证事项", max_length=40, blank=True)
    position = models.PositiveSmallIntegerField("排序", default=0)
    is_offered = models.BooleanField("可颁发", default=True)

    objects: ClassVar[LicenceTypeManager] = LicenceTypeManager()

    class Meta:
        verbose_name = "证照类型"

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.name

    # Questions

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local(self, "name")

    @property
    def field_keys(self) -> tuple[str, ...]:
        return tuple(field["key"] for field in self.fields)

    @property
    def shown_keys(self) -> tuple[str, ...]:
        """The fields that a card shows at a glance."""
        return tuple(field["key"] for field in self.fields if field["shown"])

    def kind_of(self, key: str) -> str:
        """Return the masking kind of a field; "" where it is not personal."""
        return next((str(field["kind"]) for field in self.fields if field["key"] == key), "text")

    def fields_for(self, *, department: str, service: str) -> tuple[str, ...]:
        """Return the fields that `department` may use for `service`, in the type's order; () where it may use none."""
        allowed: set[str] = set()
        for use in self.uses:
            if use["department"] in ("*", department) and (not use["services"] or service in use["services"]):
                allowed |= set(use["fields"] or self.field_keys)
        return tuple(key for key in self.field_keys if key in allowed)

    def last_day(self, first: date) -> date | None:
        return rules.last_day(first, self.months)

    def errors_in(self, values: Mapping[str, str]) -> list[str]:
        """Return the fields of `values` that are wrong: not of this type, missing, or no text."""
        unknown = [key for key in values if key not in self.field_keys]
        missing = [field["key"] for field in self.fields if field["required"] and not values.get(field["key"])]
        odd = [key for key, value in values.items() if not isinstance(value, str)]
        return [*unknown, *missing, *odd]
