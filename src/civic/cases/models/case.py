"""Case: one application for one service, from submission to the delivered decision."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import PROTECT, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civic.audit.seal import row_content, rows_content
from civic.cases import guard, policies
from civic.cases.models import by_rules, clocks, doubts, questions
from civic.cases.models.clocks import ACCEPTANCE, CORRECTION, DECISION, end_of
from civic.cases.models.parts import Correction, Decision, Extension, Submission
from civic.cases.querysets import CaseQuerySet
from civic.cases.states import (
    BY_RULES,
    CASE_STEPS,
    CORRECTION_BASIS,
    DECIDED_STATES,
    ENDED_STATES,
    RATED_STEPS,
    CaseState,
    Channel,
    Delivery,
    Outcome,
    TaskState,
)
from civic.core.errors import require
from civic.core.jobs import enqueue
from civic.core.text import local
from civic.licences.services import rely_on_uses, take_back_uses
from civic.masking.subjects import Masked
from civic.workflow.models import Stateful

if TYPE_CHECKING:
    from civic.accounts.models import Account

PARTS = ("tasks", "submissions", "corrections", "extensions", "commitments", "decisions")
RARE_PARTS = ("hearings",)  # in the seal where there are any, so that a seal from before there were is still true


class Case(Masked, Stateful):
    """One person's application for one service, from submission to decision and delivery."""

    STEPS = CASE_STEPS
    new_parts: Mapping[str, Sequence[models.Model]] | None = None
    """The rows of a case that is about to be stored whole; None: they are in the database."""

    number = models.CharField(_("办件编号"), max_length=24)
    service = models.ForeignKey("catalogue.Service", PROTECT, related_name="cases")
    service_version = models.ForeignKey("catalogue.Version", PROTECT, related_name="cases", db_index=False)
    department = models.ForeignKey("accounts.Department", PROTECT, related_name="cases", db_index=False)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, related_name="cases", db_index=False)
    person = models.ForeignKey("accounts.Person", PROTECT, null=True, related_name="cases", db_index=False)
    organisation = models.ForeignKey("accounts.Organisation", PROTECT, null=True, related_name="cases", db_index=False)
    mandate = models.ForeignKey("accounts.Mandate", PROTECT, null=True, related_name="cases", db_index=False)
    key = models.ForeignKey("masking.SubjectKey", PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.ONLINE)
    delivery = models.CharField(max_length=10, choices=Delivery.choices, default=Delivery.ELECTRONIC)
    address_sealed = models.BinaryField(null=True)
    withdrawal_sealed = models.BinaryField(null=True)
    phone_tail_token = models.CharField(max_length=80, blank=True)
    state = models.CharField(_("状态"), max_length=20, choices=CaseState.choices, default=CaseState.SUBMITTED)
    submitted_at = models.DateTimeField()
    act_by = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    ended_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="case_number", fields=["number"], opclasses=["varchar_pattern_ops"]),
            models.CheckConstraint(
                name="case_due_from_acceptance",
                condition=Q(accepted_at__isnull=True, due_at__isnull=True)
                | Q(accepted_at__isnull=False, due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="case_outcome_when_decided",
                condition=Q(state__in=DECIDED_STATES, ended_at__isnull=False) & ~Q(outcome="")
                | ~Q(state__in=DECIDED_STATES) & Q(outcome=""),
            ),
            models.CheckConstraint(
                name="case_for_a_person_or_an_organisation",
                condition=Q(person__isnull=False, organisation__isnull=True)
                | Q(person__isnull=True, organisation__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "act_by", "id"],
                condition=Q(state__in=["SUBMITTED", "CORRECTION", "IN_REVIEW", "CORRECTION_IN_REVIEW", "SUSPENDED"]),
                name="case_open_at_department",
            ),
            models.Index(
                fields=["department", "act_by", "id"],
                condition=Q(state__in=ENDED_STATES),
                name="case_ended_at_department",
            ),
            models.Index(fields=["applicant", "-submitted_at"], name="case_of_applicant"),
            models.Index(fields=["person", "-submitted_at"], name="case_of_person"),
            models.Index(fields=["mandate"], condition=Q(mandate__isnull=False), name="case_under_mandate"),
            models.Index(fields=["organisation"], condition=Q(person__isnull=True), name="case_of_organisation"),
        ]

    class Personal:
        fields = {"address_sealed": "address", "withdrawal_sealed": "text"}

    def __str__(self) -> str:
        return self.number

    # Verbs: the department

    def request_correction(
        self,
        *,
        items: Sequence[Mapping[str, str]],
        by: "Account",
        at: datetime,
        reason: str = "",
        seen: int | None = None,
    ) -> None:
        """Ask the applicant to put right everything named in `items`; the clock stops.

        Everything is told at once (Administrative Licensing Law art. 32): a second time only about what was newly
        submitted, or by the leader for a `reason` that the applicant is told.
        """
        with self.step("request_correction", by=by, at=at, seen=seen):
            require(policies.why_not_request_correction(by, self))
            require(policies.why_not_ask_again(by, self, items=items, reason=reason))
            clock = clocks.running(self, ACCEPTANCE if self.state == CaseState.SUBMITTED else DECISION)
            clock.suspend(reason="CORRECTION", basis=CORRECTION_BASIS, by=by, at=at)
            self.act_by = clocks.start_answer(self, CORRECTION, by=by, at=at)
            Correction.ask(self, items=items, reason=reason.strip(), answer_by=self.act_by, by=by, at=at)
            self._announce("request_correction")

    def accept(self, *, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Accept the application; the promised time starts to run and the departments' tasks open."""
        with transaction.atomic():
            with self.step("accept", by=by, at=at, seen=seen):
                require(policies.why_not_accept(by, self))
                self._begin_review(by=by, accepted_at=at, at=at)
                self._announce("accept")
            self.open_ready_tasks(by=by, at=at)

    def accept_by_silence(self, *, by: object, at: datetime) -> None:
        """Count the application as accepted since it was (last) received, because nobody answered in time."""
        with transaction.atomic():
            with self.step("accept_by_silence", by=by, at=at):
                self._begin_review(by=by, accepted_at=self.latest_submission.submitted_at, at=at)
                self._announce("accept")
            self.open_ready_tasks(by=by, at=at)

    def decline(self, *, reasons: str, legal_basis: str, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Refuse to take up the application, in writing, with reasons and remedy."""
        with self.step("decline", by=by, at=at, seen=seen):
            require(policies.why_not_decline(by, self))
            Decision.write(self, outcome=Outcome.REFUSED, reasons=reasons, legal_basis=legal_basis, by=by, at=at)
            self._end(by=by, at=at)
            self._announce("decline")

    def suspend(self, *, reason: str, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Stop the clock for a reason that the law names."""
        basis = clocks.suspension_basis(reason)
        with self.step("suspend", by=by, at=at, seen=seen, reason=reason):
            require(policies.why_not_suspend(by, self))
            clocks.running(self, DECISION).suspend(reason=reason, basis=basis, by=by, at=at)
            self._announce("suspend")

    def resume(self, *, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Let the clock run again."""
        with self.step("resume", by=by, at=at, seen=seen):
            require(policies.why_not_resume(by, self))
            self.act_by = self.due_at = clocks.resume(self, DECISION, by=by, at=at)
            self._announce("resume")

    def ask_extension(self, *, days: int, reason: str, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Ask the leader for more time; nothing changes until it is approved."""
        with self.step("ask_extension", by=by, at=at, seen=seen):
            require(policies.why_not_ask_extension(by, self))
            Extension.ask(self, days=days, reason=reason, by=by, at=at)

    def extend(self, *, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Approve the pending request for more time."""
        with self.step("extend", by=by, at=at, seen=seen):
            require(policies.why_not_extend(by, self))
            pending = self.extensions.get(approved_at=None, refused_at=None)
            clock = clocks.running(self, DECISION)
            clock.extend(units=pending.days, basis=pending.legal_basis, by=pending.asked_by, approver=by, at=at)
            pending.approve(by=by, at=at)
            self.act_by = self.due_at = end_of(clock)
            self._announce("extend")

    def refuse_extension(self, *, reason: str, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Turn the pending request for more time down, for a reason; the time limit stays, asking again is free."""
        with self.step("refuse_extension", by=by, at=at, seen=seen):
            require(policies.why_not_refuse_extension(by, self))
            self.extensions.get(approved_at=None, refused_at=None).refuse(reason=reason, by=by, at=at)

    def grant(
        self,
        *,
        reasons: str,
        legal_basis: str,
        by: "Account",
        at: datetime,
        overruling: str = "",
        seen: int | None = None,
    ) -> None:
        """Decide for the applicant; against a department's objection only with the reason for `overruling` it.

        The departments state their opinions and the lead department decides on them (Administrative Licensing Law
        art. 26), so an objection does not bind it, but it is never passed over in silence.
        Raises: ReasonMissing, NotYetGranted.
        """
        with self.step("grant", by=by, at=at, seen=seen, outcome=Outcome.GRANTED):
            require(policies.why_not_decide(by, self))
            guard.before_grant(self, at=at)
            self._decide(Outcome.GRANTED, reasons=reasons, legal_basis=legal_basis, by=by, at=at)
            if self.objections:
                objectors = [local(task.department, "name") for task in self.objections]
                self.decision.overrule(objectors, reason=overruling)
            self._announce("grant")

    def refuse(self, *, reasons: str, legal_basis: str, by: "Account", at: datetime, seen: int | None = None) -> None:
        """Decide against the applicant, with reasons, legal basis and remedy."""
        with self.step("refuse", by=by, at=at, seen=seen, outcome=Outcome.REFUSED):
            require(policies.why_not_decide(by, self))
            self._decide(Outcome.REFUSED, reasons=reasons, legal_basis=legal_basis, by=by, at=at)
            self._announce("refuse")

    def deliver(self, *, by: "Account | str", at: datetime, tracking: str = "", seen: int | None = None) -> None:
        """Hand over or post the result (`tracking`: the postal number), or show it online, which the system does."""
        with self.step("deliver", by=by, at=at, seen=seen, tracking=tracking, delivery=self.delivery):
            require(policies.why_not_deliver(by, self))
            self.delivered_at = at
            if self.delivery != Delivery.ELECTRONIC:  # the letter about the decision has said where to read it
                self._announce("deliver")

    # Verbs: a decision in doubt

    verify_commitment = doubts.verify_commitment
    make_statement = doubts.make_statement
    call_hearing = doubts.call_hearing
    close_hearing = doubts.close_hearing

    # Verbs: a second look at a decision, and what rules decide

    uphold = by_rules.uphold
    revoke = by_rules.revoke
    grant_by_rules = by_rules.grant_by_rules
    decline_by_rules = by_rules.decline_by_rules
    ask_person = by_rules.ask_person
    readmit = by_rules.readmit
    call_in_question = by_rules.call_in_question

    # Verbs: the applicant

    def resubmit(
        self,
        *,
        form: Mapping[str, Any],
        documents: Mapping[str, Sequence[str]],
        by: "Account",
        at: datetime,
        seen: int | None = None,
    ) -> None:
        """Answer the correction; the clock runs on."""
        with self.step("resubmit", by=by, at=at, seen=seen):
            require(policies.why_not_resubmit(by, self, at=at))
            self.corrections.filter(answered_at=None).update(answered_at=at)
            clocks.running(self, CORRECTION).stop(by=by, at=at)
            Submission.add(self, form=form, documents=documents, by=by, at=at)
            if self.state == CaseState.CORRECTION:
                self.act_by = clocks.resume(self, ACCEPTANCE, by=by, at=at)
            else:
                self.act_by = self.due_at = clocks.resume(self, DECISION, by=by, at=at)
            self._announce("resubmit")

    def withdraw(self, *, by: "Account", at: datetime, reason: str = "", seen: int | None = None) -> None:
        """Take the application back; a reason is welcome and not asked for."""
        with self.step("withdraw", by=by, at=at, seen=seen):
            require(policies.why_not_withdraw(by, self, at=at))
            self.set_personal("withdrawal", reason.strip())
            take_back_uses(case=self.number, by=by, at=at)
            self._end(by=by, at=at)
            self._announce("withdraw")

    def lapse(self, *, by: object, at: datetime) -> None:
        """End the case because the correction was not answered in time; applying again is free."""
        with self.step("lapse", by=by, at=at):
            self._end(by=by, at=at)
            self._announce("lapse")

    # Verbs: the flow

    def open_ready_tasks(self, *, by: object, at: datetime) -> None:
        """Open every task whose predecessors are done."""
        tasks = list(self.tasks.in_order())
        done = {task.key for task in tasks if task.state == TaskState.DONE}
        for task in tasks:
            if task.state == TaskState.WAITING and set(task.after) <= done:
                task.case = self
                task.open(by=by, at=at, act_by=clocks.task_end(task, self, at=at))

    # Questions

    def is_applicant(self, user: "Account", *, at: datetime) -> bool:
        """Whether this is whom it is for, or the account that filed, while their mandate holds."""
        filed = user.pk == self.applicant_id and (self.mandate is None or self.mandate.holds(at=at))
        return filed or (user.person_id is not None and user.person_id == self.principal_id)

    @property
    def principal_id(self) -> int | None:
        """The person it is for; of a firm, its legal representative."""
        return self.organisation.representative_id if self.organisation else self.person_id

    is_open_at = questions.is_open_at
    is_instant = property(questions.is_instant)
    waiting_departments = property(questions.waiting_departments)
    objections = property(questions.objections)
    holders = property(questions.holders)
    due_on = property(questions.due_on)
    latest_submission = property(questions.latest_submission)
    decision = property(questions.decision)
    decision_or_none = property(questions.decision_or_none)
    is_in_question = property(questions.is_in_question)
    is_doubter = questions.is_doubter
    heard_until = clocks.heard_until
    hearing = property(questions.hearing)
    hearings_in_order = property(questions.hearings_in_order)
    overturned = property(questions.overturned)
    withdrawal_reason = property(questions.withdrawal_reason)
    applicant_name = property(questions.applicant_name)
    is_told = property(questions.is_told)
    newly_submitted = property(questions.newly_submitted)
    open_correction = property(questions.open_correction)
    may_extend = property(questions.may_extend)
    pending_extension = property(questions.pending_extension)
    false_commitments = property(questions.false_commitments)

    def why_not(self, step: str, user: "Account", *, at: datetime) -> str | None:
        """Why this person cannot take `step` now, in words for beside the button; None if they can."""
        if step not in self.allowed_steps():
            return gettext("本件现在是「%(state)s」状态，不能进行这一步。") % {"state": self.get_state_display()}
        return policies.why_not(step, user, self, at=at)

    # Helpers, in the order they are called

    def _begin_review(self, *, by: object, accepted_at: datetime, at: datetime) -> None:
        clocks.running(self, ACCEPTANCE).stop(by=by, at=at)
        self.accepted_at = accepted_at
        self.act_by = self.due_at = clocks.start_decision(self, by=by, at=accepted_at)

    def _decide(self, outcome: str, *, reasons: str, legal_basis: str, by: "Account | str", at: datetime) -> None:
        Decision.write(self, outcome=outcome, reasons=reasons, legal_basis=legal_basis, by=by, at=at)
        rely_on_uses(case=self.number, by=BY_RULES if isinstance(by, str) else by, at=at)
        self.outcome = outcome
        self._end(by=BY_RULES if isinstance(by, str) else by, at=at)
        if self.delivery == Delivery.ELECTRONIC:
            enqueue("civic.cases.tasks.deliver", case=self.pk)

    def _end(self, *, by: object, at: datetime) -> None:
        """Stop every clock and cancel what is left to do."""
        clocks.stop_all(self, by=by, at=at)
        for task in self.tasks.left():
            task.case = self
            task.cancel(by=by, at=at)
        self.ended_at = at

    def _announce(self, step: str) -> None:
        enqueue("civic.cases.tasks.announce", case=self.pk, step=step, seen=self.version)
        if step in RATED_STEPS:
            enqueue("civic.cases.tasks.invite", case=self.pk, step=step)

    def sealed_content(self) -> dict[str, object]:
        """Cover the case and everything that belongs to it, so that a change of any of these rows is found."""
        rare = {name: found for name in RARE_PARTS if (found := rows_content(self._rows_of(name)))}
        return {**row_content(self), **{name: rows_content(self._rows_of(name)) for name in PARTS}, **rare}

    earlier_contents = questions.earlier_contents

    def _rows_of(self, part: str) -> Iterable[models.Model]:
        if self.new_parts is not None:
            return self.new_parts.get(part, ())
        rows: Any = self._meta.get_field(part).related_model
        found: Iterable[models.Model] = rows._default_manager.filter(case=self)
        return found
