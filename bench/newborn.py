"""From the father's yes to the child's household page: families of the whole city, every process as it really runs."""

import json
import os
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from bench.databases import django, scratch
from bench.figures import Figure
from bench.load import Load, answer, request
from bench.servers import civic, departments, free_port, worker
from bench.stage import Stage

FAMILIES = 100  # six in ten of them one after the other
AT_ONCE = 4  # families that wait for their page in the same moment
LIMIT, PATIENCE = 2.0, 60.0  # seconds
LOOK_EVERY = 0.3  # the page itself looks again after 0.6
WHAT = "newborn, from the father's yes (a single mother's application) to the household page"
ALONE, TOGETHER = "one family after the other", f"{AT_ONCE} families at once"
TOKEN = "x" * 32  # against forgery: the form's is the cookie's
Family = dict[str, Any]


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield how long a family waits for the page: one after the other, and, with no target, several at once."""
    port = free_port()
    at = {"CIVIC_DEPARTMENTS_AT": f"http://127.0.0.1:{port}"}
    with scratch("civic_bench_newborn") as database, departments(port):
        families = django(database, "bench.families", str(FAMILIES))["families"]
        with civic(database, **at) as web, worker(database, **at):
            waits = wait_for_pages(web.port, families)
    alone, together = (sorted(waits[name]) for name in (ALONE, TOGETHER))
    yield Figure(f"{WHAT}, p95, {ALONE}", _p95(alone), LIMIT, True, " s", _words(alone))
    yield f"info  {WHAT}, {TOGETHER}: p95 {_p95(together):.2f} s, {_words(together)}"


def wait_for_pages(port: int, families: Sequence[Family]) -> dict[str, list[float]]:
    """Return the seconds that each family waited: most of them one after the other, the others several at once."""
    most = len(families) * 6 // 10
    alone = [register(port, family) for family in families[:most]]
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        together = list(crowd.map(lambda family: register(port, family), families[most:]))
    return {ALONE: alone, TOGETHER: together}


def register(port: int, family: Family) -> float:
    """Apply, let the father agree where there is one, and return the seconds until the mother has the page."""
    started = time.perf_counter()
    number = _apply(port, family)
    if family["father"]:
        _look(port, family["mother"], f"/my/cases/{number}/ruling/", "另一方父母在“我的证照”里确认")
        wallet = _get(port, family["father"], "/my/licences/")
        asked = re.search(r"/my/licences/requests/[0-9a-f-]{36}/", wallet)
        if asked is None:
            raise RuntimeError(f"{number}: nobody has asked the father")
        started = time.perf_counter()
        _press(port, family["father"], f"{asked[0]}grant/")
    ruling = _look(port, family["mother"], f"/my/cases/{number}/ruling/", '"/my/licences/')
    page = _get(port, family["mother"], re.findall(r'"(/my/licences/[0-9a-f-]{36}/)"', ruling)[0] + "?clear=1")
    taken = time.perf_counter() - started
    if family["child"] not in page:
        raise RuntimeError(f"{number}: the page is not that of {family['child']}")
    return taken


def _p95(ranked: list[float]) -> float:
    return ranked[-(-95 * len(ranked) // 100) - 1]


def _words(ranked: list[float]) -> str:
    busy = os.getloadavg()[1] / (os.cpu_count() or 1)
    return (
        f"n {len(ranked)}, median {statistics.median(ranked):.2f} s, longest {ranked[-1]:.2f} s, load {busy:.1f} a core"
    )


def _apply(port: int, family: Family) -> str:
    body = {"service": "LA-GA-001", "form": family["form"], "commitments": ["truth"], "delivery": "ELECTRONIC"}
    headers = {
        "Authorization": f"Bearer {family['token']}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"newborn-{family['form']['certificate_no']}",
    }
    text = json.dumps(body, ensure_ascii=False).encode()
    number: str = json.loads(_send(port, request("POST", "/api/apply", headers=headers, body=text), 201))["apply_id"]
    return number


def _look(port: int, session: str, path: str, words: str) -> str:
    """Look at a page again and again until it says `words`; return it."""
    until = time.monotonic() + PATIENCE
    while words not in (found := _get(port, session, path)):
        if time.monotonic() > until or "已经转交" in found or "不能受理" in found:
            said = re.sub(r"<[^>]+>|\s+", " ", found)
            raise RuntimeError(f"{path} never said {words}: {said[-1500:]}")
        time.sleep(LOOK_EVERY)
    return found


def _get(port: int, session: str, path: str) -> str:
    return _send(port, request("GET", path, headers={"Cookie": f"session={session}"}), 200).decode()


def _press(port: int, session: str, path: str) -> None:
    headers = {"Cookie": f"session={session}; csrf={TOKEN}", "Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"csrfmiddlewaretoken": TOKEN}).encode()
    _send(port, request("POST", path, headers=headers, body=body), 302)


def _send(port: int, whole: bytes, expected: int) -> bytes:
    status, _head, body = answer(Load(port, lambda _: whole))
    if status != expected:
        raise RuntimeError(f"{status} instead of {expected}: {whole[:80]!r} {body[:500]!r}")
    return body
