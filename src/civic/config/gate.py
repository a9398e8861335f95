"""The gate before the application: as many requests are served at once as there are hands; the others wait, or go.

The HTTP server gives each request a thread; here it waits until one of the hands has served it. So there are as many
connections to the database as hands, however many people wait, and who is turned away has cost no more than this page.
What a request brings is read before it takes a hand, so that nobody occupies one by sending slowly.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from prometheus_client import Counter, Histogram

from civic.config.admission import SHARE, Errand, Fate, Lines, Visitor, errand_of, share_of
from civic.config.bodies import SECONDS, Bodies, TooMany, TooSlow, length_of
from civic.config.turned_away import AWAY, TOO_LATE
from civic.core.addresses import client_of, one_client

ADMISSIONS = Counter("civic_admissions_total", "Requests at the gate", ["errand", "fate"])
WAITED = Histogram(
    "civic_admission_wait_seconds", "Time before a request was served or turned away", ["errand"],
    buckets=(0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
COUNTED = {(errand, fate): ADMISSIONS.labels(errand.name.lower(), fate.value) for errand in Errand for fate in Fate}
TIMED = {errand: WAITED.labels(errand.name.lower()) for errand in Errand}
ALWAYS = frozenset({"/healthz", "/metrics"})  # who asks whether we live is not made to wait
Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]


@dataclass(frozen=True)
class Limits:
    """What one client may take: per cent of the places, seconds for a body; whether a proxy says who the client is."""

    share: int = SHARE
    body_seconds: float = SECONDS
    is_proxied: bool = False


class Gate:
    """A WSGI application that lets requests through to another one."""

    def __init__(
        self,
        application: Application,
        *,
        hands: int,
        room: int,
        limits: Limits = Limits(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.application, self.clock, self._limits = application, clock, limits
        self._lines = Lines(room=room, share=limits.share)
        self._bodies = Bodies(
            seconds=limits.body_seconds, at_the_door=share_of(hands + room, limits.share),
            in_hands=max(1, hands // 2), together=max(1, hands - hands // 4), clock=clock,
        )  # fmt: skip
        self._lock = threading.Lock()
        self._somebody = threading.Condition(self._lock)
        self._errands: dict[Visitor, _Errand] = {}
        self._left_to_start = hands

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        if environ["PATH_INFO"] in ALWAYS:
            return self.application(environ, start_response)
        errand = errand_of(environ["REQUEST_METHOD"], environ["PATH_INFO"], is_known=_is_known(environ))
        whose, body = self._whose(environ), None
        try:
            if length_of(environ):
                body = environ["civic.body"] = self._bodies.bring(environ, whose)
            return self._let_in(_Errand(environ), errand, whose, start_response)
        except TooMany:
            COUNTED[errand, Fate.TURNED_AWAY].inc()
            return _turn_away(environ, errand, start_response)
        except TooSlow:
            return _too_late(environ, start_response)
        finally:
            if body is not None and body.is_large:
                self._bodies.leave(body)

    def _let_in(self, own: "_Errand", errand: Errand, whose: str, start_response: Start) -> Iterable[bytes]:
        """Have it served when its turn comes, or turn it away."""
        came, environ = self.clock(), own.environ
        with self._lock:
            visitor, gone = self._lines.arrive(errand, came, whose)
            if visitor.fate is Fate.WAITING:
                self._errands[visitor] = own
                self._wake_a_hand()
            if gone is not None:
                self._errands.pop(gone).done.set()
        self._wait(visitor, own, came)
        COUNTED[errand, visitor.fate].inc()
        return own.give(start_response) if visitor.fate is Fate.SERVED else _turn_away(environ, errand, start_response)

    def _whose(self, environ: Environ) -> str:
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "") if self._limits.is_proxied else ""
        return one_client(client_of(forwarded, environ.get("REMOTE_ADDR", "")))

    def _wait(self, visitor: Visitor, own: "_Errand", came: float) -> None:
        """Wait until it is served, or as long as its patience lasts."""
        if visitor.fate is not Fate.TURNED_AWAY and not own.done.wait(max(0.0, visitor.until - came)):
            with self._lock:
                is_away = self._lines.turn_away(visitor, self.clock())
                self._errands.pop(visitor, None)
            if not is_away:
                own.done.wait()  # a hand has it
        TIMED[visitor.errand].observe((own.began or self.clock()) - came)

    def _wake_a_hand(self) -> None:
        """Start the hands with the first request: a process that was forked has none of its parent's threads."""
        while self._left_to_start:
            self._left_to_start -= 1
            threading.Thread(target=self._serve, name=f"hand-{self._left_to_start}", daemon=True).start()
        self._somebody.notify()

    def _serve(self) -> None:
        while True:
            with self._lock:
                while (visitor := self._lines.call(self.clock())) is None:
                    self._somebody.wait()
                own = self._errands.pop(visitor)
                own.began = self.clock()
            own.run(self.application)


class _Errand:
    """One request on its way through a hand: what was asked, and what is answered or went wrong."""

    def __init__(self, environ: Environ) -> None:
        self.environ, self.done = environ, threading.Event()
        self.began: float | None = None
        self._head: tuple[Any, ...] = ()
        self._body: Iterable[bytes] = ()
        self._fault: BaseException | None = None

    def run(self, application: Application) -> None:
        """Let the application answer; a fault is kept for who waits, so that the hand goes on."""
        try:
            self._body = application(self.environ, self._keep_head)
        except BaseException as fault:  # noqa: BLE001 (raised again in `give`)
            self._fault = fault
        self.done.set()

    def give(self, start_response: Start) -> Iterable[bytes]:
        """Answer what the application has answered. Raises: its fault; TooSlow, where what it read did not come."""
        if (body := self.environ.get("civic.body")) is not None and body.is_late:
            raise TooSlow
        if self._fault is not None:
            raise self._fault
        start_response(*self._head)
        return self._body

    def _keep_head(self, status: str, headers: list[tuple[str, str]], *fault: Any) -> None:
        self._head = (status, headers, *fault)


def _too_late(environ: Environ, start_response: Start) -> Iterable[bytes]:
    headers, body = TOO_LATE[_is_machine(environ)]
    start_response("408 Request Timeout", list(headers))
    return [body]


def _is_machine(environ: Environ) -> bool:
    return environ["PATH_INFO"].startswith("/api/") or "application/json" in environ.get("HTTP_ACCEPT", "")


def _is_known(environ: Environ) -> bool:
    return "HTTP_AUTHORIZATION" in environ or "session=" in environ.get("HTTP_COOKIE", "")


def _turn_away(environ: Environ, errand: Errand, start_response: Start) -> Iterable[bytes]:
    headers, body = AWAY[errand, _is_machine(environ)]
    status = HTTPStatus.SERVICE_UNAVAILABLE
    start_response(f"{status.value} {status.phrase}", list(headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
