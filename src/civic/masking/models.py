"""SubjectKey: the one key under which everything about one subject is sealed."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core import crypto
from civic.core.errors import Conflict
from civic.masking import keys


class Shredded(Conflict):
    """The subject's key was destroyed; what was sealed with it is gone for good."""

    code = "shredded"


class RevealTallyManager(models.Manager["RevealTally"]):
    """Counts reveals."""

    def add_one(self, *, actor: str, at: datetime) -> int:
        """Count one more reveal by `actor` in the hour of `at` and return how many there are now; safe in a race."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        tally, _ = self.get_or_create(actor=actor, hour_at=hour)
        self.filter(pk=tally.pk).update(count=F("count") + 1)
        return self.values_list("count", flat=True).get(pk=tally.pk)


class RevealTally(models.Model):
    """How many clear values one actor was shown in one hour."""

    actor = models.CharField("查看人", max_length=80)
    hour_at = models.DateTimeField("起始小时")
    count = models.PositiveIntegerField("次数", default=0)

    objects: ClassVar[RevealTallyManager] = RevealTallyManager()

    class Meta:
        verbose_name = "查看次数"
        constraints = [
            models.UniqueConstraint(fields=["actor", "hour_at"], name="masking_one_tally_per_actor_and_hour")
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.actor} {self.hour_at:%Y-%m-%d %H}"


class SubjectKeyManager(models.Manager["SubjectKey"]):
    """Makes and rotates the keys of subjects."""

    def create_key(self) -> "SubjectKey":
        """Store a fresh key, wrapped by the city's master key."""
        key = SubjectKey(master_id=keys.current_master_id())
        key.wrapped = key._wrap(crypto.new_key())
        key.save(force_insert=True)
        return key

    def rewrap(self, *, batch: int = 1000) -> int:
        """Wrap the next `batch` keys that an older master key wraps with the current one; return how many."""
        with transaction.atomic():
            old = self.exclude(master_id=keys.current_master_id()).exclude(wrapped=None).order_by("id")
            found = list(old.select_for_update(skip_locked=True)[:batch])
            for key in found:
                data_key = key._data_key()
                key.master_id = keys.current_master_id()
                key.wrapped = key._wrap(data_key)
            self.bulk_update(found, ["master_id", "wrapped"])
        return len(found)


class SubjectKey(Sealed):
    """The data key of one subject (a person, a firm), wrapped by the master key; to delete the subject, shred it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    master_id = models.CharField("主密钥编号", max_length=crypto.KEY_ID_DIGITS)
    wrapped = models.BinaryField("已加密的密钥", null=True)
    shredded_at = models.DateTimeField("销毁时间", null=True)

    objects: ClassVar[SubjectKeyManager] = SubjectKeyManager()

    class Meta:
        verbose_name = "主体密钥"
        constraints = [
            models.CheckConstraint(
                name="masking_key_gone_when_shredded",
                condition=Q(shredded_at__isnull=True, wrapped__isnull=False)
                | Q(shredded_at__isnull=False, wrapped__isnull=True),
            )
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"key {self.id}"

    # Verbs

    def seal(self, text: str, *, field: str) -> bytes:
        """Return `text` sealed for the column `field` ("accounts.person.name") of this subject, and for no other."""
        return self.seal_bytes(text.encode(), field=field)

    def seal_bytes(self, content: bytes, *, field: str) -> bytes:
        """Return `content` (a file) sealed for `field` of this subject."""
        return crypto.seal(content, key=self._data_key(), aad=self._place(field), using=keys.current_suite())

    def shred(self, *, by: object, at: datetime) -> None:
        """Destroy the key: nothing that was sealed with it can ever be read again. A second time changes nothing."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=SubjectKey.objects.select_for_update())
            self.__dict__.pop("_clear", None)
            if self.shredded_at is not None:
                return
            self.wrapped, self.shredded_at = None, at
            self.save(force_update=True)
            record(at=at, actor=by, step="masking.subjectkey.shred", subject=self)

    # Questions

    def open(self, sealed: bytes | memoryview, *, field: str) -> str:
        """Return the text that was sealed for `field`.

        Raises: Shredded, if the key was destroyed; crypto.Unsealable, if the value belongs elsewhere or was changed.
        """
        return self.open_bytes(sealed, field=field).decode()

    def open_bytes(self, sealed: bytes | memoryview, *, field: str) -> bytes:
        """Return the content that was sealed for `field`. Raises: as `open`."""
        return crypto.open_sealed(bytes(sealed), key=self._data_key(), aad=self._place(field))

    def sealed_content(self) -> dict[str, object]:
        """Return what a change of master key leaves alone: whose key this is and whether it is gone."""
        return {
            "id": str(self.id),
            "gone": self.wrapped is None,
            "shredded_at": self.shredded_at and f"{self.shredded_at.timestamp():.6f}",
        }

    def is_newborn(self) -> bool:
        """A key is made with its subject, whose entry names it; its own first entry is its end."""
        return self.shredded_at is None

    def __getstate__(self) -> dict[str, Any]:
        """Leave the clear key out of anything that is pickled, such as a cache entry."""
        return {name: value for name, value in super().__getstate__().items() if name != "_clear"}

    def _data_key(self) -> bytes:
        clear: bytes | None = self.__dict__.get("_clear")
        if clear is None:
            if self.wrapped is None:
                raise Shredded(_("这份资料已按规定删除，无法再读取。"))
            clear = crypto.open_sealed(
                bytes(self.wrapped), key=keys.wrapping_key(self.master_id), aad=self._place("masking.subjectkey")
            )
            self.__dict__["_clear"] = clear
        return clear

    def _wrap(self, data_key: bytes) -> bytes:
        return crypto.seal(
            data_key,
            key=keys.wrapping_key(self.master_id),
            aad=self._place("masking.subjectkey"),
            using=keys.current_suite(),
        )

    def _place(self, field: str) -> bytes:
        identity: UUID = self.id
        return field.encode() + b"\0" + identity.bytes
