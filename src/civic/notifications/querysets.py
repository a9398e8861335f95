"""Questions about notices and deliveries."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from civic.notifications.states import DeliveryState

STUCK_AFTER = timedelta(minutes=10)


class NoticeQuerySet(models.QuerySet[Any]):
    """Questions about letters."""

    def visible_to(self, account: Any) -> Self:
        """The letters of this account; nobody reads another's."""
        return self.filter(recipient_id=account.pk) if account.pk else self.none()

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def for_list(self) -> Self:
        """Newest first, with the key that opens them."""
        return self.select_related("key").order_by("-written_at", "-pk")


class DeliveryQuerySet(models.QuerySet[Any]):
    """Questions about deliveries."""

    def stuck(self, *, at: datetime) -> Self:
        """Deliveries whose worker has gone while it was sending."""
        return self.filter(state=DeliveryState.SENDING, tried_at__lt=at - STUCK_AFTER).order_by("pk")

    def failed(self) -> Self:
        return self.filter(state=DeliveryState.FAILED)

    def overdue(self, *, at: datetime) -> Self:
        """Deliveries that wait longer than they should: their job has gone missing."""
        waiting = Q(state__in=(DeliveryState.QUEUED, DeliveryState.HELD))
        return self.filter(waiting, due_at__lt=at - STUCK_AFTER).order_by(F("due_at"), "pk")
