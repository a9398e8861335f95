"""Profile, Category, Duty, Ground, Watch, Tolerance, AnswerTemplate: what a city says of its hotline.

Taken in from its pack; history stays.
"""

from typing import ClassVar, Self

from django.db import models
from django.db.models import PROTECT
from django.utils.translation import gettext as _

from civic.accounts.models import Department
from civic.areas.models import Area
from civic.audit.described import Described
from civic.audit.seal import Sealed
from civic.core.errors import Unavailable
from civic.core.text import local
from civic.hotline.rules import Terms, read_terms


class HotlineNotSet(Unavailable):
    """No timer profile has been taken in: without one no ticket has a clock."""

    code = "hotline-not-set"


class ProfileManager(Described["Profile"]):
    """Timer profiles: the newest of a code is in force."""

    def in_force(self, *codes: str) -> "Profile":
        """Return the profile that tickets get now: the newest of the first of `codes` that there is.

        Raises: HotlineNotSet where the city has taken none in.
        """
        found = sorted(self.filter(code__in=codes).order_by("-pk"), key=lambda one: codes.index(one.code))
        if not found:
            raise HotlineNotSet(
                _("热线的时限规则还没有载入，现在不能受理。请拨打电话12345，或请管理员载入城市数据（load_hotline）。")
            )
        return found[0]


class Profile(Sealed):
    """The timers that a ticket runs on, and where they come from. A change of terms is a new row: tickets keep theirs.

    `terms`: see rules.read_terms.
    """

    code = models.SlugField("代码", max_length=40)
    edition = models.CharField("版本", max_length=40)
    name = models.CharField("名称", max_length=80)
    name_en = models.CharField("英文名称", max_length=120, blank=True)
    source = models.CharField("出处", max_length=300)
    terms = models.JSONField("时限")

    objects: ClassVar[ProfileManager] = ProfileManager()

    class Meta:
        verbose_name = "时限方案"
        constraints = [models.UniqueConstraint(fields=["code", "edition"], name="profile_once_an_edition")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.code} {self.edition}"

    def read(self) -> Terms:
        """Return the terms, ready to be asked."""
        return read_terms(self.terms)


