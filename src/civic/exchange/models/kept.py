"""Kept: the last good answer about one subject, sealed, where a duty lets it be shown while its source is silent."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction

from civic.exchange.models.resource import Resource
from civic.masking.models import SubjectKey
from civic.masking.subjects import Masked


class KeptManager(models.Manager["Kept"]):
    """Keeps and forgets answers."""

    def keep(
        self, call: Any, *, subject: Mapping[str, str], records: Sequence[Mapping[str, Any]], as_of: datetime
    ) -> None:
        """Keep what was answered to `call`, in the place of what was kept before for the same service and purpose."""
        place = {"resource": call.resource, "service": call.service, "purpose": call.purpose, "about": call.about}
        with transaction.atomic():
            kept = self.select_for_update(of=("self",)).filter(**place).select_related("key").first()
            fresh = kept is None
            kept = kept or Kept(**place, key=SubjectKey.objects.create_key())
            kept.set_personal("subject", json.dumps(dict(subject), ensure_ascii=False))
            kept.set_personal("answer", json.dumps(list(records), ensure_ascii=False))
            kept.as_of, kept.kept_at, kept.case, kept.on_behalf_of = as_of, call.asked_at, call.case, call.on_behalf_of
            kept.save(force_insert=fresh)

    def forget(self, found: "models.QuerySet[Kept]") -> int:
        """Delete answers and the keys that only they were sealed with; return how many."""
        keys = list(found.values_list("key_id", flat=True))
        with transaction.atomic():
            found.delete()
            SubjectKey.objects.filter(pk__in=keys).delete()
        return len(keys)


class Kept(Masked, models.Model):
    """One answer under a key of its own, for one service and purpose; deleted when it may no longer be shown."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    service = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    about = models.CharField(max_length=64)
    case = models.CharField(max_length=80, blank=True)
    on_behalf_of = models.CharField(max_length=80, blank=True)
    key = models.ForeignKey(SubjectKey, on_delete=models.PROTECT, related_name="+")
    subject_sealed = models.BinaryField(null=True)
    answer_sealed = models.BinaryField(null=True)
    as_of = models.DateTimeField()
    kept_at = models.DateTimeField()

    objects: ClassVar[KeptManager] = KeptManager()

    class Meta:
        verbose_name = "上次的答复"
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "service", "purpose", "about"], name="kept_once_a_subject_and_purpose"
            )
        ]
        indexes = [models.Index(fields=["as_of"], name="kept_as_of")]

    class Personal:
        fields = {"subject_sealed": "text", "answer_sealed": "text"}

    def __str__(self) -> str:
        return f"kept {self.pk}"

    def subject(self) -> dict[str, str]:
        """Return about whom it is."""
        found: dict[str, str] = json.loads(self.clear("subject"))
        return found

    def records(self) -> list[dict[str, Any]]:
        """Return what was answered."""
        found: list[dict[str, Any]] = json.loads(self.clear("answer"))
        return found
