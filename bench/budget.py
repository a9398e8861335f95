"""Budget ballots counted: a hundred thousand and a million, and equal shares against the field's library."""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import ROUNDS, Figure
from bench.servers import ROOT
from bench.stage import Stage
from civic.budgeting import pabulib
from civic.budgeting.rules import RULES, Ties, count
from civic.budgeting.rules.equal_shares import equal_shares

PROJECTS, NAMED = 50, 8  # on the ballot, and at most on one
PLACES = [Path(os.environ.get("CIVIC_SHARED_DATA", "-")), ROOT.parent / "shared" / "data"]
LARGEST = Path("pabulib") / "pb" / "Poland_Wroclaw_2018.pb"
PEER = os.environ.get("CIVIC_PEER_PYTHON", sys.executable)  # a Python that has the extra `bench`


def figures(stage: Stage) -> Iterator[Figure | str]:
    """Yield the time from a file's bytes to the winners, and the ratio to the library on the same ballots."""
    for ballots in (100_000, 1_000_000):
        yield from _counted(ballots)
    yield from _against_the_library()


def _counted(ballots: int) -> Iterator[Figure | str]:
    content = _file(ballots)
    start = time.perf_counter()
    election = pabulib.read(content).election
    read = time.perf_counter() - start
    yield f"info  {ballots} approval ballots read and checked: {read:.2f} s ({len(election.ballots)} different)"
    for rule in RULES:
        start = time.perf_counter()
        count(election, rule)
        taken = time.perf_counter() - start
        name = f"{ballots} approval ballots counted, {rule}"
        yield Figure(name, taken, 5, at_most=True, unit=" s") if ballots == 100_000 else f"info  {name}: {taken:.2f} s"


def _file(ballots: int) -> bytes:
    """Return an invented election in which some projects are much liked and some hardly; the same each time."""
    draw = random.Random(5)
    liked = [draw.random() ** 2 + 0.02 for _ in range(PROJECTS)]
    names = [f"P{place:02}" for place in range(PROJECTS)]
    lines = ["META", "key;value", "budget;3000000", "vote_type;approval", "PROJECTS", "project_id;cost"]
    lines += [f"{name};{draw.randint(20, 300) * 1000}" for name in names]
    lines += ["VOTES", "voter_id;vote"]
    lines += [f"{voter};{','.join(dict.fromkeys(draw.choices(names, liked, k=NAMED)))}" for voter in range(ballots)]
    return "\n".join(lines).encode()


def _against_the_library() -> Iterator[Figure | str]:
    """Yield the ratios, in turns: the library as its manual uses it, and on ballots it has grouped beforehand."""
    path = next((place / LARGEST for place in PLACES if (place / LARGEST).is_file()), None)
    if path is None:
        yield f"skip  equal shares against pabutools: {LARGEST.name} is not here; set CIVIC_SHARED_DATA"
        return
    if subprocess.run([PEER, "-c", "import pabutools"], capture_output=True, check=False).returncode:
        yield "skip  equal shares against pabutools: not installed (extra `bench`, or CIVIC_PEER_PYTHON)"
        return
    election = pabulib.read(path.read_bytes()).election
    for kind, target in (("plain", 20.0), ("grouped", 0.0)):
        pairs = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            ours = equal_shares(election, Ties(), completion=False)
            taken = time.perf_counter() - start
            peer = [PEER, str(ROOT / "bench" / "peers" / "pabutools_shares.py"), str(path), kind]
            theirs = json.loads(subprocess.run(peer, capture_output=True, check=True).stdout)
            assert set(ours.winners) == set(theirs["winners"]), (ours.winners, theirs["winners"])
            pairs.append((theirs["seconds"] / taken, taken, theirs["seconds"]))
        ratio, taken, seconds = (statistics.median(column) for column in zip(*pairs, strict=True))
        note = f"{taken * 1000:.0f} ms against {seconds * 1000:.0f} ms, same winners, exact on both sides"
        name = f"equal shares with add1, {path.stem}, times as fast as pabutools, {kind} ballots"
        yield Figure(name, ratio, target, note=note) if target else f"info  {name}: {ratio:.3g} [{note}]"
