"""Tally: how often something was tried, counted in the database so that no number of processes counts twice."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import connection, models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from civic.core.errors import TooMany

COUNT_ONE_MORE = """
    INSERT INTO accounts_tally AS tally (kind, key, count, until) VALUES (%(kind)s, %(key)s, 1, %(until)s)
    ON CONFLICT (kind, key) DO UPDATE SET
        count = CASE WHEN tally.until <= %(at)s THEN 1 ELSE tally.count + 1 END,
        until = CASE WHEN tally.until <= %(at)s THEN excluded.until ELSE tally.until END
    RETURNING count, until
"""


class TooOften(TooMany):
    """This was tried too often from the same side."""

    code = "too-often"


class TallyManager(models.Manager["Tally"]):
    """Counts tries; one statement a try, so concurrent tries cannot slip past each other."""

    def count(self, *, kind: str, key: str, per: timedelta, at: datetime) -> tuple[int, datetime]:  # type: ignore[override]
        """Count one more try of `key` and return how many there were and when the count starts afresh."""
        values: dict[str, str | datetime] = {"kind": kind, "key": digest(key), "at": at, "until": at + per}
        with connection.cursor() as cursor:
            cursor.execute(COUNT_ONE_MORE, values)
            row: tuple[int, datetime] = cursor.fetchone()
        return row

    def take(self, *, kind: str, key: str, limit: int, per: timedelta, at: datetime) -> None:
        """Count one more try. Call it outside a transaction, before what it guards.

        Raises: TooOften, from the try after `limit` until `per` has passed since the first.
        """
        count, until = self.count(kind=kind, key=key, per=per, at=at)
        if count > limit:
            seconds = max(1, int((until - at).total_seconds()))
            raise TooOften(
                _("操作太频繁，请在%(minutes)s分钟后再试。") % {"minutes": -(-seconds // 60)}, retry_after=seconds
            )

    def forget(self, *, kind: str, key: str) -> None:
        """Start the count of `key` afresh, after a success."""
        self.filter(kind=kind, key=digest(key)).delete()

    def sweep(self, *, at: datetime) -> int:
        """Delete counts that are over; return how many."""
        return self.filter(until__lt=at).delete()[0]


class Tally(models.Model):
    """How often one key (a phone, an address, an account; only its keyed digest is stored) was tried."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    until = models.DateTimeField()

    objects: ClassVar[TallyManager] = TallyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="accounts_one_tally_a_key")]
        indexes = [models.Index(fields=["until"], name="accounts_tally_until")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.kind}: {self.count}"


def digest(key: str) -> str:
    """Return the keyed digest under which `key` is counted."""
    return salted_hmac("accounts.tally", key, algorithm="sha256").hexdigest()
