"""Nothing that was acknowledged is lost and nothing is done twice: retries by the thousand, kill -9, a rush of readers.

The short versions run with every test run; the long ones (10,000 each, 30 kills) with `make test-slow`.
"""

import http.client
import json
import random
import re
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bench.crowd import Sent, of_kind, peak, rush
from bench.load import request
from tests.chaos.installation import Installation, Receipts, until
from tests.factories.cases import FORM

BODY: dict[str, Any] = {"service": "LA-ZR-001", "form": FORM, "commitments": ["homes"], "delivery": "ELECTRONIC"}
OTHER = {**BODY, "form": {**FORM, "price": "1.00"}}
VICTIMS = ("web worker", "database", "worker", "web")
CLIENTS = 8
PAGES = [request("GET", path) for path in ("/services/", "/services/LA-ZR-001/", "/hotline/register/")]
EVERY = 40  # one in so many of a rush hands in an application


@pytest.fixture(scope="module")
def city() -> Iterator[Installation]:
    installation = Installation()
    try:
        installation.start()
        yield installation
    finally:
        installation.stop()


@pytest.mark.parametrize("keys", [pytest.param(300, id="short"), pytest.param(6000, id="long", marks=pytest.mark.slow)])
def test_keyed_requests_with_retries_and_altered_bodies_have_one_effect_a_key(city: Installation, keys: int) -> None:
    draw = random.Random(7)
    names = [f"retry-{uuid.uuid4()}" for _ in range(keys)]
    sent = [(name, BODY) for name in names]
    sent += [(draw.choice(names), BODY) for _ in range(keys * 6 // 10)]  # so that four in ten are retries
    sent += [(draw.choice(names), OTHER) for _ in range(keys // 15)]
    draw.shuffle(sent)
    before = cases(city)

    with ThreadPoolExecutor(64) as crowd:
        answers = list(crowd.map(lambda one: (one, city.apply(*one)), sent))

    told = [(key, body, status, text, headers) for (key, body), (status, text, headers) in answers]
    assert {status for *_, status, _text, _headers in told} <= {201, 409, 422, 503}
    assert not [text for *_, status, text, _headers in told if status == 503 and b"unavailable" not in text]
    first: dict[str, set[bytes]] = {key: set() for key, _ in sent}
    bodies: dict[str, set[str]] = {key: set() for key, _ in sent}
    for key, body, status, text, _ in told:
        if status == 201:
            first[key].add(text)
            bodies[key].add(json.dumps(body))
    assert max(len(texts) for texts in first.values()) == 1  # every answer to a key is the same bytes
    effects = city.ask("SELECT key, count(*) FROM idempotency_replay WHERE key LIKE 'retry-%' GROUP BY key")
    assert {count for _, count in effects} == {1}
    assert cases(city) - before == len(effects) == sum(1 for texts in first.values() if texts)
    assert max(len(sorts) for sorts in bodies.values()) == 1  # an altered body never gets the first one's receipt


@pytest.mark.parametrize(
    ("submissions", "kills"),
    [pytest.param(300, 3, id="short"), pytest.param(10_000, 30, id="long", marks=pytest.mark.slow)],
)
def test_every_acknowledged_receipt_survives_kill_9_of_everything(
    city: Installation, submissions: int, kills: int
) -> None:
    receipts, before = Receipts(city.var / f"receipts-{submissions}"), cases(city)
    numbers = iter(range(submissions))

    def murder() -> None:
        victims = ("web worker", "database", "web") if kills == 3 else VICTIMS
        for n in range(kills):
            until(lambda n=n: len(receipts.all) >= (n + 1) * submissions // (kills + 1), seconds=600)
            city.kill(victims[n % len(victims)])

    with ThreadPoolExecutor(CLIENTS + 1) as crowd:
        tasks = [crowd.submit(murder), *(crowd.submit(submit_all, city, numbers, receipts) for _ in range(CLIENTS))]
        for task in tasks:
            task.result()

    assert len(receipts.all) == submissions
    assert cases(city) - before == submissions  # neither lost nor doubled
    until(lambda: city.revive("worker") and city.ask(WITHOUT_LEAF)[0][0] == 0)
    stored = {number: row for number, *row in city.ask(STORED)}
    for told in receipts.all.values():
        assert stored[told["apply_id"]] == [1, told["receipt"]["digest"], 1, 1, 4], told
    done = city.verify()
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_a_letter_survives_kill_9_of_the_worker_that_was_writing_it(city: Installation) -> None:
    until(lambda: city.ask(UNFINISHED) == [(0,)], seconds=180)  # letters of another test would hold every hand
    with city.hold("notifications_notice"):
        status, text, _headers = city.apply(f"letter-{uuid.uuid4()}", BODY)
        case = city.ask(f"SELECT id FROM cases_case WHERE number = '{json.loads(text)['apply_id']}'")[0][0]
        until(lambda: city.ask(ANNOUNCED.format(case=case)) == [("doing", 0)])
        city.kill("worker")
        left = city.ask(ANNOUNCED.format(case=case))

    assert (status, left) == (201, [("doing", 0)])
    assert (city.var / "worker.alive").exists()  # what a liveness probe looks at
    until(lambda: city.ask(ANNOUNCED.format(case=case)) == [("succeeded", 2)], seconds=180)
    assert city.ask(f"SELECT count(*) FROM notifications_notice WHERE subject = 'cases.case:{case}/submit/0'") == [(1,)]


def test_in_a_rush_everything_handed_in_is_taken_in_and_readers_are_told_when_to_come_again(
    city: Installation,
) -> None:
    headers = {"Authorization": f"Bearer {city.token}", "Content-Type": "application/json"}

    def plan(number: int) -> Sent:
        if number % EVERY:
            return Sent("reader", PAGES[number % len(PAGES)], 200)
        mine = {**headers, "Idempotency-Key": f"rush-{uuid.uuid4()}"}
        return Sent("applicant", request("POST", "/api/apply", headers=mine, body=json.dumps(BODY).encode()), 201)

    capacity = peak(city.port, plan, seconds=3, people=16)
    before = city.ask("SELECT count(*) FROM cases_case")[0][0]
    told_before = sent_away(city, "browsing"), sent_away(city, "submission")
    came = rush(city.port, plan, seconds=4, rate=4 * capacity)

    applicants, away = of_kind(came, "applicant"), [one for one in came if one.status == 503]
    assert {one.status for one in applicants} == {201}
    assert city.ask("SELECT count(*) FROM cases_case")[0][0] - before == len(applicants)
    assert {one.status for one in of_kind(came, "reader")} == {200, 503}
    assert {(one.kind, one.has_retry_after) for one in away} == {("reader", True)}
    told = sent_away(city, "browsing") - told_before[0], sent_away(city, "submission") - told_before[1]
    assert told == (len(away), 0)
    until(lambda: city.request("GET", "/services/")[0] == 200, seconds=10)


def submit_all(city: Installation, numbers: Iterator[int], receipts: Receipts) -> None:
    """Submit as long as there are numbers; each key until there is a receipt, however often nobody answers."""
    for _ in numbers:
        key = f"kill-{uuid.uuid4()}"
        while key not in receipts.all:
            try:
                status, text, _headers = city.apply(key, BODY)
            except (OSError, http.client.HTTPException):
                status, text = 0, b""
            if status == 201:
                receipts.keep(key, text)
            else:
                assert status in (0, 409, 503), (status, text)
                time.sleep(0.2)


ANNOUNCED = """
SELECT status::text, attempts FROM procrastinate_jobs
WHERE task_name = 'civic.cases.tasks.announce' AND args->>'case' = '{case}'
"""
UNFINISHED = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queue_name = 'notices'"
# of the applications: the letters about ten thousand of them are still being written, each with entries of its own
WITHOUT_LEAF = """
SELECT count(*) FROM audit_entry e LEFT JOIN audit_leaf l ON l.entry_id = e.id
WHERE l.index IS NULL AND e.step = 'cases.case.submit'
"""
STORED = """
SELECT c.number,
       (SELECT count(*) FROM audit_entry e WHERE e.subject = 'cases.case:' || c.id AND e.step = 'cases.case.submit'),
       (SELECT min(encode(e.digest, 'hex')) FROM audit_entry e JOIN audit_leaf l ON l.entry_id = e.id
        WHERE e.subject = 'cases.case:' || c.id AND e.step = 'cases.case.submit'),
       (SELECT count(*) FROM procrastinate_jobs j
        WHERE j.task_name = 'civic.cases.tasks.announce' AND j.args->>'case' = c.id::text),
       (SELECT count(*) FROM deadlines_clock k WHERE k.subject = 'cases.case:' || c.id),
       (SELECT count(*) FROM cases_task t WHERE t.case_id = c.id)
FROM cases_case c
"""


def cases(city: Installation) -> int:
    """How many cases there are."""
    return int(city.ask("SELECT count(*) FROM cases_case")[0][0])


def sent_away(city: Installation, errand: str) -> int:
    """How many the gates of both processes have counted."""
    _status, text, _headers = city.request("GET", "/metrics")
    found = re.search(rf'civic_admissions_total{{errand="{errand}",fate="turned-away"}} (\S+)', text.decode())
    return int(float(found[1])) if found else 0
