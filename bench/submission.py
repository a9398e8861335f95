"""Submitting through the API against pgbench, a bare Django view and django-helpdesk; and what it costs in memory."""

import json
import re
import subprocess
import uuid
from collections.abc import Iterator
from importlib.util import find_spec
from urllib.parse import urlencode

import psycopg

from bench.databases import django, scratch
from bench.figures import SECONDS, Figure, against, in_turns
from bench.load import Load, answer, rate, request
from bench.peers.tables import PGBENCH, TABLES
from bench.servers import civic, peer
from bench.stage import Stage
from civic.config.postgres_programs import find

CONNECTIONS = 8
BODY = {
    "service": "LA-ZR-001",
    "form": {"certificate": "皖2020六安市不动产权第0001234号", "price": "850000.00"},
    "commitments": ["homes"],
    "delivery": "ELECTRONIC",
}


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield the figures of a submission."""
    with psycopg.connect(stage.database, autocommit=True) as connection:
        connection.execute(TABLES)
    with civic(stage.database) as ours, peer("bare", probe="/hello", DATABASE_URL=stage.database) as bare:
        apply = apply_load(ours.port, stage.people["token"])
        rate(apply, seconds=2)
        ceiling = rate(Load(bare.port, lambda _: request("GET", "/hello")), seconds=2, connections=CONNECTIONS)
        yield f"      the load client and the server alone: {ceiling:.0f} empty answers/s, the ceiling of this set-up"
        yield _against_pgbench(stage, apply)
        body = json.dumps(BODY, ensure_ascii=False).encode()
        submit = Load(bare.port, lambda _: request("POST", "/submit", body=body), expected=201)
        yield against("submission / bare Django view with two inserts", apply, submit, target=0.35)
        yield from _against_helpdesk(apply)
        yield Figure("memory of a web process under load", ours.resident() / 2**20, 250, at_most=True, unit=" MiB")


def apply_load(port: int, token: str) -> Load:
    """Return complete applications, each under a key of its own."""
    body = json.dumps(BODY, ensure_ascii=False).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def make(_: int) -> bytes:
        return request("POST", "/api/apply", headers={**headers, "Idempotency-Key": str(uuid.uuid4())}, body=body)

    return Load(port, make, expected=201)


def _against_pgbench(stage: Stage, apply: Load) -> Figure | str:
    name = "submission / pgbench with two inserts and a commit"
    program = find().folder / "pgbench"
    if not program.exists():
        return f"skip  {name}: there is no pgbench beside PostgreSQL's programs in {program.parent}"
    script = stage.folder / "pgbench.sql"
    script.write_text(PGBENCH)

    def theirs() -> float:
        command = [str(program), "--no-vacuum", "-f", str(script), "-c", str(CONNECTIONS), "-T", str(int(SECONDS))]
        done = subprocess.run([*command, stage.database], capture_output=True, text=True, check=True)
        found = re.search(r"tps = ([\d.]+) \(without", done.stdout)
        return float(found[1]) if found else float("nan")

    ratio, words = in_turns(lambda: rate(apply, seconds=SECONDS, connections=CONNECTIONS), theirs)
    return Figure(name, ratio, 0.12, note=words)


def _against_helpdesk(apply: Load) -> Iterator[Figure | str]:
    name = "submission / django-helpdesk's ticket submission"
    if find_spec("helpdesk") is None:
        yield f"skip  {name}: django-helpdesk is not installed (pip install '.[dev]')"
        return
    with scratch("civic_bench_helpdesk") as database:
        queue = django(database, "bench.peers.helpdesk", settings="bench.peers.helpdesk_settings")["queue"]
        with peer("helpdesk", probe="/tickets/submit/", DATABASE_URL=database) as server:
            yield against(name, apply, _ticket(server.port, queue), target=5)


def _ticket(port: int, queue: int) -> Load:
    """Return the public form, sent as a browser sends it."""
    _, head, _ = answer(Load(port, lambda _: request("GET", "/tickets/submit/")))
    found = re.search(rb"csrftoken=(\w+)", head)
    token = found[1].decode() if found else "x" * 32
    form = {
        "csrfmiddlewaretoken": token,
        "queue": queue,
        "title": "不动产转移登记",
        "body": json.dumps(BODY["form"], ensure_ascii=False),
        "priority": 3,
        "submitter_email": "resident@example.org",
    }
    headers = {"Cookie": f"csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded"}
    whole = request("POST", "/tickets/submit/", headers=headers, body=urlencode(form).encode())
    return Load(port, lambda _: whole, expected=302)
