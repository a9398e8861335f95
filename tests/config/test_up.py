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

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 300  # bounds a hang; the speed is measured elsewhere
RECOVERY_SECONDS = 120


class Installation:
    """One `civic up` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.var = folder / "var"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.processes: list[subprocess.Popen[str]] = []

    def up(self) -> "subprocess.Popen[str]":
        """Start it; no city is loaded, and no server of the environment is used."""
        environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DB_HOST", "CIVIC_CHILD")}
        environment |= {"CIVIC_VAR": str(self.var), "CIVIC_CITY": "/nowhere", "PYTHONPATH": str(ROOT / "src")}
        command = [sys.executable, "-W", "ignore", "-m", "civic.config.cli", "up", "--port", str(self.port)]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
        self.processes.append(process)
        return process

    def ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        return False

    def find(self, word: str) -> list[int]:
        """Return the processes of this installation whose command line has `word`."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                environment = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                if str(self.var).encode() in environment and word.encode() in command:
                    found.append(int(entry.name))
        return sorted(found)


@pytest.fixture
def installation(open_folder: Callable[[], Path]) -> Iterator[Installation]:
    place = Installation(open_folder())
    yield place
    for process in place.processes:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        process.communicate(timeout=120)
    Cluster(place.var).stop()


def _until(happens: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.1)


def test_up_is_ready_once_heals_what_dies_refuses_a_twin_and_leaves_nothing_behind(installation: Installation) -> None:
    up = installation.up()
    _until(installation.ready, READY_SECONDS)
    cluster = Cluster(installation.var)

    for victims in (
        installation.find("granian")[:1],
        installation.find("cli worker"),
        [cluster._postmaster() or 0],
    ):
        assert victims
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        _until(lambda: not installation.ready() or time.sleep(0.5) is None, RECOVERY_SECONDS)
        _until(installation.ready, RECOVERY_SECONDS)

    twin = installation.up()
    _, twin_said = twin.communicate(timeout=120)
    up.send_signal(signal.SIGTERM)
    out, said = up.communicate(timeout=120)

    assert twin.returncode == 1
    assert f"already running: http://127.0.0.1:{installation.port}" in twin_said
    assert up.returncode == 0, said
    assert out.splitlines() == [f"READY http://127.0.0.1:{installation.port}"]
    assert installation.find("civic") == []
    assert installation.find("granian") == []
    assert not cluster.is_running()


def test_a_killed_up_takes_its_children_along_and_the_next_one_recovers(installation: Installation) -> None:
    first = installation.up()
    _until(installation.ready, READY_SECONDS)

    first.kill()
    first.communicate(timeout=10)
    _until(lambda: not installation.find("granian") and not installation.find("cli worker"), 60)
    second = installation.up()
    assert second.stdout
    line = second.stdout.readline()
    second.send_signal(signal.SIGINT)
    _, said = second.communicate(timeout=120)

    assert line == f"READY http://127.0.0.1:{installation.port}\n"
    assert second.returncode == 0, said
    assert not Cluster(installation.var).is_running()
