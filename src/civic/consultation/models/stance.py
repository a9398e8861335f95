"""Stance: where one person stands on one opinion. Reception: how many do. Sight: to whom an opinion was shown."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import connection, models, transaction
from django.db.models import PROTECT, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civic.accounts.models import Person
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.consultation import policies
from civic.consultation.models.consultation import Consultation
from civic.consultation.querysets import ReceptionQuerySet
from civic.consultation.states import Side
from civic.core.errors import FieldError, Invalid, require
from civic.ratings.rules import wilson

if TYPE_CHECKING:
    from civic.consultation.models.opinion import Opinion

LOTS = 2**31
SEE = "INSERT INTO consultation_sight (opinion_id, person_id) VALUES "
SEEN = " ON CONFLICT DO NOTHING RETURNING opinion_id"


class StanceManager(models.Manager["Stance"]):
    """Takes stances."""

    def take(self, opinion: "Opinion", *, person: Person, side: str, by: object, at: datetime) -> "Stance":
        """Let `person` support, doubt, or stand back from an opinion; the last word counts, and it counts once.

        The caller has asked `participation.admit`. An opinion that was merged is supported where it went.
        Raises: Invalid, NotAllowed.
        """
        if side not in Side.values:
            wrong = _("请选择支持、有疑虑或收回。")
            raise Invalid(wrong, errors=[FieldError("side", "enum", wrong)])
        with transaction.atomic():
            held = opinion.held()
            require(policies.why_not_stand(person, held))
            made, is_new = self.get_or_create(opinion=held, person=person, defaults={"side": side, "taken_at": at})
            if is_new or made.side != side:
                was = None if is_new else made.side
                made.side, made.taken_at = side, at
                made.save(force_update=True)
                record(at=at, actor=by, step="consultation.stance.take", subject=made, detail={"side": side})
                is_fresh = bool(Sight.objects.see([held.pk], person=person))
                received = Reception.objects.select_for_update().get(opinion=held)
                if held.merged.exists():
                    received.recount(without=held.authors())
                else:
                    received.move(was, side, is_fresh=is_fresh)
        return made


class Stance(Sealed):
    """Where one person stands on one opinion. Whoever stands back keeps the row, which then counts for nothing."""

    opinion = models.ForeignKey("consultation.Opinion", PROTECT, related_name="stances")
    person = models.ForeignKey(Person, PROTECT, related_name="+", db_index=False)
    side = models.CharField(gettext_lazy("态度"), max_length=7, choices=Side.choices)
    taken_at = models.DateTimeField(gettext_lazy("表态时间"))

    objects: ClassVar[StanceManager] = StanceManager()

    class Meta:
        verbose_name = gettext_lazy("表态")
        constraints = [models.UniqueConstraint(fields=["person", "opinion"], name="stance_once_a_person")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.opinion_id}: {self.side}"


class Reception(models.Model):
    """How an opinion was received, with those merged into it: counted from stances and sights, outside any seal.

    `low` is the lower end of Wilson's interval of the share of support among those who have seen it; the top list goes
    by it. `lot` orders what equally many have seen; it is drawn with the opinion's handle.
    """

    opinion = models.OneToOneField("consultation.Opinion", PROTECT, primary_key=True, related_name="reception")
    consultation = models.ForeignKey(Consultation, PROTECT, related_name="+", db_index=False)
    is_listed = models.BooleanField(gettext_lazy("在列"), default=False)
    supports = models.PositiveIntegerField(gettext_lazy("支持人数"), default=0)
    doubts = models.PositiveIntegerField(gettext_lazy("有疑虑人数"), default=0)
    seen = models.PositiveIntegerField(gettext_lazy("看过人数"), default=0)
    low = models.FloatField(default=0.0)
    lot = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["Reception"]] = ReceptionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("反响")
        constraints = [
            models.CheckConstraint(
                name="reception_who_stands_has_seen", condition=Q(seen__gte=F("supports") + F("doubts"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["consultation", "-low", "-supports", "opinion"],
                condition=Q(is_listed=True),
                name="reception_top",
            ),
            models.Index(
                fields=["consultation", "seen", "lot"], condition=Q(is_listed=True), name="reception_least_seen"
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.opinion_id}: +{self.supports} -{self.doubts}"

    def move(self, was: str | None, side: str, *, is_fresh: bool) -> None:
        """Count one person from one side to another: what a recount comes to where nothing was merged into it.

        The caller holds this row. However many stand by an opinion, the next one takes no longer.
        """
        self.supports += (side == Side.SUPPORT) - (was == Side.SUPPORT)
        self.doubts += (side == Side.DOUBT) - (was == Side.DOUBT)
        self.seen += is_fresh
        self.weigh()
        self.save(force_update=True)

    def recount(self, *, without: QuerySet[Any]) -> None:
        """Count people anew, in the opinion and in those merged into it; `without`: who said it supports it anyway.

        The caller holds this row. Who stood differently on two that were merged counts as they said last.
        """
        family = Q(opinion=self.opinion_id) | Q(opinion__merged_into=self.opinion_id)
        stood = dict(
            Stance.objects.filter(family).exclude(person__in=without).order_by("taken_at", "pk")
            .values_list("person", "side")
        )  # fmt: skip
        sides = Counter(stood.values())
        self.supports, self.doubts = sides[Side.SUPPORT], sides[Side.DOUBT]
        self.seen = Sight.objects.filter(family).exclude(person__in=without).values("person").distinct().count()
        self.weigh()
        self.save(force_update=True)

    def weigh(self) -> None:
        """Bring what follows from the counts up to date."""
        self.low = (wilson(self.supports, self.seen) or (0.0, 1.0))[0]


class SightManager(models.Manager["Sight"]):
    """Notes what was shown."""

    def note(self, opinions: Collection[int], *, person: Person) -> int:
        """Note that these opinions were shown to `person`; return how many they had not seen before."""
        with transaction.atomic():
            fresh = self.see(opinions, person=person)
            by_others = Reception.objects.filter(opinion__in=fresh).exclude(opinion__author=person)
            counted = list(by_others.select_for_update(of=("self",)).order_by("pk"))
            for one in counted:
                one.seen += 1
                one.weigh()
            Reception.objects.bulk_update(counted, ["seen", "low"])
        return len(fresh)

    def see(self, opinions: Collection[int], *, person: Person) -> list[int]:
        """Store that `person` has seen these opinions; return those that are new to them. Counts nothing."""
        rows = [(opinion, person.pk) for opinion in sorted(opinions)]
        if not rows:
            return []
        with connection.cursor() as cursor:
            cursor.execute(SEE + ", ".join(["(%s, %s)"] * len(rows)) + SEEN, [one for row in rows for one in row])
            return [opinion for (opinion,) in cursor.fetchall()]


class Sight(models.Model):
    """One person to whom an opinion was shown: what fair exposure counts. Outside any seal."""

    opinion = models.ForeignKey("consultation.Opinion", PROTECT, related_name="sights")
    person = models.ForeignKey(Person, PROTECT, related_name="+", db_index=False)

    objects: ClassVar[SightManager] = SightManager()

    class Meta:
        verbose_name = gettext_lazy("展示记录")
        constraints = [models.UniqueConstraint(fields=["person", "opinion"], name="sight_once_a_person")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.opinion_id}"
