"""StatusList: the bits of some licences. StatusListVersion: what a list said from one instant on, signed and public."""

import secrets
from datetime import datetime
from typing import ClassVar

from django.db import models, transaction

from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.jobs import enqueue
from civic.licences.querysets import StatusListVersionQuerySet
from civic.licences.states import StatusPurpose

REFRESH = "civic.licences.tasks.refresh_status_list"
LENGTH = 131_072  # the least the standard allows: in a smaller herd one could tell whose bit changed
HELD_AT_MOST = LENGTH // 2  # so that a random free place is found soon
TRIES = 32


class StatusListManager(models.Manager["StatusList"]):
    """Opens lists and gives places in them."""

    def place_for(self, *, serial: int, by: object, at: datetime) -> "tuple[StatusList, int]":
        """Return a random free place for the licence with this serial number, in a list that is opened when needed.

        The list follows from the serial number, so issuing many licences at once waits for no common row. The place
        is taken when the licence is stored; two that draw the same are told apart by a constraint.
        """
        number = serial // HELD_AT_MOST + 1
        found = self.filter(number=number).first() or self._open(number, by=by, at=at)
        drawn = [secrets.randbelow(LENGTH) for _ in range(TRIES)]
        taken = set(found.licences.filter(status_place__in=drawn).values_list("status_place", flat=True))
        return found, next(place for place in drawn if place not in taken)

    def _open(self, number: int, *, by: object, at: datetime) -> "StatusList":
        with transaction.atomic():
            opened, is_new = self.get_or_create(number=number, defaults={"opened_at": at})
            if is_new:
                record(at=at, actor=by, step="licences.statuslist.open", subject=opened)
                enqueue(REFRESH, status_list=number)
        return opened


class StatusList(Sealed):
    """A herd of licences whose states are published together, one bit each, at random places."""

    number = models.PositiveIntegerField("编号", primary_key=True)
    opened_at = models.DateTimeField("启用时间")

    objects: ClassVar[StatusListManager] = StatusListManager()

    class Meta:
        verbose_name = "证照状态列表"

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"status list {self.number}"

    def name(self, purpose: str) -> str:
        """Return under which name the list of `purpose` is public."""
        return f"{self.number}-{purpose}"

    def places(self, purpose: str) -> set[int]:
        """Return the places whose bit is set now."""
        return set(self.licences.listed(purpose).values_list("status_place", flat=True))


class StatusListVersion(models.Model):
    """What the list of one purpose said from `from_at` on: a signed credential that proves itself."""

    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="versions")
    purpose = models.CharField("用途", max_length=12, choices=StatusPurpose.choices)
    bits_digest = models.CharField("内容摘要", max_length=64)
    from_at = models.DateTimeField("起始时间")
    signed_at = models.DateTimeField("签名时间")
    credential = models.TextField("签名凭证")

    objects = StatusListVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "证照状态列表版本"
        indexes = [models.Index(fields=["status_list", "purpose", "-from_at"], name="licences_versions_by_time")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.status_list_id}-{self.purpose} {self.from_at:%Y-%m-%dT%H:%M:%SZ}"
