"""Replay: the stored answer to a keyed request."""

from datetime import datetime
from typing import Self

from django.db import models


class ReplayQuerySet(models.QuerySet["Replay"]):
    """Questions about stored answers."""

    def older_than(self, *, at: datetime) -> Self:
        return self.filter(created_at__lt=at)


class Replay(models.Model):
    """The answer that was given to one key of one caller, committed together with its effect.

    The answer body is kept as it was sent, so it must hold ids only, never personal data.
    """

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=128)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=80)
    body = models.BinaryField()
    location = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = ReplayQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="replay_one_answer_per_key")]
        indexes = [models.Index(fields=["created_at"], name="replay_created_at")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
