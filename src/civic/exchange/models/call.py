"""Call: one question that was asked, or refused, with a digest of the answer and no value of it. Breaker."""

import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q

from civic.accounts.models import Department
from civic.audit.seal import Sealed
from civic.audit.services import record, record_all
from civic.core.text import local
from civic.exchange.models.demand import Demand
from civic.exchange.models.resource import Provider, Resource
from civic.exchange.querysets import CallQuerySet
from civic.exchange.rules import IN_A_ROW, OPENS_AT, PROBE_EVERY, weight, words_of_reason, words_of_rule
from civic.exchange.states import Outcome, Purpose

FAIL = """
    INSERT INTO exchange_breaker AS breaker (provider_id, failures, last_reason, last_failed_at, opened_at, probed_at)
    VALUES (%(provider)s, %(weight)s, %(reason)s, %(at)s,
            CASE WHEN %(weight)s >= %(most)s THEN %(at)s::timestamptz END,
            CASE WHEN %(weight)s >= %(most)s THEN %(at)s::timestamptz END)
    ON CONFLICT (provider_id) DO UPDATE SET
        failures = CASE WHEN breaker.opened_at IS NULL AND breaker.last_failed_at < %(since)s THEN excluded.failures
                        ELSE least(breaker.failures + excluded.failures, 1000) END,
        opened_at = CASE WHEN breaker.opened_at IS NOT NULL THEN breaker.opened_at
                         WHEN breaker.last_failed_at >= %(since)s AND breaker.failures + excluded.failures >= %(most)s
                         THEN excluded.last_failed_at ELSE excluded.opened_at END,
        probed_at = greatest(breaker.probed_at, excluded.last_failed_at),
        last_reason = excluded.last_reason, last_failed_at = excluded.last_failed_at
"""


class BreakerManager(models.Manager["Breaker"]):
    """Counts failures in a row; the rows are shared by all processes."""

    def shut_out(self, providers: Collection[int], *, at: datetime) -> set[int]:
        """Return those of `providers` that are left alone at `at`; one caller every five seconds may look again."""
        opened = self.filter(provider__in=providers, opened_at__isnull=False)
        return {pk for pk in opened.values_list("provider_id", flat=True) if not self._may_probe(pk, at)}

    def in_trouble(self, providers: Collection[int]) -> set[int]:
        """Return those of `providers` that have failed since they last answered."""
        failing = self.filter(provider__in=providers).filter(Q(failures__gt=0) | Q(opened_at__isnull=False))
        return set(failing.values_list("provider_id", flat=True))

    def note_success(self, provider: int, *, at: datetime) -> None:
        """The source has answered: whatever failed before is over."""
        failing = self.filter(provider=provider).filter(Q(failures__gt=0) | Q(opened_at__isnull=False))
        failing.update(failures=0, opened_at=None, probed_at=None, healed_at=at)

    def note_failure(self, provider: int, *, reason: str, tries: int, at: datetime) -> None:
        """The source has failed `tries` times; after three in a row it is left alone."""
        heavy = weight(reason) * tries
        if heavy:
            facts: dict[str, Any] = {
                "provider": provider,
                "weight": heavy,
                "reason": reason,
                "at": at,
                "most": OPENS_AT,
                "since": at - IN_A_ROW,
            }
            with connection.cursor() as cursor:
                cursor.execute(FAIL, facts)

    def _may_probe(self, provider: int, at: datetime) -> bool:
        """Whether this caller, and nobody else for five seconds, may ask a source that is left alone."""
        due = self.filter(provider=provider, opened_at__isnull=False, probed_at__lte=at - PROBE_EVERY)
        return due.update(probed_at=at) == 1


class Breaker(models.Model):
    """How a source has answered lately; `opened_at`: since when it is left alone (None: it is asked)."""

    provider = models.OneToOneField(Provider, on_delete=models.CASCADE, related_name="breaker", primary_key=True)
    failures = models.PositiveSmallIntegerField("连续失败", default=0)
    last_reason = models.CharField("最近原因", max_length=12, blank=True)
    last_failed_at = models.DateTimeField("最近失败时间", null=True)
    opened_at = models.DateTimeField("断开时间", null=True)
    probed_at = models.DateTimeField("最近试探时间", null=True)
    healed_at = models.DateTimeField("恢复时间", null=True)

    objects: ClassVar[BreakerManager] = BreakerManager()

    class Meta:
        verbose_name = "熔断状态"

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"breaker {self.provider_id}"


class CallManager(models.Manager.from_queryset(CallQuerySet)):  # type: ignore[misc]
    """Notes many questions at once."""

    def open_all(self, calls: "Sequence[Call]", *, by: object, at: datetime) -> None:
        """Note the questions before they are asked, or that they are not asked at all."""
        self.bulk_create(calls)
        record_all([call.entry("deny" if call.outcome == Outcome.DENIED else "ask", by=by, at=at) for call in calls])

    def settle_all(self, calls: "Sequence[Call]", *, by: object, at: datetime) -> None:
        """Note what came of the questions, as each of them has been told by `came_to`."""
        self.bulk_update(calls, Call.SETTLED)
        record_all([call.entry("answer" if call.digest else "fail", by=by, at=at) for call in calls])


