"""Hotspot: a matter that many speak of now, found and named anew every hour; no more than a count."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _


class HotspotManager(models.Manager["Hotspot"]):
    """Keeps what was found last."""

    def replace(self, found: "list[Hotspot]", *, at: datetime) -> None:
        """Put what was found now in the place of what was found before, by rank; twice at once ends as once."""
        for rank, one in enumerate(found, start=1):
            one.rank, one.counted_at = rank, at
        fields = [field.name for field in Hotspot._meta.concrete_fields if field.name not in ("id", "rank")]
        with transaction.atomic():
            self.bulk_create(found, update_conflicts=True, unique_fields=["rank"], update_fields=fields)
            self.filter(rank__gt=len(found)).delete()

    def hottest(self) -> "models.QuerySet[Hotspot]":
        return self.order_by("rank")


class Hotspot(models.Model):
    """A matter with its name, place and period, the tickets that speak of it, and how many people these are."""

    rank = models.PositiveSmallIntegerField(_("名次"), unique=True)
    name = models.CharField(_("热点"), max_length=120)
    place = models.CharField(_("地点"), max_length=60, blank=True)
    begun_at = models.DateTimeField(_("最早"))
    newest_at = models.DateTimeField(_("最近"))
    tickets = ArrayField(models.BigIntegerField(), verbose_name=_("工单"))
    people = models.PositiveIntegerField(_("人数"))
    heat = models.FloatField(_("热度"))
    counted_at = models.DateTimeField(_("统计时间"))

    objects: ClassVar[HotspotManager] = HotspotManager()

    class Meta:
        verbose_name = _("热点")

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.rank} {self.name}"
