"""A worklist page at ten thousand cases and at very many: how much longer it takes."""

import statistics
from collections.abc import Iterator

from bench.databases import django, scratch
from bench.figures import ROUNDS, Figure
from bench.load import times
from bench.pages import worklist_load
from bench.servers import civic
from bench.stage import Stage

SMALL, LARGE, FULL = 10_000, 200_000, 1_000_000
REQUESTS = 40


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield the ratio of the median times of a page, asked one after the other."""
    large = FULL if stage.full else LARGE
    with scratch("civic_bench_small") as few, scratch("civic_bench_large") as many:
        people = [django(where, "bench.seed", "--services", "1", "--cases", str(n)) for where, n in
                  ((few, SMALL), (many, large))]  # fmt: skip
        with civic(few, workers=1) as small, civic(many, workers=1) as big:
            loads = [worklist_load(server.port, who["clerk_session"]) for server, who in
                     zip((small, big), people, strict=True)]  # fmt: skip
            for load in loads:
                times(load, count=10)
            rounds = [[statistics.median(times(load, count=REQUESTS)) for load in loads] for _ in range(ROUNDS)]
    ratio = statistics.median(slow / quick for quick, slow in rounds)
    quick, slow = (statistics.median(side) * 1000 for side in zip(*rounds, strict=True))
    yield Figure(
        f"worklist page at {large:,} / at {SMALL:,} cases", ratio, 1.5, at_most=True,
        note=f"{slow:.1f} ms against {quick:.1f} ms{'' if stage.full else '; --full asks for a million'}",
    )  # fmt: skip
