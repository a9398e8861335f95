"""Version: what a service is from one publication to the next. Once published it never changes."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from civic.accounts.models import Department
from civic.audit.seal import without
from civic.catalogue import policies, rules
from civic.catalogue.querysets import VersionQuerySet
from civic.catalogue.rules import Content, Known, ShownMaterials, words
from civic.catalogue.states import STEPS, State
from civic.core.errors import FieldError, Invalid, require
from civic.core.money import to_fen
from civic.core.text import is_english
from civic.workflow.models import Stateful

PLAIN = tuple(  # columns that hold a field of the content as it is
    name for name in rules.FIELDS if name not in ("department", "fee")
)


class NotPublishable(Invalid):
    """The draft still has errors; each names its field."""

    code = "not-publishable"


class Version(Stateful):
    """One version of a service (实施清单), immutable once published."""

    STEPS = STEPS

    service = models.ForeignKey("catalogue.Service", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版次")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)

    department = models.ForeignKey(Department, on_delete=models.PROTECT, verbose_name="实施部门", related_name="+")
    basic_code = models.CharField("基本编码", max_length=40, blank=True)
    name = models.CharField("事项名称", max_length=200)
    name_en = models.CharField("英文名称", max_length=300, blank=True)
    summary = models.TextField("事项简介", blank=True)
    summary_en = models.TextField("英文简介", blank=True)
    conditions = models.TextField("受理条件", blank=True)
    conditions_en = models.TextField("英文受理条件", blank=True)
    aliases = ArrayField(models.CharField(max_length=100), verbose_name="别名", default=list, blank=True)
    level = models.CharField("行权层级", max_length=10, choices=words.LEVELS)
    kind = models.CharField("办件类型", max_length=10, choices=words.KINDS)
    category = models.CharField("事项类别", max_length=20, choices=words.CATEGORIES)
    audience = ArrayField(models.CharField(max_length=20), verbose_name="服务对象", default=list)
    theme = models.CharField("主题", max_length=40)
    life_events = ArrayField(models.CharField(max_length=40), verbose_name="人生事项", default=list, blank=True)
    statutory_days = models.PositiveSmallIntegerField("法定办结时限", null=True, blank=True)
    promised_days = models.PositiveSmallIntegerField("承诺办结时限", null=True, blank=True)
    day_unit = models.CharField("时限单位", max_length=12, choices=words.DAY_UNITS, default="WORKDAY")
    visits = models.PositiveSmallIntegerField("到现场次数", null=True, blank=True)
    online = models.BooleanField("网上办理", default=False)
    fee_amount = models.DecimalField(
        "收费金额（元）", max_digits=14, decimal_places=2, null=True, blank=True
    )  # None: not stated
    fee_note = models.CharField("收费说明", max_length=400, blank=True)
    fee_note_en = models.CharField("英文收费说明", max_length=600, blank=True)
    fee_basis = models.CharField("收费依据", max_length=400, blank=True)
    legal_basis = models.JSONField("设定依据", default=list, blank=True)
    results = models.JSONField("办理结果", default=list, blank=True)
    places = ArrayField(models.CharField(max_length=60), verbose_name="办理地点", default=list, blank=True)
    consult_phone = models.CharField("咨询电话", max_length=400, blank=True)
    complain_phone = models.CharField("监督电话", max_length=200, blank=True)
    guide_url = models.URLField("原办事指南", max_length=500, blank=True)
    materials = models.JSONField("申请材料", default=list, blank=True)
    form = models.JSONField("申请表单", default=dict, blank=True)
    eligibility = models.JSONField("资格自测", default=list, blank=True)
    steps = models.JSONField("办理步骤", default=list, blank=True)
    decision = models.JSONField("决定部门", default=dict, blank=True)
    rules = models.JSONField("审批规则", default=dict, blank=True)
    delivery = ArrayField(models.CharField(max_length=20), verbose_name="送达方式", default=list, blank=True)

    demonstration = models.BooleanField("示范数据", default=False)
    origin = models.JSONField("原始数据", default=dict, blank=True, editable=False)
    source_digest = models.CharField("来源指纹", max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField("起草时间", editable=False)
    edited_at = models.DateTimeField("修改时间", editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    ended_at = models.DateTimeField("失效时间", null=True, blank=True, editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = "事项版本"
        ordering = ["service", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="version_numbered_once"),
            models.UniqueConstraint(fields=["service"], condition=Q(state="DRAFT"), name="one_draft_a_service"),
            models.UniqueConstraint(fields=["service"], condition=Q(state="PUBLISHED"), name="one_version_in_force"),
            models.CheckConstraint(
                name="promised_within_statutory",
                condition=Q(promised_days__isnull=True)
                | Q(statutory_days__isnull=True)
                | Q(state__in=["DRAFT", "WITHDRAWN"])
                | Q(promised_days__lte=F("statutory_days")),
            ),
            models.CheckConstraint(
                name="fee_not_negative", condition=Q(fee_amount__isnull=True) | Q(fee_amount__gte=0)
            ),
            models.CheckConstraint(
                name="published_has_its_instant",
                condition=Q(state__in=["DRAFT", "WITHDRAWN"]) | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ended_when_not_in_force",
                condition=Q(state__in=["DRAFT", "PUBLISHED"], ended_at__isnull=True)
                | Q(state__in=["SUPERSEDED", "WITHDRAWN"], ended_at__isnull=False),
            ),
        ]

    class Personal:
        none = True
        public = ("consult_phone", "complain_phone")  # the office's own numbers

    def __str__(self) -> str:
        return f"《{self.name}》第{self.number}版"

    # Verbs

    def edit(self, *, content: Content, by: Any, at: datetime, seen: int | None = None) -> None:
        """Write `content` (normalised, well shaped) into the draft; it need not be publishable yet."""
        with self.step("edit", by=by, at=at, seen=seen):
            require(policies.why_not_edit(by, self))
            self.take(content)
            self.edited_at, self.edited_by = at, None if isinstance(by, str) else by

    def publish(self, *, known: Known, by: Any, at: datetime, seen: int | None = None) -> None:
        """Put this draft in force in place of the version before it.

        Raises: NotPublishable, with one error for each field that is wrong.
        """
        with self.service.changing() as service:
            before = service.current
            if before is not None:
                before.supersede(by=by, at=at)
            with self.step("publish", by=by, at=at, seen=seen, number=str(self.number)):
                require(policies.why_not_publish(by, self))
                if errors := self.errors(known=known):
                    raise NotPublishable(_("事项还不能发布，请先改正下面的内容。"), errors=errors)
                self.published_at, self.published_by = at, None if isinstance(by, str) else by
            service.adopt(self, by=by, at=at)

    def supersede(self, *, by: Any, at: datetime) -> None:
        """End this version because a newer one takes its place."""
        with self.step("supersede", by=by, at=at):
            self.ended_at = at

    def withdraw(self, *, by: Any, at: datetime, seen: int | None = None) -> None:
        """Take this version away without another in its place; running cases keep it."""
        with self.service.changing() as service:
            with self.step("withdraw", by=by, at=at, seen=seen):
                require(policies.why_not_withdraw(by, self))
                self.ended_at = at
            if service.current_id == self.pk:
                service.adopt(None, by=by, at=at)

    def take(self, content: Content, department: Department | None = None) -> None:
        """Set the columns from `content`; nothing is stored. `department`: the one it names, where it is at hand."""
        for name in PLAIN:
            setattr(self, name, content[name])
        fee = content["fee"]
        self.fee_amount = None if fee["amount"] is None else to_fen(Decimal(fee["amount"]))
        self.fee_note, self.fee_note_en, self.fee_basis = fee["note"], fee["note_en"], fee["basis"]
        self.department = department or Department.objects.get(code=content["department"])

    # Questions

    def content(self) -> Content:
        """Return the content in the shape of the city pack."""
        fee = {
            "amount": None if self.fee_amount is None else str(self.fee_amount),
            "note": self.fee_note,
            "note_en": self.fee_note_en,
            "basis": self.fee_basis,
        }
        plain = {name: getattr(self, name) for name in PLAIN}
        return rules.normalise({**plain, "department": self.department.code, "fee": fee})

    def errors(self, *, known: Known) -> list[FieldError]:
        """Return all that keeps this version from being published."""
        return rules.content_errors(self.content(), known)

    def earlier_contents(self) -> Iterator[dict[str, object]]:
        """A version that was sealed before services had rules."""
        if (told := without(self.sealed_content(), {"rules": {}})) is not None:
            yield told

    @property
    def code(self) -> str:
        """The service's local code."""
        return self.service.code

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and is_english() else self.name

    @property
    def process_time(self) -> str:
        """The promised limit in the reader's language."""
        return rules.process_time(self.promised_days, self.day_unit, "en" if is_english() else "zh")

    @property
    def statutory_time(self) -> str:
        """The statutory limit in the reader's language."""
        return rules.process_time(self.statutory_days, self.day_unit, "en" if is_english() else "zh")

    def shown_materials(self, held: "set[str] | None" = None) -> ShownMaterials:
        """Return who supplies which material, given what the city holds (None: not known yet)."""
        return rules.shown_materials(self.materials, held)
