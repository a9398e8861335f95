"""Sheet: the tickets of one day, ready to be counted. Reading: how far the ledger has been read for changes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar

from django.db import models

from civic.insight import rules
from civic.insight.querysets import SheetQuerySet


class Sheet(models.Model):
    """The tickets that came in on one day of the city, or its calls back: classes and times as columns.

    Nobody's words are in it. Made anew whenever one of its tickets has changed; as often as one likes, it comes out
    the same. Columns: rules.COLUMNS, rules.CALL_COLUMNS.
    """

    class Kind(models.TextChoices):
        TICKETS = "TICKETS", "收到的诉求"
        CALLS = "CALLS", "回访"

    kind = models.CharField("种类", max_length=7, choices=Kind.choices)
    day = models.DateField("日期")
    size = models.PositiveIntegerField("件数", default=0)
    packed = models.BinaryField("各列", default=b"")
    is_stale = models.BooleanField("待重算", default=False)
    counted_at = models.DateTimeField("统计时间")

    objects: ClassVar[SheetQuerySet] = SheetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "统计日表"
        constraints = [models.UniqueConstraint(fields=["kind", "day"], name="sheet_one_a_day")]
        indexes = [models.Index(fields=["-day"], condition=models.Q(is_stale=True), name="sheet_stale")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.kind} {self.day:%Y-%m-%d}"

    @classmethod
    def fill(cls, kind: str, *, day: date, rows: Mapping[str, Sequence[int]], at: datetime) -> None:
        """Keep what the tickets, or the calls, of `day` come to."""
        columns = COLUMNS[Sheet.Kind(kind)]
        values = {"size": len(rows[next(iter(columns))]), "packed": rules.pack(rows, columns)}
        cls.objects.update_or_create(kind=kind, day=day, defaults={**values, "is_stale": False, "counted_at": at})


COLUMNS = {Sheet.Kind.TICKETS: rules.COLUMNS, Sheet.Kind.CALLS: rules.CALL_COLUMNS}


class Reading(models.Model):
    """Up to which leaf of the ledger changes of tickets are noted, and when that was. There is one row."""

    leaf = models.BigIntegerField("读到第几条", default=0)
    at = models.DateTimeField("时间", null=True)

    objects: ClassVar[models.Manager["Reading"]] = models.Manager()

    class Meta:
        verbose_name = "统计进度"

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.leaf}"

    @classmethod
    def locked(cls) -> "Reading":
        """Return the one row, locked until the transaction ends."""
        cls.objects.get_or_create(pk=1)
        return cls.objects.select_for_update().get(pk=1)

    def go_on(self, *, leaf: int, at: datetime | None) -> None:
        """Note how far the ledger has been read, and as of when that is all there is."""
        self.leaf, self.at = leaf, at
        self.save(update_fields=["leaf", "at"])
