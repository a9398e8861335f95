"""OneTimeCode: six digits sent to a phone, good once."""

import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from civic.accounts.rules import CODE_DIGITS, CODE_MINUTES, CODE_TRIES


class OneTimeCodeManager(models.Manager["OneTimeCode"]):
    """Issues and takes codes."""

    def issue(self, *, purpose: str, subject: str, at: datetime) -> str:
        """Return a fresh code for `subject`; one that was sent before opens nothing any more."""
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        facts = {
            "digest": digest(purpose, subject, code),
            "expires_at": at + timedelta(minutes=CODE_MINUTES),
            "tries": 0,
            "used_at": None,
        }
        self.update_or_create(purpose=purpose, subject=subject, defaults=facts)
        return code

    def use(self, *, purpose: str, subject: str, code: str, at: datetime) -> bool:
        """Whether `code` is the one that was sent; it is good once, for five minutes and five tries.

        The row is locked while it is tried, so that of many who try at once at most five are evaluated and one wins.
        """
        given = digest(purpose, subject, code)
        with transaction.atomic():
            row = self.select_for_update().filter(purpose=purpose, subject=subject).first()
            if row is None or row.used_at is not None or at >= row.expires_at or row.tries >= CODE_TRIES:
                return False
            row.tries += 1
            right = constant_time_compare(row.digest, given)
            row.used_at = at if right else None
            row.save(force_update=True)
        return right

    def sweep(self, *, at: datetime) -> int:
        """Delete codes that expired; return how many."""
        return self.filter(expires_at__lt=at).delete()[0]


class OneTimeCode(models.Model):
    """The last code sent for one purpose to one subject (a phone's index, a mandate); only its keyed digest is kept."""

    purpose = models.CharField(max_length=20)
    subject = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[OneTimeCodeManager] = OneTimeCodeManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "subject"], name="accounts_one_code_a_subject"),
            models.CheckConstraint(name="accounts_code_tried_five_times", condition=models.Q(tries__lte=CODE_TRIES)),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.purpose} code"


def digest(purpose: str, subject: str, code: str) -> str:
    """Return the keyed digest of a code, bound to what it is for."""
    return salted_hmac("accounts.code", f"{purpose}\0{subject}\0{code}", algorithm="sha256").hexdigest()
