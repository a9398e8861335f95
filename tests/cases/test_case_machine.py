"""A case under any sequence of lawful and unlawful steps: table, ledger, clocks and seal agree after each."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from civic.audit.models import Entry
from civic.audit.seal import digest
from civic.cases.models import Case, Task
from civic.cases.models.clocks import ACCEPTANCE, CORRECTION, DECISION, HEARING, STATEMENT
from civic.cases.models.doubts import Said
from civic.cases.models.parts import Decision
from civic.cases.rules import ASK_PERSON_WITHIN
from civic.cases.states import CASE_STEPS, DECIDED_STATES, ENDED_STATES, CaseState, Delivery, TaskState
from civic.core.errors import NotAllowed, Refusal
from civic.deadlines.models import Clock
from civic.workflow.models import StepRefused
from tests.catalogue.rule_sets import loan
from tests.factories import cases as make

ITEMS = [{"pointer": "/form/price", "message": "请核对成交价。"}]
WORDS = {"reasons": "材料齐全。", "legal_basis": "《不动产登记暂行条例》"}
S = CaseState
# state -> the clocks that are open in it, with the state each is in
CLOCKS: dict[str, dict[str, str]] = {
    S.SUBMITTED: {ACCEPTANCE: "RUNNING"},
    S.CORRECTION: {ACCEPTANCE: "SUSPENDED", CORRECTION: "RUNNING"},
    S.IN_REVIEW: {DECISION: "RUNNING"},
    S.CORRECTION_IN_REVIEW: {DECISION: "SUSPENDED", CORRECTION: "RUNNING"},
    S.SUSPENDED: {DECISION: "SUSPENDED"},
    **{state: {} for state in ENDED_STATES},
}


class CaseMachine(RuleBasedStateMachine):
    """Takes steps at random; the table alone says what may follow."""

    case: Case

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.at: datetime = make.MONDAY
        self.taken = 1
        self.reopened = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize(delivery=st.sampled_from(["ELECTRONIC", "SELF_PICK"]))
    def submit(self, delivery: str) -> None:
        self.staff = make.officials()
        self.case = make.case(delivery=delivery)
        self.wang = self.case.applicant

    @rule(minutes=st.integers(1, 3000))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule()
    def accept(self) -> None:
        self._take("accept", lambda: self.case.accept(by=self.staff["clerk"], at=self.at))

    @rule()
    def accept_by_silence(self) -> None:
        self._take("accept_by_silence", lambda: self.case.accept_by_silence(by="timer", at=self.at))

    @rule()
    def request_correction(self) -> None:
        who = "clerk" if self.case.state == S.SUBMITTED else "handler"
        ask = self.case.request_correction
        self._take("request_correction", lambda: ask(items=ITEMS, by=self.staff[who], at=self.at))

    @rule(who=st.sampled_from(["clerk", "leader"]))
    def request_correction_again(self, who: str) -> None:
        ask = self.case.request_correction
        act = lambda: ask(items=ITEMS, reason="补充。", by=self.staff[who], at=self.at)  # noqa: E731
        self._take("request_correction", act)

    @rule()
    def resubmit(self) -> None:
        again = self.case.resubmit
        self._take("resubmit", lambda: again(form=make.FORM, documents={}, by=self.wang, at=self.at))

    @rule()
    def suspend(self) -> None:
        self._take("suspend", lambda: self.case.suspend(reason="HEARING", by=self.staff["handler"], at=self.at))

    @rule()
    def resume(self) -> None:
        self._take("resume", lambda: self.case.resume(by=self.staff["handler"], at=self.at))

    @rule(days=st.integers(1, 10))
    def ask_extension(self, days: int) -> None:
        ask = self.case.ask_extension
        self._take("ask_extension", lambda: ask(days=days, reason="核查。", by=self.staff["handler"], at=self.at))

    @rule()
    def extend(self) -> None:
        self._take("extend", lambda: self.case.extend(by=self.staff["leader"], at=self.at))

    @rule()
    def refuse_extension(self) -> None:
        turn_down = self.case.refuse_extension
        act = lambda: turn_down(reason="不需要。", by=self.staff["leader"], at=self.at)  # noqa: E731
        self._take("refuse_extension", act)

    @rule(key=st.sampled_from(["land", "tax", "house", "register"]))
    def complete(self, key: str) -> None:
        who = {"land": "handler", "tax": "tax", "house": "housing", "register": "handler"}[key]
        task = Task.objects.get(case=self.case, key=key)
        may = task.state == TaskState.OPEN and self.case.state == S.IN_REVIEW
        self._try(may, lambda: task.complete(opinion="AGREE", by=self.staff[who], at=self.at))

    @rule(verb=st.sampled_from(["grant", "refuse"]))
    def decide(self, verb: str) -> None:
        self._take(verb, lambda: getattr(self.case, verb)(**WORDS, by=self.staff["leader"], at=self.at))

    @rule()
    def decline(self) -> None:
        self._take("decline", lambda: self.case.decline(**WORDS, by=self.staff["clerk"], at=self.at))

    @rule(by_system=st.booleans())
    def deliver(self, by_system: bool) -> None:
        """What is read online only the system delivers, anything else only an official."""
        fits = by_system == (self.case.delivery == Delivery.ELECTRONIC)
        by = "system" if by_system else self.staff["clerk"]
        self._take("deliver", lambda: self.case.deliver(by=by, at=self.at), may=fits)

    @rule(result=st.sampled_from(["TRUE", "FALSE"]))
    def verify_commitment(self, result: str) -> None:
        check = self.case.verify_commitment
        act = lambda: check(material="homes", result=result, by=self.staff["handler"], at=self.at)  # noqa: E731
        self._take("verify_commitment", act)

    @rule(asks=st.booleans())
    def make_statement(self, asks: bool) -> None:
        said = Said(words="我只有一套住房。", wants_hearing=asks)
        self._take("make_statement", lambda: self.case.make_statement(said=said, by=self.wang, at=self.at))

    @rule(days=st.integers(9, 40))
    def call_hearing(self, days: int) -> None:
        hold_at, call = self.at + timedelta(days=days), self.case.call_hearing
        act = lambda: call(hold_at=hold_at, place="大厅", by=self.staff["leader"], at=self.at)  # noqa: E731
        self._take("call_hearing", act)

    @rule(waits=st.booleans())
    def close_hearing(self, waits: bool) -> None:
        if waits:
            self.at += timedelta(days=40)
        close = self.case.close_hearing
        self._take("close_hearing", lambda: close(record="申请人到场。", by=self.staff["leader"], at=self.at))

    @rule(verb=st.sampled_from(["uphold", "revoke"]))
    def look_again(self, verb: str) -> None:
        self._take(verb, lambda: getattr(self.case, verb)(**WORDS, by=self.staff["leader"], at=self.at))

    @rule(verb=st.sampled_from(["grant_by_rules", "decline_by_rules"]))
    def rules_decide(self, verb: str) -> None:
        act = lambda: getattr(self.case, verb)(**WORDS, rules="LA-ZR-001 第1版办理规则", at=self.at)  # noqa: E731
        self._take(verb, act, may=True)

    @rule()
    def ask_person(self) -> None:
        """The applicant may have a person look at what rules did not take up, for sixty days."""
        found = self.case.decision_or_none
        may = found is not None and bool(found.rules) and self.at <= found.decided_at + ASK_PERSON_WITHIN
        self._take("ask_person", lambda: self.case.ask_person(by=self.wang, at=self.at), may=may)

    @rule(verb=st.sampled_from(["readmit", "call_in_question"]), reasons=st.sampled_from(["数据已经更正。", " "]))
    def mend(self, verb: str, reasons: str) -> None:
        """A person who looks again mends what rules decided, once and with reasons."""
        found = self.case.decision_or_none
        may = found is not None and bool(found.rules) and found.questioned_at is None and bool(reasons.strip())
        act = lambda: getattr(self.case, verb)(reasons=reasons, by=self.staff["handler"], at=self.at)  # noqa: E731
        self._take(verb, act, may=may)

    @rule()
    def withdraw(self) -> None:
        self._take("withdraw", lambda: self.case.withdraw(by=self.wang, at=self.at))

    @rule()
    def lapse(self) -> None:
        self._take("lapse", lambda: self.case.lapse(by="timer", at=self.at))

    @rule(step=st.sampled_from(["accept", "suspend", "grant"]))
    def a_stranger_tries(self, step: str) -> None:
        arguments: dict[str, Any] = {"suspend": {"reason": "HEARING"}, "grant": WORDS}.get(step, {})
        with pytest.raises((NotAllowed, StepRefused)), transaction.atomic():
            getattr(self.case, step)(**arguments, by=self.staff["stranger"], at=self.at)
        self.case.refresh_from_db()

    @invariant()
    def the_ledger_has_one_entry_a_step(self) -> None:
        steps = Entry.objects.filter(subject=self.case.ledger_id(), step__startswith="cases.case.").count()
        assert steps == self.taken

    @invariant()
    def the_version_counts_the_steps(self) -> None:
        assert Case.objects.get(pk=self.case.pk).version == self.taken

    @invariant()
    def the_clocks_are_those_of_the_state(self) -> None:
        open_now = Clock.objects.of(self.case.ledger_id()).open()
        may_be_heard = self.case.is_in_question and not self.case.decision.review
        wanted = {STATEMENT: "RUNNING"} if may_be_heard else CLOCKS[self.case.state]
        if may_be_heard and self.case.hearing is not None and self.case.hearing.is_pending:
            wanted = {**wanted, HEARING: "RUNNING"}
        assert {clock.kind: clock.state for clock in open_now} == wanted

    @invariant()
    def a_running_clock_ends_when_the_case_says(self) -> None:
        running = list(Clock.objects.of(self.case.ledger_id()).open().filter(state="RUNNING"))
        if running:
            assert max(clock.due_at for clock in running) == self.case.act_by
        assert not any(clock.is_drifted() for clock in running)

    @invariant()
    def one_decision_is_in_force_where_the_case_is_decided(self) -> None:
        in_force = Decision.objects.filter(case=self.case, overturned_at=None)
        assert in_force.count() == (self.case.state in (*DECIDED_STATES, S.NOT_ACCEPTED))

    @invariant()
    def what_a_person_put_out_of_force_stays_to_be_read(self) -> None:
        assert len(self.case.overturned) == self.reopened

    @invariant()
    def the_seal_is_true(self) -> None:
        stored = Case.objects.get(pk=self.case.pk)
        newest = Entry.objects.filter(subject=stored.ledger_id()).exclude(digest=b"").latest("id")
        assert digest(stored.sealed_content(), bytes(newest.salt)) == bytes(newest.digest)

    @invariant()
    def an_ended_case_leaves_nothing_to_do(self) -> None:
        if self.case.state in ENDED_STATES:
            assert not Task.objects.filter(case=self.case, state__in=[TaskState.OPEN, TaskState.WAITING]).exists()

    def _take(self, step: str, act: Callable[[], None], *, may: bool | None = None) -> None:
        """Take a step that the table and the policies allow; any other is refused and changes nothing."""
        target = CASE_STEPS.target(step, self.case.state)
        if self._try(may if target is not None else False, act):
            self.taken += 1
            self.reopened += step in ("ask_person", "readmit")
            assert self.case.state == target

    def _try(self, may: bool | None, act: Callable[[], None]) -> bool:
        """Return whether it was done; `may` says that it must or must not be (None: a policy decides)."""
        before = self.case.state
        try:
            with transaction.atomic():
                act()
        except Refusal as refusal:
            assert not may, refusal.message
            self.case = Case.objects.get(pk=self.case.pk)
            assert self.case.state == before
            return False
        assert may is not False, "the table has no such step"
        self.case = Case.objects.get(pk=self.case.pk)
        return True


def run(runs: int, steps: int) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=checks),
    )


@pytest.mark.django_db
def test_a_case_obeys_its_table_under_any_sequence_of_steps() -> None:
    make.transfer_of_home(rules=loan())
    run(50, 20)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_case_obeys_its_table_for_long() -> None:
    make.transfer_of_home(rules=loan())
    run(1000, 50)
