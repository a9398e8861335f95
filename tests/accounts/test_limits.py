"""Guessing is stopped, also when many guess at the same moment; shown red on variants without the lock."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import RequestFactory

from civic.accounts import services
from civic.accounts.backends import AccountBackend
from civic.accounts.models import Account, OneTimeCode, Tally, TooOften
from civic.accounts.models.codes import digest
from civic.accounts.models.limits import digest as key_digest
from tests.factories.accounts import MONDAY, official

THREADS = 8
MINUTE = timedelta(minutes=1)


def at_once(work: Callable[[int], Any], times: int = THREADS) -> list[Any]:
    """Run `work` in as many threads as `times`, all started together; return what each returned or raised."""
    barrier = threading.Barrier(times)

    def one(number: int) -> Any:
        barrier.wait()
        try:
            return work(number)
        except TooOften as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def wrong(code: str) -> str:
    """Return a code that is not `code`."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.mark.django_db
def test_a_code_is_good_once_for_five_minutes() -> None:
    code = OneTimeCode.objects.issue(purpose="login", subject="王芳", at=MONDAY)

    def use(text: str, at: datetime) -> bool:
        return OneTimeCode.objects.use(purpose="login", subject="王芳", code=text, at=at)

    assert not use(code, MONDAY + 5 * MINUTE)
    assert use(code, MONDAY + 5 * MINUTE - timedelta(seconds=1))
    assert not use(code, MONDAY + MINUTE)


@pytest.mark.django_db
def test_a_new_code_makes_the_old_one_worthless_and_a_code_opens_only_what_it_was_sent_for() -> None:
    old = OneTimeCode.objects.issue(purpose="login", subject="a", at=MONDAY)
    new = OneTimeCode.objects.issue(purpose="login", subject="a", at=MONDAY)

    assert old == new or not OneTimeCode.objects.use(purpose="login", subject="a", code=old, at=MONDAY)
    assert not OneTimeCode.objects.use(purpose="mandate", subject="a", code=new, at=MONDAY)
    assert not OneTimeCode.objects.use(purpose="login", subject="b", code=new, at=MONDAY)
    assert OneTimeCode.objects.use(purpose="login", subject="a", code=new, at=MONDAY)


@pytest.mark.django_db
def test_of_a_hundred_guesses_at_a_code_five_are_evaluated() -> None:
    code = OneTimeCode.objects.issue(purpose="login", subject="a", at=MONDAY)

    for _ in range(100):
        assert not OneTimeCode.objects.use(purpose="login", subject="a", code=wrong(code), at=MONDAY)

    assert OneTimeCode.objects.get().tries == 5
    assert not OneTimeCode.objects.use(purpose="login", subject="a", code=code, at=MONDAY)


@pytest.mark.django_db
def test_the_code_itself_is_not_in_the_database() -> None:
    code = OneTimeCode.objects.issue(purpose="login", subject="a", at=MONDAY)

    row = OneTimeCode.objects.get()
    assert code not in (row.subject, row.digest)
    assert row.digest == digest("login", "a", code)


def test_of_eight_who_use_one_code_at_once_one_wins(committed: None) -> None:
    code = OneTimeCode.objects.issue(purpose="login", subject="a", at=MONDAY)

    results = at_once(lambda _: OneTimeCode.objects.use(purpose="login", subject="a", code=code, at=MONDAY))

    assert sorted(results) == [False] * 7 + [True]


def test_without_the_row_lock_several_would_win(committed: None) -> None:
    code = OneTimeCode.objects.issue(purpose="login", subject="a", at=MONDAY)
    barrier = threading.Barrier(THREADS)

    def broken(_: int) -> bool:
        row = OneTimeCode.objects.get(purpose="login", subject="a")
        barrier.wait()
        if row.used_at is not None or row.digest != digest("login", "a", code):
            return False
        row.used_at = MONDAY
        row.save()
        return True

    assert at_once(broken).count(True) == 8


@pytest.mark.django_db
def test_a_limit_lasts_its_time_and_then_starts_afresh() -> None:
    def take(at: datetime) -> None:
        Tally.objects.take(kind="test", key="1.2.3.4", limit=2, per=MINUTE, at=at)

    take(MONDAY)
    take(MONDAY)
    with pytest.raises(TooOften) as refused:
        take(MONDAY + timedelta(seconds=20))

    assert refused.value.retry_after == 40
    take(MONDAY + MINUTE)
    assert Tally.objects.get().count == 1
    assert Tally.objects.get().key == key_digest("1.2.3.4") != "1.2.3.4"


