"""Asking at once: whoever hangs keeps a few callers waiting, never all of them."""

import threading
import time
from collections.abc import Callable

import pytest
from django.conf import LazySettings

from civic.adapters.departments.failure import SourceFailed
from civic.adapters.departments.question import Answer
from civic.exchange.services import fanout
from civic.exchange.services.fanout import Errand, Return, run_all
from tests.factories.accounts import MONDAY

GOOD = Answer([], MONDAY)


@pytest.fixture(autouse=True)
def one_place_a_source(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    settings.EXCHANGE_AT_ONCE = 1
    monkeypatch.setattr(fanout, "_gates", {})


class Hanging:
    """A source that answers when it is let go."""

    def __init__(self) -> None:
        self.is_asked, self.let_go = threading.Event(), threading.Event()

    def ask(self, timeout: float) -> Answer:
        self.is_asked.set()
        self.let_go.wait(timeout)
        return GOOD


def errand(ask: Callable[[float], Answer], source: str = "zjj") -> Errand:
    return Errand(source, ask, limit=5.0)


def soon() -> float:
    return time.monotonic() + 5


def test_one_caller_asks_a_source_many_things_on_one_place() -> None:
    found = run_all({name: errand(lambda _: GOOD) for name in "abc"}, until=soon())

    assert [found[name].answer for name in "abc"] == [GOOD, GOOD, GOOD]


def test_who_finds_no_place_is_told_so_at_once_and_hears_from_the_others() -> None:
    hanging, first = Hanging(), dict[str, Return]()
    waiting = threading.Thread(target=lambda: first.update(run_all({"house": errand(hanging.ask)}, until=soon())))
    waiting.start()
    hanging.is_asked.wait(5)
    started = time.monotonic()

    found = run_all({"house": errand(hanging.ask), "tax": errand(lambda _: GOOD, "sw")}, until=soon())

    taken = time.monotonic() - started
    hanging.let_go.set()
    waiting.join()
    assert found["house"] == Return(None, "BUSY", 0, 0)
    assert (found["tax"].answer, first["house"].answer) == (GOOD, GOOD)
    assert taken < 1.5


def test_a_place_is_given_back_when_the_source_has_had_its_time() -> None:
    def silent(timeout: float) -> Answer:
        time.sleep(timeout)
        raise SourceFailed("TIMEOUT")

    given_up = run_all({"house": errand(silent)}, until=time.monotonic() + 0.1)["house"]
    again = run_all({"house": errand(lambda _: GOOD)}, until=soon())["house"]

    assert (given_up.reason, again.answer) == ("TIMEOUT", GOOD)
