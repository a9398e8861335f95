"""Two clerks note at the same moment that somebody declines: one reserve is called up. Without the lock it is red."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from civic.audit.models import Entry
from civic.participation.models import Motion, PanelMember, PanelVote, Phase, Seat, Sortition
from civic.workflow.models import Stateful, StepRefused
from tests.factories import participation as make
from tests.factories.accounts import MONDAY

WEDNESDAY = MONDAY + 2 * make.DAY


@pytest.fixture
def drawn(transactional_db: None) -> Iterator[Sortition]:
    yield make.drawn()
    connection.close()


def all_decline(seats: list[Seat], clerks: int) -> Counter[str]:
    """Let so many clerks note for each seat that its holder declines; return what came of it."""
    clerk = make.chen_jing()
    start, outcomes = threading.Barrier(clerks * len(seats)), Counter[str]()

    def decline(pk: int) -> None:
        mine = Seat.objects.get(pk=pk)
        start.wait()
        try:
            called = mine.decline(by=clerk, at=WEDNESDAY)
            outcomes["replaced" if called else "nobody left"] += 1
        except Exception as error:  # noqa: BLE001 (what came of it is the question)
            outcomes[type(error).__name__] += 1
        finally:
            connection.close()

    crowd = [threading.Thread(target=decline, args=(seat.pk,)) for seat in seats for _ in range(clerks)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return outcomes


def test_the_same_seat_replaced_by_sixteen_clerks_at_once_gives_one_replacement(drawn: Sortition) -> None:
    outcomes = all_decline([drawn.seats.listed()[0]], 16)

    assert outcomes == {"replaced": 1, StepRefused.__name__: 15}
    assert drawn.seats.taken().count() == drawn.size
    steps = Counter(Entry.objects.filter(subject=drawn.ledger_id()).values_list("step", flat=True))
    assert (steps["participation.seat.decline"], steps["participation.seat.invite"]) == (1, 1)


def test_two_of_one_stratum_who_decline_at_once_are_replaced_by_two_different_people(drawn: Sortition) -> None:
    first = drawn.seats.listed()[0]
    both = list(drawn.seats.listed().filter(stratum=first.stratum))

    outcomes = all_decline(both, 2)

    assert outcomes == {"replaced": 2, StepRefused.__name__: 2}
    called = list(drawn.seats.filter(is_drawn=False, state="INVITED").order_by("rank"))
    assert [(seat.stratum, seat.rank) for seat in called] == [(first.stratum, 3), (first.stratum, 4)]
    assert {seat.replaces_id for seat in called} == {seat.pk for seat in both}


def test_the_race_is_red_without_the_lock(drawn: Sortition, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock and the constraint that stands behind it, several people are called up for one seat."""
    with connection.schema_editor() as editor:  # what the database itself would still refuse
        editor.execute(_unique(drop=True))

    @contextmanager
    def unlocked(self: Any) -> Iterator[None]:
        self.refresh_from_db()
        time.sleep(0.2)
        yield

    monkeypatch.setattr(Stateful, "_locked", unlocked)
    try:
        outcomes = all_decline([drawn.seats.listed()[0]], 8)

        assert outcomes[StepRefused.__name__] < 7
        assert drawn.seats.filter(replaces__isnull=False).count() + outcomes["replaced"] > 2
    finally:
        Seat.objects.all()._raw_delete(Seat.objects.db)
        with connection.schema_editor() as editor:
            editor.execute(_unique(drop=False))


def _unique(*, drop: bool) -> str:
    """Return the statement that takes the constraint «one replacement a seat» away or puts it back."""
    table, name = Seat._meta.db_table, "seat_one_replacement_a_seat"
    if drop:
        return f"ALTER TABLE {table} DROP CONSTRAINT {name}"
    return f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (replaces_id)"


def at_once(act: Any, times: int) -> Counter[str]:
    """Do the same in so many threads; return what came of it."""
    start, outcomes = threading.Barrier(times), Counter[str]()

    def run() -> None:
        start.wait()
        try:
            act()
            outcomes["done"] += 1
        except Exception as error:  # noqa: BLE001 (what came of it is the question)
            outcomes[type(error).__name__] += 1
        finally:
            connection.close()

    crowd = [threading.Thread(target=run) for _ in range(times)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return outcomes


def test_of_windows_for_the_same_act_that_are_planned_at_once_one_stands(transactional_db: None) -> None:
    make.zhao_min()

    assert at_once(make.phase, 8) == {"done": 1, "PhasesClash": 7}
    assert Phase.objects.count() == 1


def test_the_race_for_windows_is_red_without_the_lock(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    make.zhao_min()
    asked = Phase.objects.of

    def slow(subject: object) -> Any:
        found = list(asked(subject))
        time.sleep(0.3)
        return Phase.objects.filter(pk__in=[phase.pk for phase in found])

    monkeypatch.setattr("civic.participation.models.phase.LOCK_STATEMENT", "SELECT %s, hashtext(%s)")
    monkeypatch.setattr(type(Phase.objects), "of", lambda _self, subject: slow(subject), raising=False)

    assert at_once(make.phase, 8)["done"] > 1


def test_a_member_votes_once_however_often_at_once(transactional_db: None) -> None:
    group, members = make.sitting()
    motion, wang = make.motion(group), members[0]

    def cast() -> None:
        mine = Motion.objects.get(pk=motion.pk)
        mine.cast(member=PanelMember.objects.get(pk=wang.pk), voice="FOR", by=wang.account, at=MONDAY)

    assert at_once(cast, 8) == {"done": 1, "VotedAlready": 7}
    assert PanelVote.objects.count() == 1


def test_a_line_of_a_sheet_and_who_may_take_part_are_written_once(transactional_db: None) -> None:
    sheet, clerk = make.sheet(), make.chen_jing()
    make.eligibility("budgeting.round:9")  # its area is there

    assert at_once(lambda: sheet.enter(line=1, subject="x.y:1", by=clerk, at=MONDAY), 8) == {
        "done": 1, "EnteredAlready": 7,
    }  # fmt: skip
    assert at_once(make.eligibility, 8) == {"done": 1, "LaidDownAlready": 7}
