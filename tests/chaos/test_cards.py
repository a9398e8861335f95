"""Eight workers under kill -9 fire thousands of rungs at once: each card once, none lost.

`CIVIC_CHAOS_RUNGS` sets how many rungs (10,000) for a shorter or longer run.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

from civic.config.embedded import ADMIN
from tests.chaos.installation import CLI, ROOT, Installation, until

RUNGS = int(os.environ.get("CIVIC_CHAOS_RUNGS", "10000"))
A_TICKET = 6  # blue, yellow and red of the first contact and of the answer bring a card
RINGS = A_TICKET + 2  # the clock of an objection passes two rungs that bring none
TICKETS = -(-RUNGS // A_TICKET)
WORKERS = tuple(f"worker {n}" for n in range(1, 9))
KILLS = max(8, TICKETS // 50)


class Timers(Installation):
    """A city that only keeps time: eight workers, no web server."""

    def start(self) -> None:
        self.cluster.start()
        self._run([*CLI, "migrate"])
        self._run([sys.executable, "-m", "tests.chaos.cards_seed", str(TICKETS)])
        for name in WORKERS:
            self.launch(name)

    def launch(self, name: str) -> None:
        with (self.var / f"{name.replace(' ', '-')}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*CLI, "worker"], env=self.environment(), cwd=ROOT, stdout=log, stderr=log
            )

    def environment(self) -> dict[str, str]:
        more = {"CIVIC_TICKETS_PER_DAY": str(TICKETS + 1), "CIVIC_RED_OF_KIND": "0"}
        return {**super().environment(), **more}

    def count(self, question: str) -> int:
        return int(self.ask(f"SELECT count(*) FROM {question}")[0][0])

    def all_fire(self) -> None:
        """Have every worker look for rungs at once, beside the one that the clock of the queue sends each minute."""
        with psycopg.connect(self.cluster.url(ADMIN)) as connection:
            connection.execute(
                "INSERT INTO procrastinate_jobs (task_name, queue_name, args) "
                "SELECT 'civic.deadlines.tasks.fire_rungs', 'default', %s FROM generate_series(1, %s)",
                ['{"timestamp": 0}', len(WORKERS)],
            )


@pytest.fixture
def city() -> Iterator[Timers]:
    installation = Timers()
    try:
        installation.start()
        yield installation
    finally:
        installation.stop()


FIRED = "deadlines_fired"
CARDED = "(SELECT id FROM deadlines_clock WHERE kind IN ('ticket.response', 'ticket.resolve'))"
CARDS = "supervision_card"
WAITING = "procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name = 'civic.hotline.tasks.card'"
GIVEN = "audit_entry WHERE step = 'supervision.card.give'"
RUNG = "audit_entry WHERE step = 'deadlines.clock.ring'"
TWICE = f"(SELECT subject FROM {GIVEN} GROUP BY subject HAVING count(*) > 1) AS twice"
LOST = f"""{FIRED} f WHERE clock_id IN {CARDED}
AND NOT EXISTS (SELECT 1 FROM {CARDS} c WHERE c.clock_id = f.clock_id AND c.rung = f.rung)"""
UNCLOCKED = f"""{CARDS} c WHERE NOT EXISTS (SELECT 1 FROM deadlines_clock k
WHERE k.subject = 'supervision.card:' || c.id AND k.kind LIKE 'card.%')"""


@pytest.mark.slow
def test_ten_thousand_rungs_under_kill_9_bring_each_card_once_and_lose_none(city: Timers) -> None:
    draw, due, rings, began = random.Random(7), TICKETS * A_TICKET, TICKETS * RINGS, time.monotonic()
    killed = 0
    while city.count(FIRED) < rings or city.count(WAITING):
        assert time.monotonic() - began < 3600, (city.count(FIRED), city.count(WAITING))
        for name in WORKERS:
            city.revive(name)
        if city.count(FIRED) < rings:
            city.all_fire()
        if killed < KILLS:
            victim = "database" if killed % 10 == 9 else draw.choice(WORKERS)
            city.kill(victim)
            killed += 1
        time.sleep(draw.uniform(1, 4))

    assert killed == KILLS
    assert (city.count(FIRED), city.count(RUNG)) == (rings, rings)
    by_rung = f"{CARDS} WHERE clock_id IS NOT NULL"
    assert (city.count(by_rung), city.count(LOST)) == (due, 0)
    assert city.count(f"{CARDS} WHERE rung = 'in_matter'") == TICKETS  # two yellow ones each: one red one for it
    assert city.count("supervision_basis") == 2 * TICKETS
    assert (city.count(GIVEN), city.count(TWICE), city.count(UNCLOCKED)) == (due + TICKETS, 0, 0)
    print(f"{due} rungs, {killed} kills, {time.monotonic() - began:.0f} s")
    check(city)


def check(city: Timers) -> None:
    """The ledger holds: every entry has its leaf, every row is as it was recorded."""
    until(
        lambda: (
            [city.revive(name) for name in WORKERS]
            and not city.count("audit_entry e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.entry_id = e.id)")
        ),
        seconds=900,
    )
    done = city.verify()
    assert done.returncode == 0, done.stdout + done.stderr
