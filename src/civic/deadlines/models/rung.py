"""Rung: at which share of a budget something happens, per kind of clock. Fired: that it has happened, once."""

from datetime import datetime
from decimal import Decimal
from time import monotonic

from django.db import connection, models, transaction

from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.jobs import enqueue

FRESH_FOR = 30.0  # seconds in which a process trusts its copy of the table
DEFAULT = (("yellow", Decimal("0.75"), 0), ("red", Decimal(1), 0))
Profile = tuple[tuple[str, Decimal, int], ...]


class RungQuerySet(models.QuerySet["Rung"]):
    """Questions about the table of rungs, and its one verb."""

    def set_profile(self, *, kind: str, rungs: Profile, by: object, at: datetime) -> None:
        """Set the rungs of clocks of `kind` from now on: (key, share of the budget, units beyond it).

        Earlier rungs stay as history; open clocks of the kind are counted anew.
        """
        with transaction.atomic():
            for key, share, beyond in rungs:
                rung = self.create(kind=kind, key=key, share=share, beyond=beyond, set_at=at)
                record(at=at, actor=by, step="deadlines.rung.set", subject=rung, detail={"kind": kind, "key": key})
            enqueue("civic.deadlines.tasks.recount_clocks", kind=kind)
            transaction.on_commit(forget_profiles)


class Rung(Sealed):
    """One rung of the ladder of a kind of clock; a kind without rows has the default: yellow at 75 %, red at 100 %."""

    kind = models.CharField("时钟种类", max_length=40)
    key = models.SlugField("级别", max_length=40)
    share = models.DecimalField("占时限的份额", max_digits=5, decimal_places=4)
    beyond = models.PositiveSmallIntegerField("再加的单位数", default=0)
    set_at = models.DateTimeField("生效时间")

    objects = RungQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rung_once_a_ladder", fields=["kind", "set_at", "key"]),
            models.CheckConstraint(
                name="rung_share_above_zero", condition=models.Q(share__gt=0) & models.Q(share__lte=9)
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class FiredQuerySet(models.QuerySet["Fired"]):
    """The claim that makes a rung fire once."""

    def claim(self, *, clock_id: int, rung: str, at: datetime) -> bool:
        """Return whether the caller, and nobody else, has this rung to fire; holds until its transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {Fired._meta.db_table} (clock_id, rung, at) VALUES (%s, %s, %s) "  # noqa: S608 own table
                "ON CONFLICT (clock_id, rung) DO NOTHING RETURNING id",
                [clock_id, rung, at],
            )
            return cursor.fetchone() is not None


class Fired(models.Model):
    """A rung that a clock has passed. Its uniqueness is what lets any number of workers fire rungs."""

    clock = models.ForeignKey("deadlines.Clock", on_delete=models.CASCADE, related_name="fired")
    rung = models.CharField("级别", max_length=40)
    at = models.DateTimeField("时间")

    objects = FiredQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="fired_once", fields=["clock", "rung"])]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.clock_id} {self.rung}"


def profile(kind: str) -> Profile:
    """Return the rungs of `kind`, from this process's memory."""
    if monotonic() >= _memory.good_until:
        _memory.look()
    return _memory.profiles.get(kind, DEFAULT)


def forget_profiles() -> None:
    """Make the next question about rungs ask the database."""
    _memory.good_until = 0.0


class _Memory:
    """This process's copy of the table."""

    def __init__(self) -> None:
        self.good_until = 0.0
        self.profiles: dict[str, Profile] = {}

    def look(self) -> None:
        profiles: dict[str, Profile] = {}
        newest = Rung.objects.filter(kind=models.OuterRef("kind")).order_by("-set_at").values("set_at")[:1]
        for rung in Rung.objects.filter(set_at=models.Subquery(newest)).order_by("kind", "share", "beyond"):
            profiles[rung.kind] = (*profiles.get(rung.kind, ()), (rung.key, rung.share, rung.beyond))
        self.profiles, self.good_until = profiles, monotonic() + FRESH_FOR


_memory = _Memory()
