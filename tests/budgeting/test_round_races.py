"""Two at once: a round is frozen once, nothing is merged while it is, one signs once; shown red without the locks."""

import threading
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from django.db import connection, transaction

from civic.budgeting.models import CoAuthor, Poll, Proposal, Round, Support
from civic.budgeting.models.freezing import preview
from civic.core.errors import Refusal
from tests.factories import participation as shared
from tests.factories import rounds as make
from tests.factories.rounds import FREEZING, REGISTER, SEED

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all at the same moment, each on a connection of its own; return "ok" or the class of what was raised."""
    barrier, said = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(20)
            act()
            said[place] = "ok"
        except Refusal as refused:
            said[place] = type(refused).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said


def freezing(found: Round, digest: str) -> Callable[[], object]:
    mine, leader = Round.objects.get(pk=found.pk), shared.zhao_min()
    return lambda: mine.freeze(seed=SEED, register=REGISTER, seen_digest=digest, by=leader, at=FREEZING)


def test_a_round_that_two_freeze_at_once_is_frozen_once() -> None:
    found = make.ready()
    digest = preview(found, SEED).digest

    said = at_once(freezing(found, digest), freezing(found, digest))

    assert sorted(said) == ["StepRefused", "ok"]
    assert Poll.objects.count() == 1
    assert Round.objects.get().poll == Poll.objects.get()


def merging(found: Round) -> Callable[[], object]:
    canteen, lift, clerk = found.proposals.get(code="2"), found.proposals.get(code="1"), shared.chen_jing()
    return lambda: canteen.merge(lift, reason="放在一起做。", by=clerk, at=make.COCREATION)


def consistent(found: Round) -> bool:
    """Whether what is on the ballot is what is frozen."""
    on_ballot = set(found.proposals.filter(state="ON_BALLOT").values_list("code", flat=True))
    poll = Poll.objects.first()
    return poll is None or {one["id"] for one in poll.options} == on_ballot


@pytest.mark.parametrize("_time", range(4))
def test_nothing_is_merged_while_the_round_is_frozen(_time: int) -> None:
    found = make.ready()
    digest = preview(found, SEED).digest

    said = at_once(freezing(found, digest), merging(found))

    assert said in (["ok", "Conflict"], ["ok", "StepRefused"], ["Stale", "ok"])
    assert consistent(found)


def test_without_holding_the_round_a_merge_slips_into_the_freezing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broken variant: red, so the test above can fail."""
    found = make.ready()
    digest = preview(found, SEED).digest
    merge, inside = merging(found), threading.Event()
    monkeypatch.setattr(Round, "held", lambda *_a, **_k: nullcontext())
    slow = Proposal.enter

    def enter(proposal: Proposal, **facts: Any) -> None:
        if proposal.code == "1":
            inside.set()
            threading.Event().wait(1.5)  # the merge comes now, between what was shown and what is frozen
        slow(proposal, **facts)

    monkeypatch.setattr(Proposal, "enter", enter)

    def merge_inside() -> None:
        inside.wait(20)
        merge()

    said = at_once(freezing(found, digest), merge_inside)

    assert said[1] == "ok"
    assert said[0] == "StepRefused"  # the freezing breaks on what changed under it, instead of the merge being refused
    assert not Poll.objects.exists()


@pytest.mark.parametrize("act", ["join", "support"])
def test_one_person_many_times_at_once_signs_and_supports_once(act: str) -> None:
    made, sun = make.proposal(), make.sun_hao()

    def join() -> object:
        return CoAuthor.objects.join(
            Proposal.objects.get(pk=made.pk), invitation=made.invitation, by=sun, at=make.MONDAY
        )

    def support() -> object:
        return Support.objects.give(Proposal.objects.get(pk=made.pk), by=sun, at=make.MONDAY)

    said = at_once(*[join if act == "join" else support] * 8)

    assert sorted(said) == ["JoinedAlready" if act == "join" else "SupportedAlready"] * 7 + ["ok"]
    assert (CoAuthor.objects.count(), Support.objects.count()) == ((1, 0) if act == "join" else (0, 1))


def test_without_the_constraint_one_person_signs_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broken variant: the constraint away, and the round not held."""

    @contextmanager
    def loose(*_a: Any, **_k: Any) -> Any:
        with transaction.atomic():
            yield

    made, sun = make.proposal(), make.sun_hao()
    monkeypatch.setattr(Round, "held", loose)
    with connection.cursor() as cursor:
        cursor.execute('ALTER TABLE budgeting_coauthor DROP CONSTRAINT "coauthor_once_a_proposal"')
    try:
        said = at_once(*[
            lambda: CoAuthor.objects.join(
                Proposal.objects.get(pk=made.pk), invitation=made.invitation, by=sun, at=make.MONDAY
            )
        ] * 4)  # fmt: skip
        assert (said, CoAuthor.objects.count()) == (["ok"] * 4, 4)
    finally:
        CoAuthor.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                'ALTER TABLE budgeting_coauthor ADD CONSTRAINT "coauthor_once_a_proposal" '
                "UNIQUE (proposal_id, account_id)"
            )


def test_proposals_made_at_once_have_numbers_of_their_own() -> None:
    found, wang = make.opened(), make.wang_fang()
    facts = make.facts(wang)

    said = at_once(*[
        lambda: Proposal.objects.propose(Round.objects.get(), make.idea(found), facts=facts, by=wang, at=make.MONDAY)
    ] * 6)  # fmt: skip

    assert said == ["ok"] * 6
    assert sorted(Proposal.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
