"""Station: where people's deputies hear residents. Reception: who hears them there, and when (人大代表联络站)."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import PROTECT, F, Q
from django.utils.translation import gettext_lazy as _

from civic.audit.described import Described
from civic.audit.seal import Sealed
from civic.core.text import local
from civic.hotline.rules import days_of_rule


class Station(Sealed):
    """A place where deputies receive residents; the clerks of `department` may write down what is said there."""

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=80)
    name_en = models.CharField("英文名称", max_length=120)
    address = models.CharField("地址", max_length=120)
    address_en = models.CharField("英文地址", max_length=200)
    area = models.ForeignKey("areas.Area", PROTECT, null=True, related_name="+", verbose_name="地区")
    department = models.ForeignKey("accounts.Department", PROTECT, related_name="+", verbose_name="所属机构")
    is_demonstration = models.BooleanField("示范数据", default=False)
    source = models.CharField("出处", max_length=300)

    objects: ClassVar[Described[Self]] = Described()

    class Meta:
        verbose_name = "人大代表联络站"

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return local(self, "name")


class Reception(Sealed):
    """One deputy's hours at one station: on one day, or on a weekday, every week or the `nth` of each month.

    `weekday`: 1 is Monday. Times are the city's.
    """

    station = models.ForeignKey(Station, PROTECT, related_name="receptions", verbose_name="联络站")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, related_name="+", verbose_name="代表")
    on = models.DateField("日期", null=True, blank=True)
    weekday = models.PositiveSmallIntegerField("星期", null=True, blank=True)
    nth = models.PositiveSmallIntegerField("当月第几个", null=True, blank=True)
    starts = models.TimeField("开始")
    ends = models.TimeField("结束")
    is_offered = models.BooleanField("使用中", default=True)

    objects: ClassVar[Described[Self]] = Described()

    class Meta:
        verbose_name = "代表接待日"
        constraints = [
            models.CheckConstraint(
                name="reception_on_a_day_or_a_weekday",
                condition=Q(on__isnull=False, weekday=None, nth=None)
                | Q(on=None, weekday__gte=1, weekday__lte=7) & (Q(nth=None) | Q(nth__gte=1, nth__lte=5)),
            ),
            models.CheckConstraint(name="reception_ends_after_it_starts", condition=Q(ends__gt=F("starts"))),
            models.UniqueConstraint(
                fields=["station", "deputy", "on", "weekday", "nth", "starts"],
                nulls_distinct=False,
                name="reception_once",
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return _("接待日%(pk)s") % {"pk": self.pk}

    def days(self, first: date, until: date) -> list[date]:
        """Return the days of it in `[first, until)`; whether they are holidays is another question."""
        return days_of_rule(on=self.on, weekday=self.weekday, nth=self.nth, first=first, until=until)
