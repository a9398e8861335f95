"""One key, one effect."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test import RequestFactory

from civic.idempotency import services
from civic.idempotency.http import keyed
from civic.idempotency.models import Replay

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
WANG = "accounts.account:7"


def post(body: bytes = b'{"a":1}', key: str = "key-of-wang-1"):
    return RequestFactory().post("/api/apply", body, "application/json", headers={"Idempotency-Key": key})


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> tuple[int, bytes, str]:
        self.calls += 1
        return 201, b'{"apply_id":"LA1"}', "/api/cases/LA1"


@pytest.mark.django_db
def test_a_repeated_request_gets_the_stored_bytes_and_no_second_effect() -> None:
    effect = Counter()

    first = keyed(post(), effect, scope=WANG, at=MONDAY)
    second = keyed(post(), effect, scope=WANG, at=MONDAY)

    assert effect.calls == 1
    assert (first.status_code, first.content, first["Location"]) == (201, b'{"apply_id":"LA1"}', "/api/cases/LA1")
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Replay.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused_and_changes_nothing() -> None:
    effect = Counter()
    keyed(post(), effect, scope=WANG, at=MONDAY)

    with pytest.raises(services.KeyReused):
        keyed(post(b'{"a":2}'), effect, scope=WANG, at=MONDAY)

    assert effect.calls == 1


@pytest.mark.django_db
def test_the_same_key_of_another_caller_is_another_key() -> None:
    effect = Counter()

    keyed(post(), effect, scope=WANG, at=MONDAY)
    keyed(post(), effect, scope="accounts.account:8", at=MONDAY)

    assert effect.calls == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "short", "x" * 129, "with space in it", "键键键键键键键键"])
def test_an_unusable_key_is_refused(key: str) -> None:
    effect = Counter()
    request = post(key="placeholder-key")
    request.META["HTTP_IDEMPOTENCY_KEY"] = key

    with pytest.raises(services.BadKey):
        keyed(request, effect, scope=WANG, at=MONDAY)

    assert effect.calls == 0


@pytest.mark.django_db
def test_an_effect_that_fails_leaves_the_key_free_for_a_retry() -> None:
    def broken() -> tuple[int, bytes, str]:
        raise RuntimeError("the effect broke")

    with pytest.raises(RuntimeError):
        keyed(post(), broken, scope=WANG, at=MONDAY)

    assert Replay.objects.count() == 0
    assert keyed(post(), Counter(), scope=WANG, at=MONDAY).status_code == 201


def race(threads: int, run) -> list[str]:
    """Start `run` in every thread at the same instant and return what each said."""
    barrier, said, lock = threading.Barrier(threads), [], threading.Lock()

    def body() -> None:
        barrier.wait()
        try:
            word = run()
        except services.InFlight:
            word = "in flight"
        finally:
            connection.close()
        with lock:
            said.append(word)

    workers = [threading.Thread(target=body) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return said


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_with_one_key_exactly_one_has_an_effect() -> None:
    effect = Counter()

    said = race(16, lambda: str(keyed(post(), effect, scope=WANG, at=MONDAY).status_code))

    assert effect.calls == 1
    assert Replay.objects.count() == 1
    assert set(said) <= {"201", "in flight"}
    assert "201" in said


@pytest.mark.django_db(transaction=True)
def test_the_race_is_real_a_variant_that_looks_without_the_lock_repeats_the_effect() -> None:
    effect, together = Counter(), threading.Barrier(8)

    def broken() -> str:
        with transaction.atomic():
            if Replay.objects.filter(scope=WANG, key="key-of-wang-1").exists():
                return "replayed"
            together.wait()
            effect()
        return "201"

    race(8, broken)

    assert effect.calls == 8
