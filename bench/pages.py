"""The worklist and the public page of a service against bare Jinja2 pages of the same rows."""

import re
from collections.abc import Iterator

from bench.databases import django, scratch
from bench.figures import Figure, against
from bench.load import Load, answer, request
from bench.servers import civic, peer
from bench.stage import Stage

CASES = 2000


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield the figures of the two pages."""
    with scratch("civic_bench_pages") as database:
        people = django(database, "bench.seed", "--cases", str(CASES))
        with civic(database) as ours, peer("bare", probe="/hello", DATABASE_URL=database) as bare:
            department = people["department"]
            yield against(
                "worklist page of 50 cases / bare Jinja2 page of the same rows",
                worklist_load(ours.port, people["clerk_session"]),
                Load(bare.port, lambda _: request("GET", f"/worklist/{department}")),
                target=0.5,
            )
            yield against(
                "public service page / bare Jinja2 page of the same row",
                Load(ours.port, lambda _: request("GET", "/services/LA-ZR-001/")),
                Load(bare.port, lambda _: request("GET", "/service/LA-ZR-001")),
                target=0.5,
            )


def worklist_load(port: int, session: str) -> Load:
    """Return the worklist as the browser of a clerk who is logged in asks for it, with both of its cookies."""
    first = request("GET", "/office/cases/", headers={"Cookie": f"session={session}"})
    _, head, _ = answer(Load(port, lambda _: first))
    found = re.search(rb"csrf=(\w+)", head)
    cookies = f"session={session}; csrf={found[1].decode() if found else ''}"
    whole = request("GET", "/office/cases/", headers={"Cookie": cookies})
    return Load(port, lambda _: whole)
