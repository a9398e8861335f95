"""Demand: which department may ask for which fields, for which service, on which legal basis (需求清单)."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, TypedDict, Unpack

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from civic.accounts.models import Account, Department
from civic.audit.services import record
from civic.core.errors import Conflict, FieldError, Invalid, require
from civic.deadlines.calendars import CalendarMissing
from civic.deadlines.models import Clock
from civic.exchange import policies
from civic.exchange.models.resource import Resource, Restriction
from civic.exchange.querysets import DemandQuerySet
from civic.exchange.rules import why_not_share, words_of_rule
from civic.exchange.states import ANSWER_DEMAND, DEMAND_STEPS, DemandState, Origin, Purpose, Sharing
from civic.workflow.models import Stateful

LONGEST_REASON = 300
SERVICE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,39}")
BY_RULE = "exchange"


class DemandedAlready(Conflict):
    """There is an open demand for the same."""

    code = "demanded-already"


class Wish(TypedDict):
    """What is asked for, for what, and why it is lawful."""

    consumer: Department
    resource: Resource
    service: str
    service_name: str
    service_name_en: str
    purpose: str
    legal_basis: str
    fields: Collection[str]


class DemandManager(models.Manager.from_queryset(DemandQuerySet)):  # type: ignore[misc]
    """Takes demands in."""

    def propose(self, *, by: Account, at: datetime, **wish: Unpack[Wish]) -> "Demand":
        """Note a demand; what is shared unconditionally is granted at once, the rest waits for the provider's answer.

        Raises: NotAllowed; Invalid, naming the field; DemandedAlready.
        """
        require(policies.why_not_propose(by, wish["consumer"]))
        demand = self._store(origin=Origin.OFFICIAL, proposed_by=by, by=by, at=at, **wish)
        if demand.is_unconditional():
            demand.approve(by=BY_RULE, at=at)
        else:
            demand.start_clock(days=days_to_answer(), by=by, at=at)
        return demand

    def load(self, *, by: object, at: datetime, **wish: Unpack[Wish]) -> "tuple[Demand, bool]":
        """Take in a demand that the city's data brings with it, approved; a changed one replaces the former.

        Returns the demand and whether anything was written. What officials have decided about it since, stays.
        """
        key = {name: wish[name] for name in ("consumer", "resource", "service", "purpose")}
        found: Demand | None = self.filter(**key, origin=Origin.CITY).order_by("-pk").first()
        if found is not None:
            said = {name: wish[name] for name in ("legal_basis", "service_name", "service_name_en")}
            same = all(getattr(found, name) == words for name, words in said.items())
            if (same and sorted(found.fields) == sorted(wish["fields"])) or found.state != DemandState.APPROVED:
                return found, False
            found.withdraw(by=by, at=at)
        demand = self._store(origin=Origin.CITY, proposed_by=None, by=by, at=at, **wish)
        demand.approve(by=by, at=at)
        return demand, True

    def _store(
        self, *, origin: str, proposed_by: Account | None, by: object, at: datetime, **wish: Unpack[Wish]
    ) -> "Demand":
        refuse_odd(wish)
        facts = {**wish, "fields": sorted(set(wish["fields"])), "legal_basis": wish["legal_basis"].strip()}
        with transaction.atomic():
            Resource.objects.select_for_update(of=("self",)).get(pk=wish["resource"].pk)
            demand = Demand(origin=origin, proposed_by=proposed_by, proposed_at=at, **facts)
            if self.filter(**demand._key()).open().exists():
                raise DemandedAlready(_("同一事项、同一用途的数据需求已经有了：请先撤回原来的，再重新提出。"))
            demand.save(force_insert=True)
            record(at=at, actor=by, step="exchange.demand.propose", subject=demand)
        return demand


class Demand(Stateful):
    """One department's demand for fields of one resource, for one service and one purpose."""

    STEPS = DEMAND_STEPS

    consumer = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", verbose_name="需求部门")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="demands", verbose_name="资源")
    service = models.CharField("事项编码", max_length=40)
    service_name = models.CharField("事项名称", max_length=120)
    service_name_en = models.CharField("事项英文名称", max_length=200, blank=True)
    purpose = models.CharField("用途", max_length=10, choices=Purpose.choices)
    legal_basis = models.CharField("法律依据", max_length=300)
    fields = ArrayField(models.CharField(max_length=40), verbose_name="数据项")
    origin = models.CharField("来源", max_length=10, choices=Origin.choices)
    state = models.CharField("状态", max_length=10, choices=DemandState.choices, default=DemandState.PROPOSED)
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    proposed_at = models.DateTimeField("提出时间")
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField("答复时间", null=True, blank=True)
    reason = models.CharField("理由", max_length=LONGEST_REASON, blank=True)

    objects: ClassVar[DemandManager] = DemandManager()

    class Meta:
        verbose_name = "数据需求"
        constraints = [
            models.UniqueConstraint(
                fields=["consumer", "resource", "service", "purpose"], condition=Q(state__in=["PROPOSED", "APPROVED"]),
                name="demand_once_open_a_service_and_purpose",
            ),
            models.CheckConstraint(name="demand_refused_with_reason", condition=~Q(state="REFUSED") | ~Q(reason="")),
            models.CheckConstraint(
                name="demand_decided_at_some_time",
                condition=Q(state__in=["PROPOSED", "WITHDRAWN"]) | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(name="demand_has_a_legal_basis", condition=~Q(legal_basis="")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["service", "purpose"], name="demand_service")]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"需求{self.pk}"

    # Verbs

    def approve(self, *, by: object, at: datetime, seen: int | None = None) -> None:
        """Grant the fields from now on. By an official of the provider, a data steward, or a rule."""
        with self.step("approve", by=by, at=at, seen=seen):
            if isinstance(by, Account):
                require(policies.why_not_decide_demand(by, self))
            self._decide("", by=by, at=at)

    def refuse(self, *, reason: str, by: Account, at: datetime, seen: int | None = None) -> None:
        """Grant nothing, and say why."""
        words = reason.strip()
        with self.step("refuse", by=by, at=at, seen=seen):
            require(policies.why_not_decide_demand(by, self))
            if not 4 <= len(words) <= LONGEST_REASON:
                raise _wrong("reason", _("请写明不同意的理由（4至%(most)s字）。") % {"most": LONGEST_REASON})
            self._decide(words, by=by, at=at)

    def withdraw(self, *, by: object, at: datetime, seen: int | None = None) -> None:
        """Ask no more; from now on nothing of it is granted."""
        with self.step("withdraw", by=by, at=at, seen=seen):
            if isinstance(by, Account):
                require(policies.why_not_withdraw_demand(by, self))
            self._stop_clock(by=by, at=at)

    def start_clock(self, *, days: int, by: object, at: datetime) -> None:
        """Let the provider's time to answer run; where the calendar's year is missing, there is no limit to show."""
        try:
            Clock.objects.start(subject=self, kind=ANSWER_DEMAND, budget=days, by=by, at=at)
        except CalendarMissing:
            return

    # Questions

    def is_unconditional(self) -> bool:
        """Whether everything demanded is shared without conditions."""
        kinds = {one["name"]: one["sharing"] for one in self.resource.fields}
        attributes = {self.resource.sharing, *(kinds[name] for name in self.fields)}
        return attributes == {Sharing.UNCONDITIONAL.value}

    def why_not(self, step: str, user: Account) -> str | None:
        """Say why `user` cannot take `step` now; None if they can."""
        if step not in self.allowed_steps():
            return _("这份需求现在是「%(state)s」。") % {"state": self.get_state_display()}
        policy = policies.why_not_withdraw_demand if step == "withdraw" else policies.why_not_decide_demand
        return policy(user, self)

    def field_titles(self) -> list[str]:
        """Return what people call the fields demanded."""
        return self.resource.titles(self.fields)

    def clock(self) -> Clock | None:
        """Return the limit that the provider's answer runs against; None where there is none."""
        return Clock.objects.of(self.ledger_id()).open().first()

    # Inside

    def _key(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("consumer", "resource", "service", "purpose")}

    def _decide(self, reason: str, *, by: object, at: datetime) -> None:
        self.reason, self.decided_at = reason, at
        self.decided_by = by if isinstance(by, Account) else None
        self._stop_clock(by=by, at=at)

    def _stop_clock(self, *, by: object, at: datetime) -> None:
        for clock in Clock.objects.of(self.ledger_id()).open():
            clock.stop(by=by, at=at)


def refuse_odd(wish: Wish) -> None:
    """Refuse a demand for what nobody may share, or one that does not say why. Raises: Invalid, naming the field."""
    if wish["purpose"] not in Purpose.values:
        raise _wrong("purpose", _("请选择用途。"))
    if not SERVICE.fullmatch(wish["service"]):
        raise _wrong("service", _("请填写事项编码，例如 LA-GA-001。"))
    if not 2 <= len(wish["service_name"].strip()) <= 120:
        raise _wrong("service_name", _("请填写事项名称。"))
    if not 4 <= len(wish["legal_basis"].strip()) <= 300:
        raise _wrong("legal_basis", _("请写明法律依据，具体到条款（4至300字）。"))
    if not wish["fields"]:
        raise _wrong("fields", _("请至少选择一项数据。"))
    holding, bans = wish["resource"].holding(), [one.ban() for one in Restriction.objects.all()]
    for name in wish["fields"]:
        if rule := why_not_share(holding, name, [name], bans):
            title = wish["resource"].title(name)
            raise _wrong("fields", _("“%(title)s”不能提出：%(why)s") % {"title": title, "why": words_of_rule(rule)})


def days_to_answer() -> int:
    """Return the working days in which a provider answers a demand."""
    from_settings: int = settings.EXCHANGE_WORKDAYS[ANSWER_DEMAND]
    return from_settings


def _wrong(name: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(name, "invalid", message)])
