"""A secret ballot over HTTP against a bare Django view with two inserts; turnout and count at a million ballots."""

import json
import statistics
from collections.abc import Iterator
from pathlib import Path

import psycopg

from bench.databases import django, scratch
from bench.figures import Figure, against
from bench.load import Load, rate, request, times
from bench.peers.tables import TABLES
from bench.servers import civic, peer
from bench.stage import Stage

CREDENTIALS = 12_000  # more than are used up in all the rounds
MILLION = 1_000_000
JSON = {"Content-Type": "application/json"}


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield ballots a second as a ratio, credentials a second, and the page with the turnout at a million ballots."""
    file = stage.folder / "credentials.txt"
    with scratch("civic_bench_ballots") as database:
        made = django(database, "bench.ballots_seed", str(file), str(CREDENTIALS), str(MILLION))
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(TABLES)
        with civic(database) as ours, peer("bare", probe="/hello", DATABASE_URL=database) as bare:
            cast = ballots(ours.port, made["running"], file)
            body = json.dumps(made["ballot"]).encode()
            insert = Load(bare.port, lambda _: request("POST", "/submit", body=body), expected=201)
            name = "secret ballots cast / bare Django view with two inserts"
            yield against(name, cast, insert, target=0.15, note="checked, sealed, recorded in the ledger")
            yield f"info  credentials signed blind: {rate(credentials(ours.port, made), seconds=3):.0f}/s"
            page = Load(ours.port, lambda _: request("GET", f"/polls/{made['full']}/"))
            taken = statistics.quantiles(times(page, count=40), n=20)[18]
            yield Figure("live turnout page at a million ballots, p95", taken, 0.25, at_most=True, unit=" s")
    yield f"info  {MILLION} ballots grouped for the count: {made['counted']:.2f} s"


def ballots(port: int, poll: str, file: Path) -> Load:
    """Return ballots, each with a credential of its own."""
    proofs = iter(file.read_text(encoding="ascii").splitlines())

    def make(nth: int) -> bytes:
        message, signature = next(proofs).split()
        chosen = [f"P{1 + nth % 4}", f"P{1 + (nth + 1) % 4}"]
        body = json.dumps({"message": message, "signature": signature, "projects": chosen}).encode()
        return request("POST", f"/api/polls/{poll}/ballots", headers=JSON, body=body)

    return Load(port, make)


def credentials(port: int, made: dict[str, object]) -> Load:
    """Return the request of one voter for the same signature again and again: what is measured is the signing."""
    headers = {**JSON, "Authorization": f"Bearer {made['token']}"}
    body = json.dumps({"blinded": made["blinded"], "lives_in": "341502"}).encode()
    path = f"/api/polls/{made['running']}/credential"
    return Load(port, lambda _: request("POST", path, headers=headers, body=body))
