"""Provider, Resource, Duty: who holds which data and how it is answered for. Restriction: what is never shared."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from civic.accounts.models import Department
from civic.audit.described import Described
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.errors import FieldError, Invalid, require
from civic.core.outbound import why_not_connect
from civic.core.text import local
from civic.exchange import policies
from civic.exchange.querysets import ResourceQuerySet
from civic.exchange.rules import Ban, Field, Holding
from civic.exchange.states import Sharing


class Provider(Sealed):
    """The system of one department that answers the exchange, and where it is; "": where the settings say.

    How it knows us stands in settings.DEPARTMENTS_CREDENTIALS: no secret is in the database.
    """

    department = models.OneToOneField(Department, on_delete=models.PROTECT, related_name="+", verbose_name="提供部门")
    address = models.CharField("地址", max_length=300, blank=True)

    objects: ClassVar[Described[Self]] = Described()

    class Meta:
        verbose_name = "数据来源"

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.department} 的系统"

    def move(self, *, address: str, by: Any, at: datetime) -> None:
        """Ask at another address from now on; addresses inside the city's own network are refused.

        Raises: NotAllowed; Invalid, naming the field.
        """
        require(policies.why_not_move(by))
        checked = checked_address(address)
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Provider.objects.select_for_update(of=("self",)))
            self.address = checked
            self.save(force_update=True)
            record(at=at, actor=by, step="exchange.provider.move", subject=self)


def checked_address(address: str) -> str:
    """Return `address` as it is kept. Raises: Invalid, naming the field, if the platform may not call it."""
    text = address.strip().rstrip("/")
    if len(text) > 300:
        raise _wrong("address", _("来源系统的地址最多300个字符。"))
    if not text:
        return ""
    if reason := why_not_connect(text):
        raise _wrong("address", reason)
    return text


class ResourceManager(models.Manager.from_queryset(ResourceQuerySet), Described["Resource"]):  # type: ignore[misc]
    """Takes resources in."""


class Resource(Sealed):
    """One kind of record that a department holds, field by field: a row of the catalogue (目录).

    `keys` and `fields` are lists of mappings: name, title, title_en, kind (of masking, "" where not personal), and for
    fields type and sharing. One key is enough to ask.
    """

    code = models.CharField("代码", max_length=80, unique=True)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+", verbose_name="来源")
    name = models.CharField("名称", max_length=120)
    name_en = models.CharField("英文名称", max_length=200)
    keys = models.JSONField("查询条件")
    fields = models.JSONField("数据项")
    sharing = models.CharField("共享属性", max_length=14, choices=Sharing.choices)
    quality = models.CharField("数据质量说明", max_length=300, blank=True)
    quality_en = models.CharField("英文数据质量说明", max_length=400, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects: ClassVar[ResourceManager] = ResourceManager()

    class Meta:
        verbose_name = "数据资源"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="resource_sharing_is_known", condition=Q(sharing__in=Sharing.values))
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.name

    # Questions

    @property
    def department(self) -> Department:
        return self.provider.department

    @property
    def label(self) -> str:
        return local(self, "name")

    def holding(self) -> Holding:
        """Return what the rules ask of a resource."""
        return Holding(self.code, self.sharing, {one["name"]: Field(**one) for one in self.fields})

    def key_kinds(self) -> dict[str, str]:
        """Return each key with its kind of masking."""
        return {key["name"]: key["kind"] for key in self.keys}

    def title(self, field: str) -> str:
        """Return what people call `field`; the code where the catalogue does not know it."""
        return next((local(one, "title") for one in self.fields if one["name"] == field), field)

    def titles(self, fields: list[str]) -> list[str]:
        return [self.title(field) for field in fields]


class Duty(Sealed):
    """What a provider answers for (责任清单): how fresh, how fast, when and by whom.

    `fresh_hours`: older than that no answer may be; `stale_shown`: whether the last good answer may be shown, with its
    time, while the source is silent.
    """

    resource = models.OneToOneField(Resource, on_delete=models.PROTECT, related_name="duty", verbose_name="资源")
    fresh_hours = models.PositiveIntegerField("最长更新间隔（小时）", default=24)
    stale_shown = models.BooleanField("可以显示上次的答复", default=False)
    answer_ms = models.PositiveIntegerField("答复时限（毫秒）", default=2000)
    contact = models.CharField("联系方式", max_length=120)
    contact_en = models.CharField("英文联系方式", max_length=200, blank=True)
    hours = models.CharField("服务时间", max_length=120)
    hours_en = models.CharField("英文服务时间", max_length=200, blank=True)

    objects: ClassVar[Described[Self]] = Described()

    class Meta:
        verbose_name = "数据责任"
        constraints = [models.CheckConstraint(name="duty_answers_in_some_time", condition=Q(answer_ms__gt=0))]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.resource}的责任"


class Restriction(Sealed):
    """What may never be shared for any service (负面清单), and on which ground."""

    code = models.SlugField("代码", max_length=60, unique=True)
    title = models.CharField("名称", max_length=120)
    title_en = models.CharField("英文名称", max_length=200)
    basis = models.CharField("依据", max_length=300)
    resources = ArrayField(models.CharField(max_length=80), verbose_name="资源")
    fields = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name="数据项")

    objects: ClassVar[Described[Self]] = Described()

    class Meta:
        verbose_name = "不予共享的数据"
        ordering = ["code"]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.title

    def ban(self) -> Ban:
        """Return what the rules ask of a restriction."""
        return Ban(self.code, frozenset(self.resources), frozenset(self.fields))


def _wrong(name: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(name, "invalid", message)])
