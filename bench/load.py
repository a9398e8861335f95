"""The load client: keep-alive connections on plain sockets, one process, no dependency."""

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

Make = Callable[[int], bytes]


class WrongAnswer(Exception):
    """The server did not answer as the figure needs it."""


@dataclass(frozen=True)
class Load:
    """What is sent: `make(n)` is the n-th request whole, `expected` the only status that counts."""

    port: int
    make: Make
    expected: int = 200


def request(
    method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes = b"", host: str = "127.0.0.1"
) -> bytes:
    """Return one HTTP/1.1 request as it goes over the wire."""
    lines = {"Host": host, **(headers or {})}
    if body or method == "POST":
        lines["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def rate(load: Load, *, seconds: float, connections: int = 8) -> float:
    """Return answered requests a second, with as many requests under way as there are connections."""
    return asyncio.run(_rate(load, seconds, connections))


def answer(load: Load) -> tuple[int, bytes, bytes]:
    """Return status, head and body of one request by itself."""
    return asyncio.run(_once(load))


def times(load: Load, *, count: int) -> list[float]:
    """Return the seconds that each of `count` requests took, one after the other."""
    return asyncio.run(_times(load, count))


async def _rate(load: Load, seconds: float, connections: int) -> float:
    numbers = itertools.count()
    begin = time.perf_counter()
    done = await asyncio.gather(*(_client(load, numbers, begin + seconds) for _ in range(connections)))
    return sum(done) / (time.perf_counter() - begin)


async def _client(load: Load, numbers: "itertools.count[int]", end: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    done = 0
    try:
        while time.perf_counter() < end:
            writer.write(load.make(next(numbers)))
            status, _, body = await read_answer(reader)
            if status != load.expected:
                raise WrongAnswer(f"{status} instead of {load.expected}: {body[:300]!r}")
            done += 1
    finally:
        writer.close()
    return done


async def _once(load: Load) -> tuple[int, bytes, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    try:
        writer.write(load.make(0))
        return await read_answer(reader)
    finally:
        writer.close()


async def _times(load: Load, count: int) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    found = []
    try:
        for number in range(count):
            begin = time.perf_counter()
            writer.write(load.make(number))
            status, _, body = await read_answer(reader)
            found.append(time.perf_counter() - begin)
            if status != load.expected:
                raise WrongAnswer(f"{status} instead of {load.expected}: {body[:300]!r}")
    finally:
        writer.close()
    return found


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bytes]:
    """Return status, head and body of the next answer on a connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at >= 0:
        return status, head, await reader.readexactly(int(lower[at + 15 : lower.index(b"\r\n", at)]))
    if b"transfer-encoding: chunked" in lower:
        return status, head, await _chunks(reader)
    return status, head, b""


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    found = []
    while size := int(await reader.readline(), 16):
        found.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(found)
