"""The hotline: intake through the API against bare inserts, and lists, searches and memory at a million tickets."""

import json
import re
import statistics
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import psycopg

from bench.databases import django, scratch
from bench.figures import Figure, against
from bench.load import Load, answer, request, times
from bench.peers.tables import TABLES
from bench.servers import civic, peer
from bench.stage import Stage

MANY = 1_000_000
REQUESTS = 100
SLOWEST = 200  # milliseconds, of 95 pages in a hundred
CENTRE = ("received", "objected", "replied", "revisit", "extension", "overdue", "open", "ended")
UNIT = ("dispatched", "handling", "waiting", "overdue", "done")
WORDS = ("物业", "路灯", "停水", "广场舞", "拖欠工资", "梅山路", "佛子岭路", "没有解决", "学区", "八公山路垃圾")


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield what is measured in a fresh city, then what is measured in one with a million tickets."""
    with scratch("civic_bench_hotline") as database:
        people = django(database, "bench.tickets_seed")
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(TABLES)
        with civic(database) as ours, peer("bare", probe="/hello", DATABASE_URL=database) as bare:
            name = "ticket through the API (fingerprint, clock, ledger, job) / bare Django view with two inserts"
            submit = Load(bare.port, lambda _: request("POST", "/submit", body=_body(people)), expected=201)
            yield against(name, intake(ours.port, people), submit, target=0.05)
    with scratch("civic_bench_million") as database:
        people = django(database, "bench.tickets_seed", "--tickets", str(MANY))
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(TABLES)
        yield from at_a_million(database, people)


def at_a_million(database: str, people: dict[str, Any]) -> Iterator[Figure | str]:
    """Yield the figures of a database that holds so many tickets."""
    inside = django(database, "bench.tickets_inside")
    yield Figure(
        "ticket taken in, classified and compared with a million / two bare inserts", inside["journey"], 0.02,
        note=f"{inside['ours']:.0f}/s against {inside['bare']:.0f}/s, one process, one after the other",
    )  # fmt: skip
    name = "classifications a second, one thread"
    if inside["classify"] is None:
        yield f"skip  {name}: {inside['model']}"
    else:
        yield Figure(name, inside["classify"], 200, unit="/s", note=inside["model"])
    yield _slowest("near duplicates in a million tickets", inside["near"], "100 open tickets")
    yield _slowest("near duplicates of the matter of the day", inside["hot"], f"{inside['hot_found']} like it")
    with civic(database, workers=1) as server:
        for name, paths, session in _lists(people):
            yield _slowest(name, pages(server.port, paths, session), f"{len(paths)} addresses, {REQUESTS} requests")
        yield Figure("memory of a web process after it", server.resident() / 2**20, 250, at_most=True, unit=" MiB")


def intake(port: int, people: dict[str, Any]) -> Load:
    """Return tickets that a call taker's system hands in, each under a key of its own."""
    headers = {"Authorization": f"Bearer {people['taker_token']}", "Content-Type": "application/json"}
    body = _body(people)

    def make(_: int) -> bytes:
        return request("POST", "/api/tickets", headers={**headers, "Idempotency-Key": str(uuid.uuid4())}, body=body)

    return Load(port, make, expected=201)


def pages(port: int, paths: Sequence[str], session: str = "") -> list[float]:
    """Return the seconds of REQUESTS pages, one after the other, after each address was asked for once."""
    cookies = f"session={session}" if session else ""
    if session:
        _, head, _ = answer(Load(port, lambda _: request("GET", paths[0], headers={"Cookie": cookies})))
        found = re.search(rb"csrf=(\w+)", head)
        cookies += f"; csrf={found[1].decode()}" if found else ""
    headers = {"Cookie": cookies} if cookies else {}
    load = Load(port, lambda n: request("GET", paths[n % len(paths)], headers=headers))
    times(load, count=len(paths))
    return times(load, count=REQUESTS)


def _lists(people: dict[str, Any]) -> Iterator[tuple[str, list[str], str]]:
    """Yield what is shown at a million: its name, the addresses, whose session."""
    office, register = "/office/hotline/?", "/hotline/register/?"
    yield "worklist of the centre", [f"{office}view={view}" for view in CENTRE], people["dispatcher_session"]
    narrowed = [f"{office}view={view}&kind=COMPLAINT&channel=PHONE" for view in CENTRE]
    narrowed += [f"{office}view={view}&unit=cgj&category=010201&urgency=URGENT" for view in CENTRE]
    yield "worklist of the centre, filtered", narrowed, people["dispatcher_session"]
    deep = [f"{office}view={view}&cursor={_cursor(300)}" for view in ("ended", "open")]
    yield "worklist of the centre, deep", deep, people["dispatcher_session"]
    yield "worklist of a unit", [f"{office}view={view}" for view in UNIT], people["handler_session"]
    yield "public register", ["/hotline/register/"], ""
    filters = [{"category": "01"}, {"category": "010201"}, {"unit": "cgj"}, {"area": "341502"}]
    filters += [{"category": "04", "area": "341503"}, {"unit": "rsj", "area": "341502", "category": "040101"}]
    yield "public register, filtered", [register + urlencode(one) for one in filters], ""
    yield "public register, searched", [f"{register}q={quote(word)}" for word in WORDS], ""
    both = [f"{register}q={quote(word)}&category=01&area=341502" for word in WORDS]
    yield "public register, searched and filtered", both, ""
    yield "public register, deep", [f"{register}cursor={_cursor(days)}" for days in (90, 300, 600)], ""
    score = ["/hotline/register/units/cgj/", "/hotline/register/cards/", "/mailbox/"]
    yield "page of a unit, the cards and the mayor's mailbox", score, ""


def _cursor(days: int) -> str:
    """Return the address of a page so many days back, as core.http writes it."""
    place = json.dumps([(datetime.now(UTC) - timedelta(days=days)).isoformat(), 1])
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _slowest(name: str, seconds: Sequence[float], note: str) -> Figure:
    p95, middle = statistics.quantiles(seconds, n=20)[18] * 1000, statistics.median(seconds) * 1000
    return Figure(
        f"{name}, p95 at {MANY:,}", p95, SLOWEST, at_most=True, unit=" ms", note=f"median {middle:.0f} ms; {note}"
    )


def _body(people: dict[str, Any]) -> bytes:
    facts = {**people["hot"], "place": "梅山路与皖西大道交口", "secrecy": "ANONYMOUS"}
    return json.dumps(facts, ensure_ascii=False).encode()
