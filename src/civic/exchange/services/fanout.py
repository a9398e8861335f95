"""Asking several sources at once under one deadline. Threads that ask touch no database."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache, partial

from civic.adapters.departments.failure import SourceFailed
from civic.adapters.departments.question import Answer
from civic.exchange.rules import SHORTEST_TRY_SECONDS

THREADS = 48
AT_ONCE_A_SOURCE = 12  # so that one that hangs leaves threads for the others
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
    """Run all errands at once and return what each came to by `until` (of time.monotonic), at the latest."""
    started = time.monotonic()
    running: dict[str, Future[Return]] = {}
    found: dict[str, Return] = {}
    for name, errand in errands.items():
        gate = _gate(errand.source)
        if gate.acquire(blocking=False):
            running[name] = _threads().submit(_run, errand, until)
            running[name].add_done_callback(partial(_let_go, gate))
        else:
            found[name] = Return(None, "BUSY", 0, 0)
    wait(running.values(), timeout=max(0.0, until - time.monotonic()))
    for name, future in running.items():
        found[name] = _result(future, started)
    return found


def _let_go(gate: threading.BoundedSemaphore, _future: "Future[Return]") -> None:
    gate.release()


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


_gates: dict[str, threading.BoundedSemaphore] = defaultdict(lambda: threading.BoundedSemaphore(AT_ONCE_A_SOURCE))
_gates_lock = threading.Lock()


def _gate(source: str) -> threading.BoundedSemaphore:
    with _gates_lock:
        return _gates[source]