class Category(Sealed):
    """One class of what people ask for, of three levels (after GB/T 39666; the codes are the city's own)."""

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    name_en = models.CharField("英文名称", max_length=120, blank=True)
    level = models.PositiveSmallIntegerField("层级")
    parent = models.ForeignKey("self", PROTECT, null=True, blank=True, related_name="children", verbose_name="上级")
    position = models.PositiveSmallIntegerField("顺序", default=0)
    hints = models.JSONField("常用说法", default=list)
    difficulty = models.PositiveSmallIntegerField("难度", default=1)
    is_offered = models.BooleanField("使用中", default=True)

    objects: ClassVar[Described[Self]] = Described()

    class Meta:
        verbose_name = "诉求分类"
        constraints = [
            models.CheckConstraint(name="category_of_three_levels", condition=models.Q(level__in=[1, 2, 3])),
            models.CheckConstraint(
                name="category_top_has_no_parent",
                condition=models.Q(level=1, parent__isnull=True) | models.Q(level__gt=1, parent__isnull=False),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local(self, "name")


class Duty(Sealed):
    """Which unit answers for a category, in an area or everywhere (area None). The closest duty wins."""

    category = models.ForeignKey(Category, PROTECT, related_name="duties", verbose_name="分类")
    area = models.ForeignKey(Area, PROTECT, null=True, blank=True, related_name="+", verbose_name="地区")
    unit = models.ForeignKey(Department, PROTECT, related_name="+", verbose_name="承办单位")
    basis = models.CharField("职责依据", max_length=200, blank=True)

    objects: ClassVar[Described[Self]] = Described()

    class Meta:
        verbose_name = "职责清单"
        constraints = [
            models.UniqueConstraint(
                fields=["category", "area"], nulls_distinct=False, name="duty_one_unit_a_category_and_area"
            )
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.category_id} {self.area_id or '*'}"


class Ground(Sealed):
    """A published ground on which the hotline does not take something up, and what the caller can do instead."""

    code = models.SlugField("代码", max_length=40, unique=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    words = models.CharField("理由", max_length=200)
    words_en = models.CharField("理由（英文）", max_length=300)
    remedy = models.CharField("可以怎样做", max_length=200)
    remedy_en = models.CharField("可以怎样做（英文）", max_length=300)
    source = models.CharField("出处", max_length=300)

    objects: ClassVar[Described[Self]] = Described()

    class Meta:
        verbose_name = "不予受理情形"

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.code


class WatchManager(Described["Watch"]):
    """What growth is unusual: the newest edition is in force."""

    def in_force(self) -> "Watch | None":
        """Return the newest; None where the city watches for nothing."""
        return self.order_by("-pk").first()


class Watch(Sealed):
    """What growth of a topic in a county is unusual, so that a unit acts before the flood (未诉先办).

    The last `days` are held against the `weeks` stretches of as many days before; `people` is the least number of
    people, `chance` how rare it has to be (rules.is_unusual), `level` the level of the classes that are counted.
    `workdays` is how long the unit has. A change is a new edition: warnings keep theirs.
    """

    edition = models.CharField("版本", max_length=40, unique=True)
    source = models.CharField("出处", max_length=300)
    level = models.PositiveSmallIntegerField("分类层级")
    days = models.PositiveSmallIntegerField("每段天数")
    weeks = models.PositiveSmallIntegerField("此前段数")
    people = models.PositiveSmallIntegerField("最少人数")
    chance = models.DecimalField("偶然概率上限", max_digits=9, decimal_places=8)
    workdays = models.PositiveSmallIntegerField("处置工作日")

    objects: ClassVar[WatchManager] = WatchManager()

    class Meta:
        verbose_name = "预警规则"
        constraints = [
            models.CheckConstraint(name="watch_of_level_two_or_three", condition=models.Q(level__in=[2, 3])),
            models.CheckConstraint(
                name="watch_counts_something",
                condition=models.Q(days__gt=0, weeks__gt=0, people__gt=1, workdays__gt=0, chance__gt=0, chance__lt=1),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.edition


class ToleranceManager(Described["Tolerance"]):
    """Decisions to let the rule dispatch: at most one is in force, and none until somebody has decided."""

    def in_force(self) -> "Tolerance | None":
        """Return the decision in force; None: every ticket is dispatched by a person."""
        found: Tolerance | None = self.filter(is_in_force=True).first()
        return found


class Tolerance(Sealed):
    """The share of wrong dispatches that a city accepts of the rule, and who decided so; each decision is a row."""

    edition = models.CharField("版本", max_length=40, unique=True)
    rate = models.DecimalField("容许错误率", max_digits=5, decimal_places=4)
    decided_by = models.CharField("决定人", max_length=120)
    decided_on = models.DateField("决定日期")
    source = models.CharField("依据", max_length=300)
    is_in_force = models.BooleanField("有效", default=True)

    objects: ClassVar[ToleranceManager] = ToleranceManager()

    class Meta:
        verbose_name = "自动分派的容许错误率"
        constraints = [
            models.CheckConstraint(name="tolerance_is_a_share", condition=models.Q(rate__gt=0, rate__lt=1)),
            models.UniqueConstraint(
                fields=["is_in_force"], condition=models.Q(is_in_force=True), name="tolerance_one_in_force"
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.edition


class AnswerTemplate(Sealed):
    """The frame of an answer: what it has to say is left blank and named; who writes fills it in (rules.BLANK)."""

    code = models.SlugField("代码", max_length=40, unique=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    name = models.CharField("名称", max_length=60)
    name_en = models.CharField("英文名称", max_length=120)
    words = models.TextField("答复框架")
    is_offered = models.BooleanField("使用中", default=True)

    objects: ClassVar[Described[Self]] = Described()

    class Meta:
        verbose_name = "答复模板"

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local(self, "name")
