"""Entry: one line of the ledger. Leaf and Head: the Merkle tree over the entries."""

from django.db import models
from django.db.models.functions import Now


class Entry(models.Model):
    """One recorded step. Written once, in the transaction of the step itself; never changed."""

    recorded_at = models.DateTimeField(db_default=Now())
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    step = models.CharField(max_length=120)
    subject = models.CharField(max_length=120)
    purpose = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="audit_entry_subject")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.step} {self.subject}"
