"""A clock under any sequence of lawful and unlawful steps, against a model of three lines."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from civic.audit.models import Entry
from civic.core.errors import Conflict
from civic.deadlines import rules, services
from civic.deadlines.models import Clock, Fired
from civic.deadlines.states import RUNNING, STOPPED, SUSPENDED
from civic.workflow.models import StepRefused
from tests.factories.deadlines import CLERK, LEADER, MONDAY, calendar, clock

BASIS = "《行政许可法》第四十五条"
MOST = 2


class ClockMachine(RuleBasedStateMachine):
    """Takes steps at random; what is stored must always be what the ledger says."""

    clock: Clock

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.at: datetime = MONDAY
        self.state, self.steps, self.extended = RUNNING, 1, 0
        self.entries = Entry.objects.count()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize(budget=st.integers(1, 25), kind=st.sampled_from(["promise", "statutory"]))
    def start(self, budget: int, kind: str) -> None:
        self.clock = clock(budget=budget, kind=kind, most_extensions=MOST)

    @rule(minutes=st.integers(0, 8000))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    def _take(self, allowed: bool, act: object, after: str) -> None:
        if allowed:
            act()
            self.state, self.steps = after, self.steps + 1
        else:
            with pytest.raises(StepRefused):
                act()

    @rule()
    def suspend(self) -> None:

        def act() -> None:
            self.clock.suspend(reason="HEARING", basis=BASIS, by=CLERK, at=self.at)

        self._take(self.state == RUNNING, act, SUSPENDED)

    @rule()
    def resume(self) -> None:
        self._take(self.state == SUSPENDED, lambda: self.clock.resume(by=CLERK, at=self.at), RUNNING)

    @rule(units=st.integers(1, 5))
    def extend(self, units: int) -> None:

        def act() -> None:
            self.clock.extend(units=units, basis="第四十二条", by=CLERK, approver=LEADER, at=self.at)

        if self.state != STOPPED and (self.extended == MOST or self.clock.is_overdue(at=self.at)):
            with pytest.raises(Conflict):
                act()
            return
        before = self.clock.due_at
        self._take(self.state != STOPPED, act, self.state)
        if self.state != STOPPED:
            self.extended += 1
            assert before is None or (self.clock.due_at or before) > before

    @rule()
    def ring(self) -> None:
        due = len(self.clock.due_rungs(at=self.at)) if self.state == RUNNING else 0
        fired = Fired.objects.count()

        assert services.fire_due_rungs(at=self.at) == due

        assert Fired.objects.count() == fired + due
        self.steps += due

    @precondition(lambda self: self.at > MONDAY)
    @rule()
    def stop(self) -> None:
        self._take(self.state != STOPPED, lambda: self.clock.stop(by=CLERK, at=self.at), STOPPED)

    @invariant()
    def what_is_stored_is_what_the_ledger_says(self) -> None:
        stored = Clock.objects.get(pk=self.clock.pk)
        course = rules.replay(stored.ledger())
        assert (stored.state, course.state.value) == (self.state, self.state)
        assert stored.due_at == rules.reaches(calendar(), course, course.total)
        if self.state != STOPPED:
            assert not stored.is_drifted()

    @invariant()
    def every_step_is_one_entry_of_the_ledger(self) -> None:
        assert Entry.objects.count() - self.entries == self.steps

    @invariant()
    def the_countdown_agrees_with_the_ledger(self) -> None:
        left = rules.remaining(calendar(), self.clock.ledger(), self.at)
        if self.state == RUNNING and not self.clock.is_overdue(at=self.at):
            assert Clock.objects.get(pk=self.clock.pk).countdown(at=self.at).amount == left


@pytest.mark.django_db
def test_a_clock_obeys_its_model_under_any_sequence_of_steps() -> None:
    run_state_machine_as_test(
        ClockMachine,
        settings=settings(
            max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
