"""What a child process leaves behind when it ends is ended too."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from civic.config.supervisor import Child

# A parent whose own child does not hear the first SIGTERM, as a server's worker may not while it starts.
PARENT = """
import os, signal, sys, time
if os.fork() == 0:
    heard = []
    signal.signal(signal.SIGTERM, lambda *_: heard.append(1) or len(heard) > int(sys.argv[2]) and os._exit(0))
    open(sys.argv[1], "w").write(str(os.getpid()))
    while True:
        time.sleep(0.02)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
while True:
    time.sleep(0.02)
"""


def started(place: Path, deaf_to: int) -> tuple[Child, int]:
    child = Child("server", [sys.executable, "-c", PARENT, str(place), str(deaf_to)])
    child.look_after(time.monotonic())
    until(lambda: place.exists() and place.read_text() != "")
    return child, int(place.read_text())


def until(true: object, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)


def is_alive(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "pid"


def test_a_worker_that_hears_no_signal_does_not_outlive_its_server_at_the_end(place: Path) -> None:
    child, worker = started(place, deaf_to=1000)

    child.end()

    until(lambda: not is_alive(worker))


def test_a_worker_of_a_killed_server_is_told_to_end_before_another_server_starts(place: Path) -> None:
    child, worker = started(place, deaf_to=0)
    assert child.process is not None
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()

    child.look_after(time.monotonic())

    assert child.process is None
    until(lambda: not is_alive(worker))
