"""A crowd that comes whether it is served or not: an open loop on plain sockets, and what became of each who came."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.load import read_answer

PATIENCE = 15.0  # seconds after which somebody has gone


@dataclass(frozen=True)
class Sent:
    """One request whole, and what it is for: "submission" or "browsing"."""

    kind: str
    request: bytes
    expected: int


@dataclass(frozen=True)
class Came:
    """What became of a request: its status (0: none), the seconds it took, when it came, whether it was told when
    to come again."""

    kind: str
    status: int
    is_served: bool
    took: float
    at: float
    has_retry_after: bool


Plan = Callable[[int], Sent]


class Crowd:
    """Requests to one port over connections that are kept open, as many as are under way."""

    def __init__(self, port: int, plan: Plan) -> None:
        self.port, self.plan = port, plan
        self.idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.came: list[Came] = []
        self.begin = time.perf_counter()

    async def closed(self, *, seconds: float, people: int) -> list[Came]:
        """Let so many people ask one thing after the other."""
        numbers, end = itertools.count(), time.perf_counter() + seconds

        async def one() -> None:
            while time.perf_counter() < end:
                await self._ask(next(numbers))

        await asyncio.gather(*(one() for _ in range(people)))
        return self._leave()

    async def open(self, *, seconds: float, rate: float) -> list[Came]:
        """Let `rate` people a second come, evenly, whatever becomes of those before them."""
        begin, under_way = time.perf_counter(), set()
        for number in range(int(seconds * rate)):
            wait = begin + number / rate - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            task = asyncio.create_task(self._ask(number))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)
        return self._leave()

    async def _ask(self, number: int) -> None:
        sent, start = self.plan(number), time.perf_counter()
        status, head = 0, b""
        try:
            async with asyncio.timeout(PATIENCE):
                status, head = await self._answered(sent.request)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass
        took = time.perf_counter() - start
        has = b"retry-after:" in head.lower() if status == 503 else False
        self.came.append(Came(sent.kind, status, status == sent.expected, took, start - self.begin, has))

    async def _answered(self, request: bytes) -> tuple[int, bytes]:
        pair = self.idle.pop() if self.idle else await asyncio.open_connection("127.0.0.1", self.port)
        try:
            pair[1].write(request)
            status, head, _body = await read_answer(pair[0])
        except BaseException:
            pair[1].close()
            raise
        self.idle.append(pair)
        return status, head

    def _leave(self) -> list[Came]:
        for _reader, writer in self.idle:
            writer.close()
        self.idle.clear()
        return self.came


def peak(port: int, plan: Plan, *, seconds: float, people: int) -> float:
    """Return how many a second are served of people who come again as soon as they are."""
    came = asyncio.run(Crowd(port, plan).closed(seconds=seconds, people=people))
    return sum(one.is_served for one in came) / seconds


def rush(port: int, plan: Plan, *, seconds: float, rate: float) -> list[Came]:
    """Return what became of `rate` people a second."""
    return asyncio.run(Crowd(port, plan).open(seconds=seconds, rate=rate))


def of_kind(came: Sequence[Came], kind: str) -> list[Came]:
    return [one for one in came if one.kind == kind]


def share(came: Sequence[Came], *, served: bool = True) -> float:
    """Return the share that was served, or that was sent away with 503."""
    return sum(one.is_served if served else one.status == 503 for one in came) / max(1, len(came))


def p95(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=20)[18] if len(seconds) > 1 else float("nan")
