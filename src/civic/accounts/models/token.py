"""Token: a machine's key to the API, kept only as a digest."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models, transaction

from civic.accounts.models.account import Account
from civic.audit.seal import Sealed, row_content
from civic.audit.services import record

PREFIX = "civic_"
LAST_USED_EVERY = timedelta(minutes=5)


class TokenManager(models.Manager["Token"]):
    """Issues and finds tokens."""

    def issue(
        self, *, account: Account, label: str, by: object, at: datetime, valid_for: timedelta
    ) -> "tuple[Token, str]":
        """Return a new token and its text, which nobody can ever see again."""
        text = PREFIX + secrets.token_urlsafe(32)
        with transaction.atomic():
            token = Token(account=account, label=label, digest=digest(text), issued_at=at, expires_at=at + valid_for)
            token.save(force_insert=True)
            record(at=at, actor=by, step="accounts.token.issue", subject=token)
        return token, text

    def valid(self, text: str, *, at: datetime) -> "Token | None":
        """Return the token behind `text` with its account and office, in one query; None where it opens nothing."""
        found = self.filter(digest=digest(text), revoked_at__isnull=True, expires_at__gt=at, account__is_active=True)
        return found.select_related("account__official__department", "account__person__key").first()


class Token(Sealed):
    """A bearer token of one account. `digest` is SHA-256 of a random text, so the database cannot give it away."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField("用途", max_length=80, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField("签发时间")
    expires_at = models.DateTimeField("到期时间")
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)

    objects: ClassVar[TokenManager] = TokenManager()

    class Meta:
        verbose_name = "接口令牌"
        constraints = [
            models.CheckConstraint(
                name="accounts_token_expires_after_issue", condition=models.Q(expires_at__gt=models.F("issued_at"))
            )
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.label or f"token {self.pk}"

    # Verbs

    def revoke(self, *, by: object, at: datetime) -> None:
        """Make the token worthless. A second time changes nothing."""
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Token.objects.select_for_update(of=("self",)))
            if self.revoked_at is None:
                self.revoked_at = at
                self.save(force_update=True)
                record(at=at, actor=by, step="accounts.token.revoke", subject=self)

    def note_use(self, *, at: datetime) -> None:
        """Remember that the token was used, to within five minutes."""
        if self.last_used_at is None or at - self.last_used_at >= LAST_USED_EVERY:
            self.last_used_at = at
            Token.objects.filter(pk=self.pk).update(last_used_at=at)

    # Questions

    def sealed_content(self) -> dict[str, object]:
        return {name: value for name, value in row_content(self).items() if name != "last_used_at"}


def digest(text: str) -> str:
    """Return the digest under which a token's text is stored; the text is random, so no salt is needed."""
    return hashlib.sha256(text.encode()).hexdigest()
