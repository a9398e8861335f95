"""A rating and its remedy under any sequence of lawful and unlawful steps, against a model of a few lines."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from civic.accounts.models import Account
from civic.audit.models import Entry
from civic.audit.seal import digest
from civic.core.errors import Refusal
from civic.deadlines.models import Clock
from civic.ratings.models import Rating, Remedy, Right
from civic.ratings.rules import is_bad
from civic.ratings.states import CLOCKS, OVER, RATING_STEPS, REMEDY_STEPS
from tests.factories.accounts import MONDAY
from tests.factories.ratings import opinion, right, supervisor

NOTE = "情况说明。"
GRADES = st.integers(1, 5)


class RatingMachine(RuleBasedStateMachine):
    """Takes steps at random; whatever is refused must leave no trace."""

    right: Right
    zhao_lei: Account
    chen_tao: Account

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.at: datetime = MONDAY
        self.taken = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.right, self.zhao_lei, self.chen_tao = right(), supervisor("赵磊"), supervisor("陈涛")

    # What people and time do

    @rule(hours=st.integers(1, 100))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @rule(grade=GRADES)
    def submit(self, grade: int) -> None:
        opens = 2 if is_bad(grade) else 1
        allowed = self.rating is None and self.at < self.right.expires_at
        self._take(
            allowed,
            lambda: Rating.objects.submit(right=self.right, opinion=opinion(grade), by=None, address="", at=self.at),
            entries=opens,
        )

    @rule(grade=GRADES)
    def change(self, grade: int) -> None:
        given, before = self.rating, self.remedy
        if given is None:
            return
        allowed = given.state == "SUBMITTED" and self.at < given.changeable_until
        untouched = before is not None and before.state == "OPENED" and not before.attempts
        fresh = before is None or before.state == "WITHDRAWN"
        entries = 1 + (fresh and is_bad(grade)) + (untouched and not is_bad(grade))
        self._take(allowed, lambda: given.change(opinion(grade), by=None, at=self.at), entries=entries)

    @rule()
    def confirm(self) -> None:
        self._rating_step("confirm")

    @rule()
    def flag(self) -> None:
        self._rating_step("flag")

    @rule()
    def attempt(self) -> None:
        self._remedy_step("attempt", lambda found: found.attempt(note=NOTE, by=self.zhao_lei, at=self.at))

    @rule(reached=st.booleans())
    def contact(self, reached: bool) -> None:
        found = self.remedy
        may = reached or (found is not None and found.attempts >= 3)
        self._remedy_step(
            "contact", lambda one: one.contact(note=NOTE, reached=reached, by=self.zhao_lei, at=self.at), may=may
        )

    @rule(finding=st.sampled_from(["TRUE", "MISTAKEN", "MALICIOUS"]))
    def verify(self, finding: str) -> None:
        step = "uphold" if finding == "TRUE" else "dispute"
        may = step == "uphold" or (self.rating is not None and self.rating.state in ("SUBMITTED", "CONFIRMED"))
        self._remedy_step(
            step,
            lambda found: found.verify(finding=finding, evidence=NOTE, by=self.zhao_lei, at=self.at),
            may=may,
            entries=1 if step == "uphold" else 2,
        )

    @rule()
    def appeal(self) -> None:
        self._remedy_step("appeal", lambda found: found.appeal(words=NOTE, by=None, at=self.at))

    @rule()
    def let_stand(self) -> None:
        found = self.remedy
        may = found is not None and all(clock.is_overdue(at=self.at) for clock in found.clocks())
        self._remedy_step("let_stand", lambda one: one.let_stand(by="timer", at=self.at), may=may, entries=2)

    @rule(granted=st.booleans(), own=st.booleans())
    def decide_appeal(self, granted: bool, own: bool) -> None:
        by, step = (self.zhao_lei if own else self.chen_tao), "grant_appeal" if granted else "reject_appeal"
        self._remedy_step(
            step, lambda found: getattr(found, step)(note=NOTE, by=by, at=self.at), may=not own, entries=2
        )

    @rule()
    def repair(self) -> None:
        self._remedy_step("repair", lambda found: found.repair(note=NOTE, by=self.zhao_lei, at=self.at))

    @rule(satisfied=st.booleans())
    def call_back(self, satisfied: bool) -> None:
        self._remedy_step(
            "call_back",
            lambda found: found.call_back(satisfied=satisfied, note=NOTE, by=self.zhao_lei, at=self.at),
        )

    # What must always hold

    @invariant()
    def every_bad_rating_has_had_its_remedy_and_no_two_are_open(self) -> None:
        for given in Rating.objects.all():
            found = list(given.remedies.all())
            assert sum(one.state not in OVER for one in found) <= 1
            if given.is_bad:
                assert any(one.state != "WITHDRAWN" for one in found)

    @invariant()
    def exactly_the_limits_of_the_state_run(self) -> None:
        for found in Remedy.objects.all():
            running = Clock.objects.of(found.ledger_id()).open().values_list("kind", flat=True)
            assert sorted(running) == sorted(CLOCKS[found.state])

    @invariant()
    def every_step_is_one_entry_and_the_last_seals_every_row(self) -> None:
        entries = Entry.objects.filter(step__startswith="ratings.r").exclude(step="ratings.right.grant")
        assert entries.count() == self.taken
        for given in Rating.objects.all():
            newest = entries.filter(subject=given.ledger_id()).latest("id")
            assert digest(given.sealed_content(), bytes(newest.salt)) == bytes(newest.digest)

    @invariant()
    def what_is_left_out_was_found_wrong_and_closed(self) -> None:
        for given in Rating.objects.filter(state="EXCLUDED"):
            assert given.remedies.filter(state="CLOSED", finding__in=["MISTAKEN", "MALICIOUS"]).exists()

    # Inside

    @property
    def rating(self) -> Rating | None:
        return Rating.objects.filter(right=self.right).select_related("right").first()

    @property
    def remedy(self) -> Remedy | None:
        return Remedy.objects.order_by("-pk").first()

    def _rating_step(self, step: str) -> None:
        given = self.rating
        if given is not None:
            lawful = RATING_STEPS.target(step, given.state) is not None
            self._take(lawful, lambda: getattr(given, step)(by="timer", at=self.at))

    def _remedy_step(self, step: str, act: Callable[[Remedy], None], *, may: bool = True, entries: int = 1) -> None:
        found = self.remedy
        if found is not None:
            lawful = REMEDY_STEPS.target(step, found.state) is not None
            self._take(lawful and may, lambda: act(found), entries=entries)

    def _take(self, allowed: bool, act: Callable[[], object], *, entries: int = 1) -> None:
        if allowed:
            act()
            self.taken += entries
            return
        before = list(Rating.objects.values_list()), list(Remedy.objects.values_list())
        with pytest.raises(Refusal), transaction.atomic():
            act()
        assert (list(Rating.objects.values_list()), list(Remedy.objects.values_list())) == before


@pytest.mark.django_db
@pytest.mark.parametrize("runs", [25, pytest.param(200, marks=pytest.mark.slow)])
def test_rating_and_remedy_obey_their_model_under_any_sequence_of_steps(runs: int) -> None:
    run_state_machine_as_test(
        RatingMachine,
        settings=settings(
            max_examples=runs, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
