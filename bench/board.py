"""The hotline board at a million tickets of two years: pages of 30 days and of a year, at work and for everybody."""

import re
import statistics
from collections.abc import Iterator

from bench.databases import django, scratch
from bench.figures import Figure
from bench.load import Load, answer, request, times
from bench.servers import civic
from bench.stage import Stage

MANY = 1_000_000
REQUESTS = 40
LIMIT = 1000  # milliseconds, of 95 pages in a hundred
PERIODS = (30, 365)


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield how long the days take to count, and the pages of each period."""
    with scratch("civic_bench_board") as database:
        people = django(database, "bench.tickets_seed", "--tickets", str(MANY))
        counted = django(database, "bench.board_count")
        yield f"counting {counted['tickets']:,} tickets of {counted['days']} days: {counted['seconds']:.0f} s, once"
        yield f"counting one day anew: {counted['one_day'] * 1000:.0f} ms"
        with civic(database, workers=1) as server:
            at_work = ("board at work", "/office/board/", people["dispatcher_session"])
            for name, path, session in (at_work, ("public board", "/hotline/board/", "")):
                for days in PERIODS:
                    yield _page(server.port, name, f"{path}?days={days}", session, days)
            yield Figure(
                "memory of the web process after it", server.resident() / 2**20, 400, at_most=True, unit=" MiB"
            )


def _page(port: int, name: str, path: str, session: str, days: int) -> Figure:
    cookies = _cookies(port, path, session)
    load = Load(port, lambda _: request("GET", path, headers={"Cookie": cookies}))
    times(load, count=2)
    seconds = [second * 1000 for second in times(load, count=REQUESTS)]
    slowest = statistics.quantiles(seconds, n=20)[-1]
    note = f"median {statistics.median(seconds):.0f} ms, {REQUESTS} requests, all figures of the page"
    return Figure(f"{name}, {days} days, p95", slowest, LIMIT, at_most=True, unit=" ms", note=note)


def _cookies(port: int, path: str, session: str) -> str:
    """Return both cookies of somebody who is logged in."""
    cookies = f"session={session}" if session else ""
    _, head, _ = answer(Load(port, lambda _: request("GET", path, headers={"Cookie": cookies})))
    found = re.search(rb"csrf=(\w+)", head)
    return f"{cookies}; csrf={found[1].decode()}" if found else cookies
