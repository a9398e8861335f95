"""Right: one person may rate one step of one matter, once."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, TypedDict, Unpack

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Q

from civic.accounts.models import Account, Department, Official
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.errors import require
from civic.ratings import policies
from civic.ratings.querysets import RightQuerySet
from civic.ratings.rules import RIGHT_DAYS
from civic.ratings.states import Channel

TOKEN_BYTES = 32


class _Matter(TypedDict):
    subject: str
    step: str
    channel: str
    number: str
    service_code: str
    service_name: str
    department: Department


class Matter(_Matter, total=False):
    """What is rated: the ledger id and public number of a matter, one step of it, through which channel.

    `handlers` are the ids of the accounts that dealt with it.
    """

    service_name_en: str
    handlers: Sequence[int]


class RightManager(models.Manager.from_queryset(RightQuerySet)):  # type: ignore[misc]
    """Grants and finds rights."""

    def grant(
        self, *, holder: Account | None, by: object, at: datetime, **matter: Unpack[Matter]
    ) -> "tuple[Right, str | None]":
        """Return the right to rate this step of this matter, and the token that opens it.

        The token can be seen only now: a second call for the same (subject, step, channel) returns None in its place.
        `holder` is the resident who may also rate from their own pages (None: by the token alone).
        Raises: NotAllowed, if the holder is an official.
        """
        if holder is not None:
            require(policies.why_not_hold(holder))
        token = secrets.token_urlsafe(TOKEN_BYTES)
        key = {"subject": matter["subject"], "step": matter["step"], "channel": matter["channel"]}
        rest = {
            **matter,
            "handlers": sorted(set(matter.get("handlers", ()))),
            "digest": digest(token),
            "holder": holder,
            "created_at": at,
            "expires_at": at + timedelta(days=RIGHT_DAYS),
        }
        with transaction.atomic():
            right, is_new = self.get_or_create(**key, defaults=rest)
            if is_new:
                record(at=at, actor=by, step="ratings.right.grant", subject=right, detail={"of": right.subject})
        return right, token if is_new else None

    def opened_by(self, token: str) -> "Right | None":
        """Return the right that `token` opens; None where it opens nothing."""
        found = self.filter(digest=digest(token)).select_related("department", "holder__person__key")
        right: Right | None = found.first()
        return right


class Right(Sealed):
    """The right to rate one step of one matter. `digest` is the token's SHA-256: the database cannot give it away."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    subject = models.CharField("事情", max_length=120)
    step = models.CharField("环节", max_length=40)
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices)
    number = models.CharField("编号", max_length=40)
    service_code = models.CharField("事项编码", max_length=40)
    service_name = models.CharField("事项名称", max_length=200)
    service_name_en = models.CharField("事项英文名称", max_length=300, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", verbose_name="被评价部门")
    holder = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="评价人")
    handlers = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name="经办人")
    created_at = models.DateTimeField("产生时间")
    expires_at = models.DateTimeField("失效时间")

    objects: ClassVar[RightManager] = RightManager()

    class Meta:
        verbose_name = "评价权"
        constraints = [
            models.UniqueConstraint(fields=["subject", "step", "channel"], name="right_once_a_step_and_channel"),
            models.CheckConstraint(name="right_expires_after_it_begins", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(name="right_of_a_known_channel", condition=Q(channel__in=Channel.values)),
        ]
        indexes = [models.Index(fields=["holder", "-created_at"], name="right_holder")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"评价权{self.pk}"

    # Verbs

    def renew_link(self, *, by: object, at: datetime) -> str:
        """Return a new token in place of the old one, for somebody who has no account and holds the matter's secret.

        Raises: NotAllowed, if the right is somebody's own: they rate from their own pages; if it has run out.
        """
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Right.objects.select_for_update())
            require(policies.why_not_renew_link(self, at))
            token = secrets.token_urlsafe(TOKEN_BYTES)
            self.digest = digest(token)
            self.save(update_fields=["digest"])
            record(at=at, actor=by, step="ratings.right.renew_link", subject=self, detail={"of": self.subject})
        return token

    # Questions

    def path(self, token: str) -> str:
        """Return the address of the page that `token` opens."""
        return f"/ratings/give/{token}/"

    def why_not_rate(self, rater: Account | None, *, at: datetime) -> str | None:
        """Say why this cannot be rated now by `rater` (None: not logged in); None if it can."""
        return policies.why_not_rate(rater, self, at)

    @property
    def is_of_hotline(self) -> bool:
        """Whether a ticket is rated: of those the unit never learns who rated."""
        return self.channel == Channel.HOTLINE

    def has_own_supervision(self) -> bool:
        """Whether the department has a supervisor or leader who did not handle the matter."""
        office = Official.objects.filter(department=self.department_id, account__is_active=True)
        free = office.exclude(account__in=self.handlers)
        return bool(free.filter(roles__overlap=["supervisor", "unit_leader"]).exists())


def digest(token: str) -> str:
    """Return what is stored of a token; the token is random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