class Call(Sealed):
    """One question of one resource: why, on which ground, for whom, what came of it. Holds no value and no key.

    `about` is a keyed digest of the subject, by which a person finds the calls about them. `refused` lists fields that
    were not asked for, each with its rule (`name:rule`).
    """

    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="calls", verbose_name="资源")
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="需求")
    consumer = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="使用部门"
    )
    service = models.CharField("事项编码", max_length=40)
    case = models.CharField("办件", max_length=80, blank=True)
    purpose = models.CharField("用途", max_length=40)
    legal_basis = models.CharField("法律依据", max_length=300, blank=True)
    fields = ArrayField(models.CharField(max_length=40), default=list, verbose_name="查询的数据项")
    refused = ArrayField(models.CharField(max_length=140), default=list, verbose_name="没有查询的数据项")
    about = models.CharField("对象", max_length=64, blank=True)
    on_behalf_of = models.CharField("为谁查询", max_length=80, blank=True)
    actor = models.CharField("查询人", max_length=80)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, default=Outcome.ASKED)
    reason = models.CharField("原因", max_length=12, blank=True)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    latency_ms = models.PositiveIntegerField("用时（毫秒）", null=True)
    records = models.PositiveSmallIntegerField("记录数", default=0)
    salt = models.BinaryField(max_length=16, default=b"")
    digest = models.BinaryField("答复的指纹", max_length=32, default=b"")
    as_of = models.DateTimeField("数据时间", null=True)
    asked_at = models.DateTimeField("查询时间")

    SETTLED = ("outcome", "reason", "tries", "latency_ms", "as_of", "records", "salt", "digest")

    objects: ClassVar[CallManager] = CallManager()

    class Meta:
        verbose_name = "数据查询"
        constraints = [
            models.CheckConstraint(name="call_answered_has_digest", condition=~Q(outcome="ANSWERED") | ~Q(digest=b"")),
            models.CheckConstraint(name="call_granted_on_a_demand", condition=Q(outcome="DENIED") | ~Q(legal_basis="")),
        ]
        indexes = [
            models.Index(fields=["about", "-asked_at"], name="call_about"),
            models.Index(fields=["on_behalf_of", "-asked_at"], name="call_on_behalf_of"),
            models.Index(fields=["resource", "-asked_at"], name="call_resource"),
            models.Index(fields=["-asked_at", "-id"], name="call_newest"),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"查询{self.pk}"

    # Verbs

    def came_to(self, outcome: str, *, records: Sequence[Mapping[str, Any]] = (), **facts: Any) -> None:
        """Take in what came of it, with a salted digest of what was passed on; `settle_all` stores it."""
        self.outcome = outcome
        for name, value in facts.items():
            setattr(self, name, value)
        if outcome in (Outcome.ANSWERED, Outcome.EMPTY, Outcome.STALE):
            self.salt, self.records = os.urandom(16), len(records)
            self.digest = answer_digest(records, self.salt)

    def purge(self, *, by: object, at: datetime) -> None:
        """Delete the call after its time; the ledger keeps that it was."""
        record(at=at, actor=by, step="exchange.call.purge", subject=self.ledger_id())
        Call.objects.filter(pk=self.pk).delete()

    # Questions

    @property
    def is_answered(self) -> bool:
        """Whether values were passed on."""
        return self.outcome in (Outcome.ANSWERED, Outcome.STALE)

    def field_titles(self) -> list[str]:
        """Return what people call the fields that were asked for."""
        return self.resource.titles(self.fields)

    def refusals(self) -> list[tuple[str, str]]:
        """Return (field's title, why it was not asked for)."""
        parted = [line.partition(":") for line in self.refused]
        return [(self.resource.title(name), words_of_rule(rule)) for name, _colon, rule in parted]

    def reason_words(self) -> str:
        return words_of_reason(self.reason) if self.reason else ""

    def matter(self) -> str:
        """Return what the service is called; its code where nothing was granted for it."""
        return local(self.demand, "service_name") if self.demand is not None else self.service

    def purpose_words(self) -> str:
        return str(dict(Purpose.choices).get(self.purpose, self.purpose))

    def entry(self, step: str, *, by: object, at: datetime) -> dict[str, Any]:
        """Return what the ledger is told of this call, as record_all() takes it."""
        detail = {"resource": self.resource.code, "service": self.service, "case": self.case, "outcome": self.outcome}
        detail |= {"fields": ",".join(self.fields), "refused": ",".join(self.refused)}
        detail |= {"for": self.on_behalf_of, "basis": self.legal_basis, "reason": self.reason}
        detail |= {"answer": bytes(self.digest).hex()}
        kept = {name: value for name, value in detail.items() if value}
        step = f"exchange.call.{step}"
        return {"at": at, "actor": by, "step": step, "subject": self, "purpose": self.purpose, "detail": kept}


def answer_digest(records: Sequence[Mapping[str, Any]], salt: bytes) -> bytes:
    """Return SHA-256 over `salt` and what was passed on, as JSON with sorted keys."""
    text = json.dumps(list(records), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(salt + text.encode()).digest()
