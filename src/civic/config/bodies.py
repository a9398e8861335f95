"""What a request brings: read before its request takes a hand, in a time, and only so many a client at once.

The HTTP server has a time limit for the head of a request (30 s) and none for its body, and its read returns only with
all that was asked for. So little is asked for at first, and the time is looked at in between. A read that nothing comes
to cannot be broken off: answering meanwhile would stop the whole process (seen with Granian 2.8.7, until that client
went away). That is why a client has only its share of the places for what it has not sent yet.
"""

import io
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

SECONDS = 30  # in which a body has to come …
RATE = 8 * 1024  # … unless so many bytes a second arrive: a photo sent from a village over a poor line is no attack
WHOLE = 1024 * 1024  # bytes up to which a body is there before a hand is taken
LAST_STEP = 64 * 1024  # bytes asked for at once, at most: one at first, then twice as many each time
SOON = 1.0  # seconds for which somebody waits for a place among their own
Clock = Callable[[], float]


class Source(Protocol):
    """What the server gives to read from."""

    def read(self, size: int, /) -> bytes: ...


class TooSlow(OSError):
    """The body did not come in time, or broke off: what has come of it is not taken for all of it."""


class TooMany(Exception):
    """One client has as many bodies on the way as it may have."""


class Body(io.RawIOBase):
    """One body on its way in."""

    def __init__(self, source: Source, length: int, *, whose: str, seconds: float, clock: Clock) -> None:
        self._source, self._length, self._seconds, self._clock = source, length, seconds, clock
        self._received, self._step, self._began_at = 0, 1, clock()
        self.place = (whose, length > WHOLE)
        self.is_late = False

    @property
    def is_large(self) -> bool:
        """Whether it is read while a hand waits for it."""
        return self.place[1]

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        """Put what comes next into a buffer; return how much, 0 at the end. Raises: TooSlow."""
        asked = min(len(into), self._length - self._received, self._step)
        if asked == 0:
            return 0
        piece = self._source.read(asked)
        self._received, self._step = self._received + len(piece), min(2 * self._step, LAST_STEP)
        if not piece or self._is_over_time():
            self.is_late = True
            raise TooSlow("The body of the request did not come in time, or broke off.")
        into[: len(piece)] = piece
        return len(piece)

    def _is_over_time(self) -> bool:
        allowed = self._seconds + self._received / RATE
        return self._received < self._length and self._clock() - self._began_at > allowed


class Bodies:
    """The bodies that a process waits for, and whose they are.

    `at_the_door`, `in_hands`: how many a client may have on the way, and how many large ones, for which hands wait.
    `together`: how many large ones all clients may have, so that a few who stop sending leave hands for the others.
    """

    def __init__(
        self, *, seconds: float, at_the_door: int, in_hands: int, together: int, clock: Clock = time.monotonic
    ) -> None:
        self._seconds, self._clock, self._together = seconds, clock, together
        self._most = {False: at_the_door, True: in_hands}
        self._open = Counter[tuple[str, bool]]()
        self._changed = threading.Condition()

    def bring(self, environ: dict[str, Any], whose: str) -> Body:
        """Give the application what is sent: a large body as it comes in, any other whole.

        Of a large one `leave` has to follow.
        Raises: TooMany, where the client has too many on the way already; TooSlow, where it does not come in time.
        """
        source, length = environ["wsgi.input"], length_of(environ)
        body = Body(source, length, whose=whose, seconds=self._seconds, clock=self._clock)
        self._enter(body)
        if body.is_large:
            environ["wsgi.input"] = io.BufferedReader(body, LAST_STEP)
            return body
        try:
            environ["wsgi.input"] = io.BytesIO(body.readall() or b"")
        finally:
            self.leave(body)
        return body

    def leave(self, body: Body) -> None:
        """Give the place of a body back that is read, or that nobody reads any more."""
        with self._changed:
            self._open[body.place] -= 1
            self._open += Counter()  # without those who have none left
            self._changed.notify_all()

    def waiting(self) -> int:
        return self._open.total()

    def _enter(self, body: Body) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._has_place_for(body), SOON):
                raise TooMany
            self._open[body.place] += 1

    def _has_place_for(self, body: Body) -> bool:
        large = sum(count for (_whose, is_large), count in self._open.items() if is_large)
        return self._open[body.place] < self._most[body.is_large] and (not body.is_large or large < self._together)


def length_of(environ: dict[str, Any]) -> int:
    """Return how many bytes a request says it brings, at most 18 digits of it; one that does not say is not read.

    The server and the application read longer numbers and leading zeros too: who writes those has no way past us.
    """
    text = environ.get("CONTENT_LENGTH") or "0"
    return int(text.lstrip("0")[:18] or "0") if text.isascii() and text.isdecimal() else 0
