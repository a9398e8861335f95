"""`civic up`: ready, alive through every kill, alone, and gone without a trace."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from civic.config.embedded import Cluster
from tests.chaos.installation import clean_environment

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 300  # bounds a hang; the speed is measured elsewhere
RECOVERY_SECONDS = 120


class Installation:
    """One `civic up` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.var = folder / "var"
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.processes: list[subprocess.Popen[str]] = []

    def up(self) -> "subprocess.Popen[str]":
        """Start it; no city is loaded, and no server of the environment is used.

        What it says goes to a file: a pipe that nobody reads is full some day, and then everything stands still.
        """
        paths = {"CIVIC_VAR": str(self.var), "CIVIC_CITY": "/nowhere", "PYTHONPATH": str(ROOT / "src")}
        command = [sys.executable, "-W", "ignore", "-m", "civic.config.cli", "up", "--port", str(self.port)]
        with self._log(len(self.processes)).open("w") as log:
            process = subprocess.Popen(
                command, env=clean_environment() | paths, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT
            )
        self.processes.append(process)
        return process

    def said(self, process: "subprocess.Popen[str]") -> str:
        """Return what a process has said on standard error so far."""
        return self._log(self.processes.index(process)).read_text(errors="replace")

    def until(self, happens: Callable[[], object], seconds: float) -> None:
        """Wait until something happens; if it does not, show what everybody said last."""
        deadline = time.monotonic() + seconds
        while not happens():
            if time.monotonic() > deadline:
                last = "\n".join(f"--- {n}:\n{self.said(one)[-5000:]}" for n, one in enumerate(self.processes))
                pytest.fail(f"did not happen within {seconds} s; what `civic up` said last:\n{last}")
            time.sleep(0.1)

    def ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        return False

    def find(self, word: str) -> dict[int, str]:
        """Return the processes of this installation whose command line has `word`, with that line."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                environment = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                if str(self.var).encode() in environment and word.encode() in command:
                    found[int(entry.name)] = command.decode(errors="replace")
        return dict(sorted(found.items()))

    def _log(self, number: int) -> Path:
        return self.folder / f"up-{number}.log"


@pytest.fixture
def installation(open_folder: Callable[[], Path]) -> Iterator[Installation]:
    place = Installation(open_folder())
    yield place
    for process in place.processes:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        process.communicate(timeout=120)
    Cluster(place.var).stop()


def test_up_is_ready_once_heals_what_dies_refuses_a_twin_and_leaves_nothing_behind(installation: Installation) -> None:
    up = installation.up()
    installation.until(installation.ready, READY_SECONDS)
    cluster = Cluster(installation.var)

    for victims in (
        list(installation.find("granian"))[:1],
        installation.find("cli worker"),
        installation.find("cli departments"),
        [cluster._postmaster() or 0],
    ):
        assert victims
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        installation.until(lambda: not installation.ready() or time.sleep(0.5) is None, RECOVERY_SECONDS)
        installation.until(installation.ready, RECOVERY_SECONDS)
    installation.until(lambda: installation.find("cli departments"), RECOVERY_SECONDS)

    twin = installation.up()
    twin.communicate(timeout=120)
    up.send_signal(signal.SIGTERM)
    out, _ = up.communicate(timeout=120)

    assert twin.returncode == 1
    assert f"already running: http://127.0.0.1:{installation.port}" in installation.said(twin)
    assert up.returncode == 0, installation.said(up)
    assert out.splitlines() == [f"READY http://127.0.0.1:{installation.port}"]
    assert installation.find("civic") == {}
    assert installation.find("granian") == {}
    assert not cluster.is_running()


@pytest.mark.slow
def test_a_killed_up_takes_its_children_along_and_the_next_one_recovers(installation: Installation) -> None:
    first = installation.up()
    installation.until(installation.ready, READY_SECONDS)

    first.kill()
    first.communicate(timeout=10)
    installation.until(lambda: not any(map(installation.find, ("granian", "cli worker", "cli departments"))), 60)
    second = installation.up()
    assert second.stdout
    line = second.stdout.readline()
    second.send_signal(signal.SIGINT)
    second.communicate(timeout=120)

    assert line == f"READY http://127.0.0.1:{installation.port}\n"
    assert second.returncode == 0, installation.said(second)
    assert not Cluster(installation.var).is_running()
