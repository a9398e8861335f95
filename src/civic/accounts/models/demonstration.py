"""OutboxMessage: what the demonstration would have sent to phones."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

KEPT = 200


class OutboxManager(models.Manager["OutboxMessage"]):
    """Keeps the latest messages."""

    def keep(self, *, recipient: str, text: str) -> None:
        """Keep a message and drop all but the latest 200."""
        self.create(recipient=recipient, text=text)
        newest = self.order_by("-pk").values_list("pk", flat=True)[KEPT - 1 : KEPT]
        self.filter(pk__lt=min(newest, default=0)).delete()


class OutboxMessage(models.Model):
    """One text message of the demonstration. The recipient is masked; texts come from templates and name nobody."""

    recipient = models.CharField(max_length=20)
    text = models.CharField(max_length=500)
    sent_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[OutboxManager] = OutboxManager()

    class Meta:
        verbose_name = "示范短信"

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.recipient} {self.sent_at:%H:%M}"
