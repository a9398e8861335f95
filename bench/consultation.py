"""A consultation with 100,000 opinions: what was said already, the top list, what few have seen."""

import statistics
from collections.abc import Iterator, Sequence

from bench.databases import django, scratch
from bench.figures import Figure
from bench.stage import Stage

OPINIONS = 100_000
VOTES = 50_000
SLOWEST = 100  # milliseconds, of 95 questions in a hundred


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield how long one process takes for each question, asked one after the other."""
    with scratch("civic_bench_consultation") as database:
        found = django(database, "bench.consultation_inside", str(OPINIONS))
    like = found["hot_found"]
    yield _slowest("near duplicates while typing", found["near"], "parts of opinions that were said")
    yield _slowest("near duplicates of what a campaign says", found["hot"], f"{like} share its fingerprint")
    yield _slowest("top ten, with what a card shows", found["top"], "by the lower end of the interval")
    yield _slowest("five that few have seen", found["fair"], "a reader who has seen fifty")
    yield _slowest("how many stand on each clause", found["counts"], "of the newest version")
    yield from _map()


def _map() -> Iterator[Figure]:
    """Yield how long the opinion map takes, from the stored votes to what is published."""
    with scratch("civic_bench_map") as database:
        found = django(database, "bench.consultation_map_inside", str(VOTES))
    note = f"{VOTES:,} votes of 2,000 people on 100 statements, from the database"
    yield Figure("opinion map with 50 draws, published", found["drawn"], 30, at_most=True, unit=" s", note=note)
    yield Figure("a second map is too soon, said", found["soon"], 2, at_most=True, unit=" s", note=note)
    yield Figure("next statement, least seen first", found["next"] * 1000, SLOWEST, at_most=True, unit=" ms", note=note)


def _slowest(name: str, seconds: Sequence[float], note: str) -> Figure:
    p95, middle = statistics.quantiles(seconds, n=20)[18] * 1000, statistics.median(seconds) * 1000
    words = f"median {middle:.1f} ms; {len(seconds)} times; {note}"
    return Figure(f"{name}, p95 at {OPINIONS:,} opinions", p95, SLOWEST, at_most=True, unit=" ms", note=words)
