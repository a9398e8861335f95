"""Presentation: one show code (亮证码). Use: one time that something of a licence was read."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Department
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.errors import Conflict
from civic.core.text import is_english, local
from civic.licences.models.licence import Licence
from civic.licences.models.use_request import UseRequest
from civic.licences.rules import CODE_ALPHABET
from civic.licences.wallet_querysets import PresentationQuerySet, UseQuerySet
from civic.licences.wallet_states import UseKind

if TYPE_CHECKING:
    from civic.licences.models.types import LicenceType

TOKEN_LENGTH = 10  # 50 random bits that live for a minute: nobody meets one by guessing
LIFETIME = timedelta(seconds=60)
ANYBODY = "anybody"


class CodeUnknown(Conflict):
    """There is no such show code."""

    code = "show-code-unknown"


class CodeUsed(Conflict):
    """The show code has been read before."""

    code = "show-code-used"


class CodeOver(Conflict):
    """The minute of the show code is over."""

    code = "show-code-over"


class PresentationManager(models.Manager.from_queryset(PresentationQuerySet)):  # type: ignore[misc]
    """Makes show codes and takes them."""

    def issue(
        self, *, licence: Licence, fields: Sequence[str], by: Account, at: datetime
    ) -> "tuple[Presentation, str]":
        """Make a code that shows `fields` of a licence, once, within a minute; the one before it ends at once."""
        token = "".join(secrets.choice(CODE_ALPHABET) for _ in range(TOKEN_LENGTH))
        with transaction.atomic():
            before = self.filter(licence=licence, shown_by=by).live(at=at)
            before.update(expires_at=Greatest(F("issued_at") + timedelta(milliseconds=1), at))
            made = self.create(
                licence=licence, shown_by=by, fields=list(fields), token_digest=digest(token),
                issued_at=at, expires_at=at + LIFETIME,
            )  # fmt: skip
        return made, token

    def of_token(self, token: str) -> "Presentation | None":
        """Return the code as typed or scanned; None where there is none."""
        related = ("licence__type", "licence__authority", "licence__key")
        found: Presentation | None = self.select_related(*related).filter(token_digest=digest(token)).first()
        return found

    def take(self, *, token: str, reader: str, at: datetime) -> "Presentation":
        """Use a code up: of two that read it at the same time one gets it. Raises: CodeUnknown, CodeUsed, CodeOver."""
        found = self.of_token(token)
        if found is None:
            raise CodeUnknown(_("没有这个亮证码，请让持证人重新出示。"))
        if not self.filter(pk=found.pk).live(at=at).update(used_at=at, reader=reader):
            found.refresh_from_db(fields=["used_at", "expires_at"])
            found.refuse_if_ended(at=at)
            raise CodeOver(_("这个亮证码已经过期，请让持证人重新出示。"))
        found.used_at, found.reader = at, reader
        return found


class Presentation(models.Model):
    """A show code: for a minute, once, for whoever reads it, exactly the fields that the holder chose.

    Only a keyed digest of the code is stored. What was never read is deleted after a day; what was read is a Use.
    """

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="presentations")
    shown_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="出示人")
    fields = ArrayField(models.CharField(max_length=40), verbose_name="出示内容")
    token_digest = models.CharField("亮证码摘要", max_length=64, unique=True)
    issued_at = models.DateTimeField("出示时间")
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("查看时间", null=True)
    reader = models.CharField("查看人", max_length=80, blank=True)

    objects: ClassVar[PresentationManager] = PresentationManager()

    class Meta:
        verbose_name = "亮证码"
        constraints = [
            models.CheckConstraint(name="licences_code_lives_a_while", condition=Q(expires_at__gt=F("issued_at"))),
            models.CheckConstraint(
                name="licences_code_used_in_time_by_somebody",
                condition=Q(used_at__isnull=True, reader="")
                | Q(used_at__isnull=False, used_at__lt=F("expires_at")) & ~Q(reader=""),
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="licences_codes_to_delete", condition=Q(used_at=None))]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"presentation {self.pk}"

    def refuse_if_ended(self, *, at: datetime) -> None:
        """Say why the code cannot be read now. Raises: CodeUsed, CodeOver."""
        if self.used_at is not None:
            raise CodeUsed(_("这个亮证码已经被查看过一次，不能再看。请让持证人重新出示。"))
        if at >= self.expires_at:
            raise CodeOver(_("这个亮证码已经过期（60秒内有效），请让持证人重新出示。"))

    def seconds_left(self, *, at: datetime) -> int:
        return max(0, int((self.expires_at - at).total_seconds()))


class UseManager(models.Manager.from_queryset(UseQuerySet)):  # type: ignore[misc]
    """Takes uses in; none is ever changed."""

    def note(self, *, by: object, at: datetime, **facts: object) -> "Use":
        """Store that something of a licence was read, with its entry in the ledger."""
        with transaction.atomic():
            use = Use(used_at=at, **facts)
            use.save(force_insert=True)
            detail = {"licence": use.licence.ledger_id(), "kind": use.kind, "fields": ",".join(use.fields)}
            detail |= {name: value for name, value in (("service", use.service), ("case", use.case)) if value}
            record(at=at, actor=by, step="licences.use.note", subject=use, detail=detail)
        return use


class Use(Sealed):
    """One time that something of a licence was read: which fields, by whom, for what, when. Never changed.

    `reader` is an account's ledger id, or "visitor:" with a keyed digest of an address; of who only asked whether the
    licence is genuine it is ANYBODY.
    """

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="uses")
    kind = models.CharField("方式", max_length=8, choices=UseKind.choices)
    fields = ArrayField(models.CharField(max_length=40), verbose_name="内容")
    purpose = models.CharField("用途", max_length=120)
    purpose_en = models.CharField("英文用途", max_length=160, blank=True)
    service = models.CharField("事项编码", max_length=48, blank=True)
    case = models.CharField("办件", max_length=60, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    presentation = models.OneToOneField(Presentation, on_delete=models.PROTECT, null=True, related_name="use")
    request = models.ForeignKey(UseRequest, on_delete=models.PROTECT, null=True, related_name="uses")
    reader = models.CharField("查看人", max_length=80)
    used_at = models.DateTimeField("时间")

    objects: ClassVar[UseManager] = UseManager()

    class Meta:
        verbose_name = "证照使用记录"
        constraints = [
            models.UniqueConstraint(
                fields=["licence", "case"], name="licences_one_use_a_licence_and_case", condition=Q(kind="CASE")
            ),
            models.CheckConstraint(
                name="licences_use_has_its_ground",
                condition=Q(kind="SHOWN", presentation__isnull=False, case="")
                | Q(kind__in=["CASE", "LOOK"], presentation__isnull=True) & ~Q(case="") & ~Q(service="")
                | Q(kind="VERIFIED", presentation__isnull=True, case="", department__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["licence", "-used_at"], name="licences_uses_newest"),
            models.Index(fields=["case"], name="licences_uses_of_case", condition=~Q(case="")),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"use {self.pk}"

    @property
    def purpose_words(self) -> str:
        """For what, in the reader's language."""
        return local(self, "purpose")

    @property
    def reader_words(self) -> str:
        """Who read it, as far as the city knows."""
        if self.department is not None:
            return self.department.label
        if self.reader == ANYBODY:
            return _("持有查验码的人")
        return _("未登录的查看人") if self.reader.startswith("visitor:") else _("已登录的居民")

    @property
    def field_words(self) -> str:
        """What was read, in the reader's language and the type's order."""
        return listed(names_of(self.licence.type, self.fields))


def names_of(type_: "LicenceType", keys: Sequence[str]) -> list[str]:
    """Return the names of fields in the reader's language, in the type's order."""
    return [local(field, "name") for field in type_.fields if field["key"] in keys]


def listed(names: Sequence[str]) -> str:
    """Return names as one line in the reader's language."""
    return (", " if is_english() else "、").join(names)


def digest(token: str) -> str:
    """Return the keyed digest under which a show code is known, however it was typed."""
    typed = "".join(character for character in token.upper() if character in CODE_ALPHABET)
    return salted_hmac("licences.presentation", typed, algorithm="sha256").hexdigest()
