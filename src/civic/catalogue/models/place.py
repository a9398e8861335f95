"""Place: where one goes. Theme: under what people look for a service."""

from datetime import datetime
from typing import ClassVar

from django.db import models, transaction

from civic.audit.seal import Sealed
from civic.audit.services import record


class PlaceManager(models.Manager["Place"]):
    """Takes places in."""

    def describe(self, *, key: str, by: object, at: datetime, **facts: str) -> "tuple[Place, bool]":
        """Add place `key`, or bring its facts up to date. Returns the place and whether anything was written."""
        with transaction.atomic():
            place = self.select_for_update().filter(key=key).first() or Place(key=key)
            fresh = place.pk is None
            if not fresh and all(getattr(place, name) == value for name, value in facts.items()):
                return place, False
            for name, value in facts.items():
                setattr(place, name, value)
            place.save()
            record(at=at, actor=by, step="catalogue.place." + ("add" if fresh else "change"), subject=place)
        return place, True


class Place(Sealed):
    """A hall or window where services are given."""

    key = models.SlugField("代码", max_length=60, unique=True)
    name = models.CharField("名称", max_length=120)
    name_en = models.CharField("英文名称", max_length=200, blank=True)
    address = models.CharField("地址", max_length=300, blank=True)
    address_en = models.CharField("英文地址", max_length=400, blank=True)
    area = models.CharField("区划代码", max_length=12, blank=True)
    hours = models.CharField("办公时间", max_length=200, blank=True)
    hours_en = models.CharField("英文办公时间", max_length=200, blank=True)
    phone = models.CharField("电话", max_length=60, blank=True)

    objects: ClassVar[PlaceManager] = PlaceManager()

    class Meta:
        verbose_name = "办理地点"
        ordering = ["key"]

    class Personal:
        none = True
        public = ("phone",)  # the hall's own number

    def __str__(self) -> str:
        return self.name


class ThemeManager(models.Manager["Theme"]):
    """Takes themes and life events in."""

    def arrange(self, *, kind: str, names: "list[tuple[str, str]]", by: object, at: datetime) -> int:
        """Put the themes of `kind` in this order, with these English names. Returns how many were written."""
        written = 0
        with transaction.atomic():
            stored = {theme.name: theme for theme in self.select_for_update().filter(kind=kind)}
            for position, (name, name_en) in enumerate(names):
                theme = stored.get(name) or Theme(kind=kind, name=name, position=-1)
                if (theme.position, theme.name_en) == (position, name_en):
                    continue
                theme.position, theme.name_en = position, name_en
                theme.save()
                record(at=at, actor=by, step="catalogue.theme.arrange", subject=theme)
                written += 1
        return written


class Theme(Sealed):
    """A theme, or an event of a life, under which services stand."""

    class Kind(models.TextChoices):
        THEME = "THEME", "主题"
        LIFE_EVENT = "LIFE_EVENT", "人生事项"

    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    name = models.CharField("名称", max_length=40)
    name_en = models.CharField("英文名称", max_length=80, blank=True)
    position = models.SmallIntegerField("次序")

    objects: ClassVar[ThemeManager] = ThemeManager()

    class Meta:
        verbose_name = "主题"
        ordering = ["kind", "position", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="theme_named_once")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.name
