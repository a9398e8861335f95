"""Asking several sources at once under one deadline. Threads that ask touch no database."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from civic.adapters.departments.failure import SourceFailed
from civic.adapters.departments.question import Answer
from civic.exchange.rules import SHORTEST_TRY_SECONDS

THREADS = 48
PATIENCE_SECONDS = 0.25  # for a place; a source that answers gives one back long before
MOST_TRIES = 2


@dataclass(frozen=True)
class Errand:
    """One question on its way: `ask(timeout)` raises SourceFailed; `source` shares a limit; `limit` in seconds."""

    source: str
    ask: Callable[[float], Answer]
    limit: float


@dataclass(frozen=True)
class Return:
    """What an errand came back with: an answer or a reason; how often it tried, and how long it took."""

    answer: Answer | None
    reason: str
    tries: int
    latency_ms: int


def run_all(errands: Mapping[str, Errand], *, until: float) -> dict[str, Return]:
    """Run all errands at once and return what each came to by `until` (of time.monotonic), at the latest.

    Only so many callers of this process wait for one source at a time (settings.EXCHANGE_AT_ONCE), however much each of
    them asks: one that hangs must not take all the threads that serve pages. Who finds no place is told BUSY.
    """
    started = time.monotonic()
    places = _places({errand.source for errand in errands.values()}, until=min(until, started + PATIENCE_SECONDS))
    running = {
        name: _threads().submit(_run, errand, until) for name, errand in errands.items() if errand.source in places
    }
    for source, place in places.items():
        place.keep([future for name, future in running.items() if errands[name].source == source])
    wait(running.values(), timeout=max(0.0, until - time.monotonic()))
    found = {name: _result(future, started) for name, future in running.items()}
    return {name: found.get(name) or Return(None, "BUSY", 0, 0) for name in errands}


class _Place:
    """One caller's place at a source, given back when the last of its errands there has ended."""

    def __init__(self, gate: threading.BoundedSemaphore) -> None:
        self._gate, self._lock, self._left = gate, threading.Lock(), 0

    def keep(self, futures: "Sequence[Future[Return]]") -> None:
        """Hold the place until all of `futures` are done."""
        self._left = len(futures)
        for future in futures:
            future.add_done_callback(self._leave)

    def _leave(self, _future: "Future[Return]") -> None:
        with self._lock:
            self._left -= 1
            is_last = self._left == 0
        if is_last:
            self._gate.release()


def _places(sources: Iterable[str], *, until: float) -> dict[str, _Place]:
    """Return a place at each source that has one by `until`."""
    found = {}
    for source in sorted(sources):
        gate = _gate(source)
        if gate.acquire(timeout=max(0.0, until - time.monotonic())):
            found[source] = _Place(gate)
    return found


def _result(future: "Future[Return]", started: float) -> Return:
    """Return what the errand came to; one that is still on its way has had its time. A bug in it is raised here."""
    if future.cancel() or not future.done():
        return Return(None, "TIMEOUT", 1, _ms_since(started))
    return future.result()


def _run(errand: Errand, until: float) -> Return:
    """Ask, and once more where that may heal and time remains."""
    started, tries, reason = time.monotonic(), 0, "TIMEOUT"
    while tries < MOST_TRIES:
        left = min(errand.limit, until - time.monotonic())
        if left < SHORTEST_TRY_SECONDS:
            break
        tries += 1
        try:
            return Return(errand.ask(left), "", tries, _ms_since(started))
        except SourceFailed as failure:
            reason = failure.reason
            if not failure.heals:
                break
    return Return(None, reason, max(tries, 1), _ms_since(started))


def _ms_since(started: float) -> int:
    return int((time.monotonic() - started) * 1000)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="exchange")


_gates: dict[str, threading.BoundedSemaphore] = {}
_gates_lock = threading.Lock()


def _gate(source: str) -> threading.BoundedSemaphore:
    with _gates_lock:
        if source not in _gates:
            _gates[source] = threading.BoundedSemaphore(settings.EXCHANGE_AT_ONCE)
        return _gates[source]
