"""Account: a way to log in."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models, transaction

from civic.accounts import policies
from civic.accounts.models.person import Person
from civic.accounts.querysets import AccountQuerySet
from civic.audit.seal import Sealed, row_content
from civic.audit.services import record
from civic.core.errors import require

if TYPE_CHECKING:
    from civic.accounts.models.department import Official

UNSEALED = ("last_login",)
ONE_TIME_HOURS = 72  # long enough to reach somebody's desk over a weekend
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when it is read out


class AccountManager(BaseUserManager.from_queryset(AccountQuerySet)):  # type: ignore[misc]
    """Opens accounts."""

    def open(
        self,
        *,
        kind: str,
        by: object,
        at: datetime,
        username: str = "",
        password: str | None = None,
        person: Person | None = None,
    ) -> "Account":
        """Open an account; without a name it gets one that says nothing about its holder."""
        name = username.strip().lower() or f"r-{secrets.token_hex(8)}"
        with transaction.atomic():
            account = Account(username=name, kind=kind, person=person)
            account.set_password(password)
            account.save(force_insert=True)
            record(at=at, actor=by, step="accounts.account.open", subject=account)
        return account


class Account(AbstractBaseUser, Sealed):
    """A way to log in: a resident's, an official's or a machine's."""

    class Kind(models.TextChoices):
        RESIDENT = "RESIDENT", "居民"
        OFFICIAL = "OFFICIAL", "工作人员"
        MACHINE = "MACHINE", "系统"

    username = models.CharField("账户名", max_length=64, unique=True)
    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField("类型", max_length=10, choices=Kind.choices, default=Kind.RESIDENT)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="account")
    is_active = models.BooleanField("启用", default=True)
    one_time_until = models.DateTimeField(
        "一次性密码有效期至", null=True, blank=True
    )  # None: the password is the holder's own

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "username"
    official: "Official"
    is_staff = False  # nobody enters Django's own administration

    class Meta:
        verbose_name = "账户"

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.username

    # Verbs

    def disable(self, *, by: "Account", at: datetime) -> None:
        """Shut the account: its sessions end at once, its tokens are no longer taken. Raises: NotAllowed."""
        require(policies.why_not_switch(by, self))
        with transaction.atomic():
            self._lock()
            self.is_active = False
            self._store("disable", by=by, at=at)
            self._end_sessions()

    def enable(self, *, by: "Account", at: datetime) -> None:
        """Let the holder log in again. Raises: NotAllowed."""
        require(policies.why_not_switch(by, self))
        with transaction.atomic():
            self._lock()
            self.is_active = True
            self._store("enable", by=by, at=at)

    def change_password(self, password: str, *, by: object, at: datetime) -> None:
        """Set a new password of the holder's own; every session ends."""
        with transaction.atomic():
            self._lock()
            self.set_password(password)
            self.one_time_until = None
            self._store("change_password", by=by, at=at)
            self._end_sessions()

    def issue_one_time_password(self, *, by: object, at: datetime) -> str:
        """Replace the password by one that opens nothing but the choice of another; return it. Every session ends."""
        text = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
        with transaction.atomic():
            self._lock()
            self.set_password(text)
            self.one_time_until = at + timedelta(hours=ONE_TIME_HOURS)
            self._store("issue_one_time_password", by=by, at=at)
            self._end_sessions()
        return text

    # Questions

    def must_change_password(self) -> bool:
        """Whether the password was made by somebody else."""
        return self.one_time_until is not None

    def is_password_over(self, *, at: datetime) -> bool:
        """Whether a one-time password has not been used in time."""
        return self.one_time_until is not None and self.one_time_until <= at

    @property
    def is_official(self) -> bool:
        return self.kind == self.Kind.OFFICIAL and hasattr(self, "official")

    def has_any_role(self, *roles: str) -> bool:
        """Whether the holder is in office with one of `roles`."""
        return self.is_official and bool(set(roles) & set(self.official.roles))

    @property
    def department_id(self) -> int | None:
        """The department this official works for; None for everyone else."""
        return self.official.department_id if self.is_official else None

    @property
    def display_name(self) -> str:
        """What a page calls the holder: an official's name in office, a resident's name, else the account's."""
        if self.is_official:
            return self.official.display_name
        return (self.person.name if self.person else "") or self.username

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password. Never rewrites the stored hash: it is sealed."""
        return check_password(raw_password or "", self.password)

    def sealed_content(self) -> dict[str, object]:
        content = {name: value for name, value in row_content(self).items() if name not in UNSEALED}
        if self.one_time_until is None:
            del content["one_time_until"]  # accounts sealed before there were such passwords stay as they were
        return content

    # Inside

    def _lock(self) -> None:
        self.refresh_from_db(from_queryset=Account.objects.select_for_update(of=("self",)))

    def _store(self, step: str, *, by: object, at: datetime) -> None:
        self.save(force_update=True)
        record(at=at, actor=by, step=f"accounts.account.{step}", subject=self)

    def _end_sessions(self) -> None:
        for session in UserSession.objects.filter(user=self):
            session.end()
