"""Thirty-two officials accept one case at once: one wins. Without the row's lock the same test is red."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from civic.audit.models import Entry
from civic.cases.models import Case
from civic.deadlines.models import Clock
from civic.workflow.models import Stateful, StepRefused
from tests.factories import cases as make

CROWD = 32
TUESDAY = make.MONDAY + timedelta(days=1)


@pytest.fixture
def submitted(transactional_db: None) -> Iterator[Case]:
    make.transfer_of_home()
    make.officials()
    yield make.case()
    connection.close()


def all_accept(case: Case) -> Counter[str]:
    """Let the crowd accept at the same moment; return how often what came of it."""
    clerk = make.people.official("张敏", department=case.department, roles=("window_clerk",))
    start, outcomes = threading.Barrier(CROWD), Counter[str]()

    def accept() -> None:
        mine = Case.objects.get(pk=case.pk)
        start.wait()
        try:
            mine.accept(by=clerk, at=TUESDAY)
            outcomes["accepted"] += 1
        except Exception as error:  # noqa: BLE001 (what came of it is the question)
            outcomes[type(error).__name__] += 1
        finally:
            connection.close()

    crowd = [threading.Thread(target=accept) for _ in range(CROWD)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return outcomes


def entries(case: Case) -> Counter[str]:
    return Counter(Entry.objects.filter(subject=case.ledger_id()).values_list("step", flat=True))


def test_thirty_two_accept_one_case_and_one_wins(submitted: Case) -> None:
    outcomes = all_accept(submitted)

    assert outcomes == {"accepted": 1, StepRefused.__name__: CROWD - 1}
    assert entries(submitted)["cases.case.accept"] == 1
    assert Clock.objects.of(submitted.ledger_id()).open().count() == 1
    submitted.refresh_from_db()
    assert (submitted.state, submitted.version) == ("IN_REVIEW", 2)


def test_the_race_is_red_without_the_lock(submitted: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def unlocked(self: Any) -> Iterator[None]:
        self.refresh_from_db()
        time.sleep(0.2)
        yield

    monkeypatch.setattr(Stateful, "_locked", unlocked)

    outcomes = all_accept(submitted)

    assert outcomes[StepRefused.__name__] < CROWD - 1  # several found the case free, and got in each other's way
