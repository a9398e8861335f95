"""Area: one administrative division."""

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language

from civic.areas import rules
from civic.areas.querysets import AreaQuerySet


class Area(models.Model):
    """A division of the city with its official code: the city, a county or district, a street or town, a community."""

    class Level(models.TextChoices):
        CITY = "CITY", "市"
        COUNTY = "COUNTY", "县区"
        TOWN = "TOWN", "乡镇街道"
        COMMUNITY = "COMMUNITY", "村社区"

    code = models.CharField("区划代码", max_length=rules.CODE_WIDTH, unique=True)
    name = models.CharField("名称", max_length=60)
    name_en = models.CharField("英文名称", max_length=120, blank=True)
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )

    objects: ClassVar[AreaQuerySet] = AreaQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "行政区划"
        indexes = [
            models.Index(fields=["code"], name="areas_under", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["name"], name="areas_named", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="area_only_the_city_has_no_parent",
                condition=models.Q(level="CITY", parent__isnull=True)
                | ~models.Q(level="CITY") & models.Q(parent__isnull=False),
            )
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.name

    # Questions

    @property
    def full_code(self) -> str:
        """The twelve-digit code, for exchange with other systems."""
        return rules.full_code(self.code)

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and get_language() == "en" else self.name

    def path(self) -> list["Area"]:
        """Return the divisions from the city down to this one, e.g. 六安市, 金安区, 中市街道, 迎宾居委会."""
        widths = (6, 9, 12)
        codes = [self.code[:4] + "00", *(self.code[:width] for width in widths if width <= len(self.code))]
        return list(Area.objects.filter(code__in=codes).order_by("code"))

    def street(self) -> "Area | None":
        """Return the street or town this division belongs to: as much of an address as the public may see."""
        return Area.objects.filter(code=self.code[:9]).first() if len(self.code) >= 9 else None

    def contains(self, other: "Area") -> bool:
        """Whether `other` is this division or lies below it."""
        return other.code.startswith(rules.significant(self.code))
