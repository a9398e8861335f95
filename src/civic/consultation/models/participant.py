"""Participant: one person in one consultation, counted once whatever they do in it."""

from datetime import datetime
from typing import ClassVar

from django.db import models, transaction
from django.db.models import PROTECT
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy

from civic.accounts.models import Person
from civic.areas.models import Area
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.consultation.models.consultation import Consultation
from civic.consultation.rules.windows import band_of
from civic.consultation.states import AgeBand, Source


class ParticipantManager(models.Manager["Participant"]):
    """Counts people in."""

    def join(
        self, consultation: Consultation, person: Person, *, area: Area | None, source: str, by: object, at: datetime
    ) -> "Participant":
        """Return the person's place in the consultation, made at their first act; what they say first stays."""
        found = self.filter(consultation=consultation, person=person).first()
        if found is not None:
            return found
        band = band_of(person.age_on(localdate(at)))
        with transaction.atomic():
            made, is_new = self.get_or_create(
                consultation=consultation, person=person,
                defaults={"area": area, "age_band": band, "source": source, "joined_at": at},
            )  # fmt: skip
            if is_new:
                record(at=at, actor=by, step="consultation.participant.join", subject=made)
        return made


class Participant(Sealed):
    """One person in one consultation. `area`: where they say they live; `age_band`: as the report shows it."""

    consultation = models.ForeignKey(Consultation, PROTECT, related_name="participants")
    person = models.ForeignKey(Person, PROTECT, related_name="+")
    area = models.ForeignKey(Area, PROTECT, null=True, related_name="+", verbose_name=gettext_lazy("居住地"))
    age_band = models.CharField(gettext_lazy("年龄段"), max_length=5, choices=AgeBand.choices, blank=True)
    source = models.CharField(gettext_lazy("来源"), max_length=8, choices=Source.choices)
    joined_at = models.DateTimeField(gettext_lazy("首次参与时间"))

    objects: ClassVar[ParticipantManager] = ParticipantManager()

    class Meta:
        verbose_name = gettext_lazy("参与人")
        constraints = [models.UniqueConstraint(fields=["consultation", "person"], name="participant_once_a_person")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.consultation_id}/{self.pk}"
