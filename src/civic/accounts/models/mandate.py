"""Mandate: one person may act for another, or for a firm, so far and so long. Consent: what a person agreed to."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.accounts import policies, rules
from civic.accounts.models.account import Account
from civic.accounts.models.organisation import Organisation
from civic.accounts.models.person import Person
from civic.accounts.querysets import MandateQuerySet
from civic.accounts.states import MANDATE_STEPS, MandateState
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.errors import Conflict, Invalid, require
from civic.workflow.models import Stateful


class OutOfScope(Conflict):
    """The mandate does not reach this matter, or is over."""

    code = "mandate-does-not-cover"


class MandateManager(models.Manager.from_queryset(MandateQuerySet)):  # type: ignore[misc]
    """Takes proposals."""

    def propose(
        self,
        *,
        kind: str,
        agent: Account,
        principal: Person | Organisation,
        scope: Collection[str],
        valid_until: datetime,
        at: datetime,
    ) -> "Mandate":
        """Note that `agent` asks to act for `principal`; nothing is allowed before the principal confirms.

        Raises: NotAllowed, Invalid.
        """
        require(policies.why_not_propose(agent, kind, principal, at=at))
        refuse_odd(scope, valid_until, at)
        mandate = Mandate(
            kind=kind,
            state=MandateState.PROPOSED,
            agent=agent,
            principal_person=principal if isinstance(principal, Person) else None,
            principal_organisation=principal if isinstance(principal, Organisation) else None,
            scope=sorted(set(scope)),
            proposed_at=at,
            valid_until=valid_until,
        )
        with transaction.atomic():
            mandate.save(force_insert=True)
            record(at=at, actor=agent, step="accounts.mandate.propose", subject=mandate)
        return mandate


class Mandate(Stateful):
    """Somebody's word that another may act for them: for a parent, for a child under 14, for a firm."""

    class Kind(models.TextChoices):
        PARENT = "PARENT", _("为父母或亲友代办")
        CHILD = "CHILD", _("为未满14周岁的子女办理")
        FIRM = "FIRM", _("为单位办理")

    STEPS = MANDATE_STEPS
    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    state = models.CharField("状态", max_length=10, choices=MandateState.choices)
    agent = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="mandates", verbose_name="代办人")
    principal_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="mandates_given", verbose_name="委托人"
    )
    principal_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="mandates_given", verbose_name="委托单位"
    )
    scope = ArrayField(models.CharField(max_length=80), verbose_name="范围")
    proposed_at = models.DateTimeField("提出时间")
    confirmed_at = models.DateTimeField("确认时间", null=True)
    proof = models.CharField("确认方式", max_length=20, blank=True)
    valid_until = models.DateTimeField("有效期至")
    ended_at = models.DateTimeField("结束时间", null=True)

    objects: ClassVar[MandateManager] = MandateManager()

    class Meta:
        verbose_name = "委托"
        indexes = [models.Index(fields=["agent", "state"], name="accounts_mandates_of_agent")]
        constraints = [
            models.CheckConstraint(
                name="accounts_mandate_has_one_principal",
                condition=Q(principal_person__isnull=True, principal_organisation__isnull=False, kind="FIRM")
                | Q(principal_person__isnull=False, principal_organisation__isnull=True) & ~Q(kind="FIRM"),
            ),
            models.CheckConstraint(
                name="accounts_mandate_active_when_confirmed",
                condition=~Q(state="ACTIVE") | Q(confirmed_at__isnull=False) & ~Q(proof=""),
            ),
            models.CheckConstraint(
                name="accounts_mandate_ends_once",
                condition=Q(state__in=["PROPOSED", "ACTIVE"], ended_at__isnull=True)
                | Q(state__in=["REVOKED", "EXPIRED"], ended_at__isnull=False),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"委托 {self.pk}"

    # Verbs

    def confirm(self, *, by: object, at: datetime, proof: str = "self") -> None:
        """Make the mandate hold. `proof`: self (the principal, logged in), code (sent to the principal's phone),
        register (household register) or counter (an official saw the papers).
        """
        with self.step("confirm", by=by, at=at, proof=proof):
            if proof == "self":
                require(policies.why_not_confirm(by, self))
            if proof == "counter":
                require(policies.why_not_attest(by))
            if at >= self.valid_until:
                raise OutOfScope(gettext("委托的有效期已过，请重新提出。"))
            self.confirmed_at, self.proof = at, proof

    def revoke(self, *, by: Account, at: datetime) -> None:
        """End the mandate at once; agent and principal both may."""
        with self.step("revoke", by=by, at=at):
            require(policies.why_not_revoke(by, self))
            self.ended_at = at

    def expire(self, *, by: object, at: datetime) -> None:
        """Close the mandate after its time; it allowed nothing since `valid_until` anyway."""
        with self.step("expire", by=by, at=at):
            if at < self.valid_until:
                raise OutOfScope(gettext("委托仍在有效期内。"))
            self.ended_at = at

    def record_use(self, *, by: Account, at: datetime, service_code: str, subject: str = "", theme: str = "") -> None:
        """Note in the ledger that the agent used this mandate for a service (and for `subject`, a ledger id).

        Call it in the transaction of the act itself. Raises: OutOfScope.
        """
        if by.pk != self.agent_id or not self.covers(service_code=service_code, theme=theme, at=at):
            raise OutOfScope(gettext("这份委托不包括这个事项，或者已经失效。请到“我的委托”核对范围和有效期。"))
        detail = {"service": service_code, **({"subject": subject} if subject else {})}
        record(at=at, actor=by, step="accounts.mandate.use", subject=self, detail=detail)

    # Questions

    @property
    def principal(self) -> Person | Organisation:
        """The person or organisation acted for."""
        found = self.principal_person or self.principal_organisation
        assert found is not None  # the constraint accounts_mandate_has_one_principal  # noqa: S101
        return found

    @property
    def principal_name(self) -> str:
        """What the agent calls the principal."""
        return self.principal.name

    def holds(self, *, at: datetime) -> bool:
        """Whether it allows anything now: confirmed, not ended, and its time not over."""
        return self.state == MandateState.ACTIVE and at < self.valid_until

    def covers(self, *, service_code: str, at: datetime, theme: str = "") -> bool:
        """Whether the agent may use it for the service now."""
        return self.holds(at=at) and rules.covers(self.scope, service_code=service_code, theme=theme)


class ConsentManager(models.Manager["Consent"]):
    """Gives and withdraws consent."""

    def holds(self, *, person: Person, purpose: str) -> bool:
        """Whether the person agrees now, to the wording in force."""
        version = rules.PURPOSES[purpose].version
        return self.filter(person=person, purpose=purpose, purpose_version=version, withdrawn_at=None).exists()

    def give(self, *, person: Person, purpose: str, by: object, at: datetime) -> None:
        """Note that the person agrees to the wording in force. Agreeing twice changes nothing."""
        version = rules.PURPOSES[purpose].version
        with transaction.atomic():
            Person.objects.select_for_update().get(pk=person.pk)
            if self.holds(person=person, purpose=purpose):
                return
            self.withdraw(person=person, purpose=purpose, by=by, at=at)
            consent = Consent.objects.create(person=person, purpose=purpose, purpose_version=version, given_at=at)
            record(at=at, actor=by, step="accounts.consent.give", subject=consent, detail={"purpose": purpose})

    def withdraw(self, *, person: Person, purpose: str, by: object, at: datetime) -> None:
        """Note that the person does not agree any more."""
        with transaction.atomic():
            for consent in self.select_for_update().filter(person=person, purpose=purpose, withdrawn_at=None):
                consent.withdrawn_at = at
                consent.save(force_update=True)
                record(at=at, actor=by, step="accounts.consent.withdraw", subject=consent, detail={"purpose": purpose})


class Consent(Sealed):
    """What one person agreed to, in which wording, from when until when."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField("用途", max_length=40)
    purpose_version = models.PositiveSmallIntegerField("版本")
    given_at = models.DateTimeField("同意时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    objects: ClassVar[ConsentManager] = ConsentManager()

    class Meta:
        verbose_name = "同意"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="accounts_one_open_consent_a_purpose",
            ),
            models.CheckConstraint(
                name="accounts_consent_withdrawn_after_given",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=models.F("given_at")),
            ),
        ]

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"{self.purpose} v{self.purpose_version}"


def refuse_odd(scope: Collection[str], valid_until: datetime, at: datetime) -> None:
    """Refuse a scope nobody can read and a time that is over or too long. Raises: Invalid."""
    reason = rules.why_not_this_scope(scope)
    days = (valid_until - at).days
    if reason is None and valid_until <= at:
        reason = gettext("委托的有效期必须在今天以后。")
    if reason is None and days > rules.MANDATE_DAYS_AT_MOST:
        reason = gettext("委托的有效期最长三年，到期可以再委托。")
    if reason is not None:
        raise Invalid(reason)
