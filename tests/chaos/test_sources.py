"""Departments that misbehave in every way, one after the other, while people go on working.

CIVIC_CHAOS_SECONDS is how long each fault lasts: 12, or 60 for the long form. A phase without fault as long as that
goes before each of them and after the last, so that whatever else this machine does falls on both alike.
"""

import asyncio
import json
import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.request import Request, urlopen

import pytest

from tests.chaos.sources import PARTS, VALUE, City, Look, Visitors, percentile

pytestmark = pytest.mark.slow
SECONDS = float(os.environ.get("CIVIC_CHAOS_SECONDS", "12"))
ANSWERS_IN, OPENS_IN, HEALS_IN = 3.5, 10.0, 30.0
GROWTH = 0.10
APPLICATION = "wjw"  # whose certificates fill in the application; it misbehaves together with the one of the property
FAULTS = [  # name, the department's switch, and which source of the property it is
    ("black hole", {"mode": "blackhole"}, "sw"),
    ("reset", {"mode": "reset"}, "zjj"),
    ("a byte a second", {"mode": "drip"}, "zrzy"),
    ("500", {"mode": "status", "value": 500}, "sw"),
    ("garbage", {"mode": "garbage"}, "zjj"),
    ("100 MB", {"mode": "huge", "value": "chunked"}, "zrzy"),
    ("wrong charset", {"mode": "charset"}, "sw"),
]


@dataclass(frozen=True)
class Phase:
    """A stretch of time (of time.monotonic) without a fault, or with one at `sick`; `whole` once it has healed."""

    name: str
    sick: str
    begin: float
    end: float
    whole: float

    def started(self, looks: list[Look], kind: str) -> list[Look]:
        """Return the looks that were begun during this phase."""
        return [look for look in looks if look.kind == kind and self.begin <= look.at < self.end]

    def within(self, looks: list[Look], kind: str) -> list[Look]:
        """Return the looks that were begun and answered during this phase."""
        return [look for look in self.started(looks, kind) if look.at + look.seconds <= self.end]


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    city = City()
    try:
        city.start()
        yield city
    finally:
        city.stop()


def test_a_sick_source_says_why_in_time_and_nobody_else_notices(city: City) -> None:
    visitors = Visitors(city)

    phases = asyncio.run(live_through(city, visitors))

    looks = visitors.looks
    calm = [phase for phase in phases if not phase.sick]
    faults = [phase for phase in phases if phase.sick]
    table = [line(phase, looks) for phase in faults]
    growth, noise, words = pages(calm, faults, looks)
    print("", HEAD, *table, words, sep="\n")
    for phase in faults:
        explains(phase, looks)
        assert opened(phase, looks, phase.sick) <= OPENS_IN, table
        assert max(healed(phase, looks, code) for code in (phase.sick, APPLICATION)) <= HEALS_IN, table
    assert slowest([look for look in looks if look.at >= phases[0].begin]) <= ANSWERS_IN, table
    assert growth <= GROWTH + noise, words


async def live_through(city: City, visitors: Visitors) -> list[Phase]:
    """Let the visitors come, and make one source after the other sick and well again."""
    async with asyncio.TaskGroup() as group:
        group.create_task(visitors.come())
        await asyncio.sleep(5)  # until everything is warm
        phases = []
        for name, switch, sick in FAULTS:
            phases.append(await _calm())
            phases.append(await _fault(city, visitors, name, switch, sick))
        phases.append(await _calm())
        visitors.stopping = True
    return phases


async def _calm() -> Phase:
    begin = time.monotonic()
    await asyncio.sleep(SECONDS)
    return Phase("calm", "", begin, time.monotonic(), time.monotonic())


async def _fault(city: City, visitors: Visitors, name: str, switch: dict[str, object], sick: str) -> Phase:
    await asyncio.to_thread(_turn, city, "PUT", switch, sick)
    begin = time.monotonic()
    await asyncio.sleep(SECONDS)
    end = time.monotonic()
    await asyncio.to_thread(_turn, city, "DELETE", None, sick)
    phase = Phase(name, sick, begin, end, time.monotonic())
    while min(map(len, (_well(phase, visitors.looks, code) for code in (sick, APPLICATION)))) == 0:
        assert time.monotonic() - end < HEALS_IN + ANSWERS_IN, f"{name}: {sick} or {APPLICATION} did not heal"
        await asyncio.sleep(0.1)
    return Phase(name, sick, begin, end, time.monotonic())