def test_of_eight_tries_at_once_exactly_the_limit_passes(committed: None) -> None:
    results = at_once(lambda _: Tally.objects.take(kind="test", key="k", limit=3, per=MINUTE, at=MONDAY))

    assert results.count(None) == 3
    assert Tally.objects.get().count == 8


def test_a_count_that_is_read_and_then_written_would_let_all_pass(committed: None) -> None:
    Tally.objects.count(kind="test", key="k", per=MINUTE, at=MONDAY)
    barrier = threading.Barrier(THREADS)

    def broken(_: int) -> str:
        row = Tally.objects.get()
        barrier.wait()
        row.count += 1
        row.save()
        return "passed" if row.count <= 3 else "stopped"

    assert at_once(broken) == ["passed"] * 8


class Counted:
    """Counts how many passwords were really looked at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, hold: threading.Barrier | None = None) -> None:
        self.evaluated = 0
        self.lock = threading.Lock()
        real = AccountBackend.authenticate

        def spy(backend: AccountBackend, request: Any, username: Any = None, password: Any = None, **more: Any) -> Any:
            with self.lock:
                self.evaluated += 1
            if hold is not None:
                hold.wait()
            return real(backend, request, username=username, password=password, **more)

        monkeypatch.setattr(AccountBackend, "authenticate", spy)


def guess(number: int, username: str = "rsj.liqiang") -> Any:
    request = RequestFactory().post("/office/login/", REMOTE_ADDR=f"10.0.{number % 250}.1")
    return services.official_by_password(request, username=username, password=f"guess-{number}")


@pytest.mark.django_db
@pytest.mark.parametrize(("username", "guesses"), [("rsj.liqiang", 1000), ("nobody.known", 30)])
def test_of_a_thousand_guesses_at_a_password_five_are_evaluated(
    monkeypatch: pytest.MonkeyPatch, username: str, guesses: int
) -> None:
    official("李强", username="rsj.liqiang", password="correct-horse-battery")
    counted = Counted(monkeypatch)
    variants = (username, username.upper(), f" {username} ")

    for number in range(guesses):
        assert guess(number, variants[number % 3]) is None

    assert counted.evaluated == 5
    request = RequestFactory().post("/office/login/")
    right = services.official_by_password(request, username=username, password="correct-horse-battery")
    assert right is None


def test_guesses_at_once_from_many_addresses_do_not_outrun_the_lock(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    official("李强", username="rsj.liqiang", password="correct-horse-battery")
    counted = Counted(monkeypatch)

    assert at_once(guess, 24) == [None] * 24

    assert counted.evaluated == 5


def test_without_the_lock_on_the_name_they_would(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    official("李强", username="rsj.liqiang", password="correct-horse-battery")
    counted = Counted(monkeypatch, hold=threading.Barrier(12))

    def broken(number: int) -> Any:
        request = RequestFactory().post("/office/login/", REMOTE_ADDR=f"10.0.{number}.1")
        return authenticate(request, username="rsj.liqiang", password=f"guess-{number}")

    at_once(broken, 12)

    assert counted.evaluated == 12


@pytest.mark.django_db
def test_four_failures_do_not_lock_and_the_name_is_read_as_people_type_it() -> None:
    li = official("李强", username="rsj.liqiang", password="correct-horse-battery")
    request = RequestFactory().post("/office/login/")

    for number in range(4):
        guess(number)

    assert services.official_by_password(request, username=" RSJ.liqiang", password="correct-horse-battery") == li


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["rsj.liqiang", "nobody.known", "a.resident"])
def test_a_password_costs_one_hash_whoever_is_asked_for(monkeypatch: pytest.MonkeyPatch, username: str) -> None:
    official("李强", username="rsj.liqiang", password="correct-horse-battery")
    Account.objects.open(kind="RESIDENT", username="a.resident", by="test", at=MONDAY)
    hashes: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher, name, lambda *args, real=real, name=name: hashes.append(name) or real(*args)
        )

    assert guess(1, username) is None

    assert len(hashes) == 1
