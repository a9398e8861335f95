"""Leaving a failing source alone: opened in time, one probe at a time, healed by the first answer."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from civic.exchange.models import Breaker, Provider
from tests.factories import exchange as make
from tests.factories.accounts import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def second(n: float) -> datetime:
    return MONDAY + timedelta(seconds=n)


def fail(*, reason: str = "STATUS", tries: int = 1, at: datetime = MONDAY, code: str = "zjj") -> Provider:
    found = make.provider(code)
    Breaker.objects.note_failure(found.pk, reason=reason, tries=tries, at=at)
    return found


@pytest.mark.parametrize(
    ("failures", "opened"),
    [([("STATUS", 1, 0), ("STATUS", 1, 1)], None), ([("STATUS", 1, 0), ("STATUS", 1, 1), ("STATUS", 1, 2)], 2),
     ([("TIMEOUT", 1, 0)], None), ([("TIMEOUT", 1, 0), ("TIMEOUT", 1, 3)], 3), ([("RESET", 2, 0), ("RESET", 2, 1)], 1),
     ([("DENIED", 1, 0), ("BLOCKED", 1, 1), ("BUSY", 1, 2), ("OPEN", 1, 3)], None),
     ([("STATUS", 1, 0), ("STATUS", 1, 1), ("STATUS", 1, 32)], None)],
)  # fmt: skip
def test_three_failed_tries_in_a_row_open_it_and_a_silent_one_weighs_two(failures: list, opened: int | None) -> None:
    for reason, tries, at in failures:
        fail(reason=reason, tries=tries, at=second(at))

    found = Breaker.objects.first()
    assert (found.opened_at if found else None) == (None if opened is None else second(opened))


def test_an_answer_in_between_starts_the_count_afresh() -> None:
    provider = fail()
    fail(at=second(1))
    Breaker.objects.note_success(provider.pk, at=second(2))

    fail(at=second(3))

    assert (Breaker.objects.get().failures, Breaker.objects.get().opened_at) == (1, None)


def test_an_answer_heals_it_and_says_when() -> None:
    for n in range(3):
        provider = fail(at=second(n))

    Breaker.objects.note_success(provider.pk, at=second(20))

    found = Breaker.objects.get()
    assert (found.opened_at, found.failures, found.healed_at) == (None, 0, second(20))
    assert Breaker.objects.shut_out({provider.pk}, at=second(21)) == set()


def test_other_sources_are_asked_meanwhile() -> None:
    for n in range(3):
        provider = fail(at=second(n))

    assert Breaker.objects.shut_out({provider.pk, make.provider("sw").pk}, at=second(3)) == {provider.pk}


@pytest.mark.django_db(transaction=True)
def test_of_many_who_come_at_once_one_looks_again() -> None:
    make.city()
    for n in range(3):
        provider = fail(at=second(n))
    ready, may = threading.Barrier(4), []

    def look() -> None:
        try:
            ready.wait()
            may.append(Breaker.objects.shut_out({provider.pk}, at=second(10)) == set())
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(may) == [False, False, False, True]