def _turn(city: City, method: str, switch: object, sick: str) -> None:
    for code in (sick, APPLICATION):
        body = json.dumps(switch).encode() if switch else None
        address = f"http://127.0.0.1:{city.departments}/control/switches/{code}"
        with urlopen(Request(address, body, method=method), timeout=10) as answer:
            assert answer.status == 200


def _well(phase: Phase, looks: list[Look], code: str) -> list[Look]:
    """Return the looks after the fault for which the source has answered, the first to come back first."""
    found = [look for look in looks if look.at >= phase.end and look.said.get(code) == {VALUE}]
    return sorted(found, key=lambda look: look.at + look.seconds)


def opened(phase: Phase, looks: list[Look], code: str) -> float:
    """Return the seconds from the fault's beginning to the first answer for which the source was left alone."""
    left = [look.at + look.seconds for look in looks if phase.begin <= look.at < phase.end and is_open(look, code)]
    return min(left, default=float("inf")) - phase.begin


def is_open(look: Look, code: str) -> bool:
    return bool(look.said.get(code, frozenset()) & {"OPEN", "来源部门的系统刚刚连续出错，稍后会自动再试。"})


def healed(phase: Phase, looks: list[Look], code: str) -> float:
    """Return the seconds from the fault's end to the first answer with the source's values."""
    return min(look.at + look.seconds for look in _well(phase, looks, code)) - phase.end


def explains(phase: Phase, looks: list[Look]) -> None:
    """Every answer during the fault gives reasons for the sick source and values of the others."""
    assert len(phase.within(looks, "property")) >= 5
    for look in phase.within(looks, "property"):
        assert VALUE not in look.said[phase.sick] and look.said[phase.sick], (phase.name, look)
        for code in set(PARTS.values()) - {phase.sick}:
            assert look.said[code] == {VALUE}, (phase.name, look)
    for look in phase.within(looks, "application"):
        assert VALUE not in look.said[APPLICATION] and look.said["mzj"] == {VALUE}, (phase.name, look)


def pages(calm: list[Phase], faults: list[Phase], looks: list[Look]) -> tuple[float, float, str]:
    """Return how much the other pages' p99 grew, how much it differs without any fault, and both in words.

    A p99 is the median of those of the phases: one in which the machine stood still does not decide for all.
    """
    quiet, other, both, sick = (_p99(phases, looks) for phases in (calm[::2], calm[1::2], calm, faults))
    growth, noise = sick / both - 1, max(quiet, other) / min(quiet, other) - 1
    counts = [sum(len(phase.started(looks, "page")) for phase in phases) for phases in (calm, faults)]
    waits = slowest([look for phase in calm for look in looks if phase.begin <= look.at < phase.end])
    words = (
        f"other pages: p99 {sick * 1000:.0f} ms with a sick source (n {counts[1]}), {both * 1000:.0f} ms without"
        f" (n {counts[0]}): {growth:+.1%}; between the calm phases themselves {noise:.1%}."
        f" Slowest federated answer without a fault {waits:.2f} s"
    )
    return growth, noise, words


def slowest(looks: list[Look]) -> float:
    """Return the longest that anybody has waited for an answer that is drawn from departments."""
    return max(look.seconds for look in looks if look.kind != "page")


def _p99(phases: list[Phase], looks: list[Look]) -> float:
    read = [[look.seconds for look in phase.started(looks, "page")] for phase in phases]
    return statistics.median(percentile(seconds, 0.99) for seconds in read)


HEAD = (
    f"{'fault':16} {'source':6} {'answers':>7} {'slowest':>8} {'opens':>6} {'heals':>6} {'wjw heals':>9}"
    f" {'pages p50':>9} {'p99':>7}  reasons"
)


def line(phase: Phase, looks: list[Look]) -> str:
    """Return the row of one fault."""
    asked = phase.started(looks, "property")
    longest = slowest(asked + phase.started(looks, "application"))
    read = [look.seconds for look in phase.started(looks, "page")]
    times = opened(phase, looks, phase.sick), *(healed(phase, looks, code) for code in (phase.sick, APPLICATION))
    reasons = sorted({reason for look in asked for reason in look.said[phase.sick]})
    return (
        f"{phase.name:16} {phase.sick:6} {len(asked):7} {longest:6.2f} s {times[0]:4.1f} s {times[1]:4.1f} s"
        f" {times[2]:7.1f} s {percentile(read, 0.5) * 1000:6.0f} ms"
        f" {percentile(read, 0.99) * 1000:4.0f} ms  {', '.join(reasons)}"
    )
