"""Delivery: a notice on its way through one channel; sent once, whatever number of workers try."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from civic.core.jobs import enqueue
from civic.notifications.querysets import DeliveryQuerySet
from civic.notifications.rules import next_try
from civic.notifications.states import STEPS, Channel, DeliveryState
from civic.workflow.models import Stateful

SEND = "civic.notifications.tasks.send"


class DeliveryManager(models.Manager.from_queryset(DeliveryQuerySet)):  # type: ignore[misc]
    """Puts a notice on its ways, in the transaction that writes it and before that is recorded."""

    def put_on_site(self, notice: Any, *, at: datetime) -> None:
        """The letter lies on the site from now on."""
        self.create(notice=notice, channel=Channel.IN_APP, state=DeliveryState.SENT, due_at=at, sent_at=at)

    def queue_sms(self, notice: Any, *, at: datetime) -> None:
        """Queue the notice as a text message."""
        enqueue(SEND, delivery=self.create(notice=notice, channel=Channel.SMS, due_at=at).pk)


class Delivery(Stateful):
    """One channel's attempt to bring one notice to its reader. A part of the notice: its steps are the notice's."""

    ROOT = "notice"
    STEPS = STEPS

    notice = models.ForeignKey("notifications.Notice", on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField("渠道", max_length=6, choices=Channel.choices)
    state = models.CharField("状态", max_length=9, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    due_at = models.DateTimeField("应发时间")
    attempts = models.PositiveSmallIntegerField("已尝试次数", default=0)
    tried_at = models.DateTimeField("最近尝试", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    gateway_id = models.CharField("网关编号", max_length=100, blank=True)
    failure = models.SlugField("失败原因", max_length=40, blank=True)

    objects: ClassVar[DeliveryManager] = DeliveryManager()

    class Meta:
        verbose_name = "发送"
        constraints = [
            models.UniqueConstraint(name="delivery_once_a_channel", fields=["notice", "channel"]),
            models.CheckConstraint(
                name="delivery_sent_has_time",
                condition=~Q(state__in=("SENT", "DELIVERED")) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_failed_has_reason",
                condition=Q(state="FAILED") & ~Q(failure="") | ~Q(state="FAILED") & Q(failure=""),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="delivery_waiting", condition=Q(state__in=("QUEUED", "HELD"))),
            models.Index(fields=["tried_at"], name="delivery_sending", condition=Q(state="SENDING")),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"

    # Verbs

    def hold(self, *, until: datetime, by: object, at: datetime) -> None:
        """Wait for the end of the quiet hours."""
        with self.step("hold", by=by, at=at, channel=self.channel):
            self.due_at = until
            enqueue(SEND, at=until, delivery=self.pk)

    def begin(self, *, by: object, at: datetime) -> None:
        """Claim the sending: whoever takes this step sends, everybody else is refused."""
        with self.step("begin", by=by, at=at, channel=self.channel):
            self.attempts += 1
            self.tried_at = at

    def succeed(self, *, gateway_id: str, by: object, at: datetime) -> None:
        """Note that the gateway has taken the message."""
        with self.step("succeed", by=by, at=at, channel=self.channel):
            self.sent_at, self.gateway_id = at, gateway_id[:100]

    def postpone(self, *, failure: str, by: object, at: datetime) -> None:
        """Try again later, each time after a longer wait; after the last, give up."""
        again = next_try(at, attempts=self.attempts)
        if again is None:
            self.fail(failure=failure, by=by, at=at)
            return
        with self.step("postpone", by=by, at=at, channel=self.channel, failure=failure):
            self.due_at = again
            enqueue(SEND, at=again, delivery=self.pk)

    def fail(self, *, failure: str, by: object, at: datetime) -> None:
        """Give up on this channel; the letter on the site stays."""
        with self.step("fail", by=by, at=at, channel=self.channel, failure=failure):
            self.failure = failure

    def confirm(self, *, by: object, at: datetime) -> None:
        """Note that it has reached the reader."""
        with self.step("confirm", by=by, at=at, channel=self.channel):
            self.delivered_at = at
