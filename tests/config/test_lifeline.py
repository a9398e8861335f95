"""A child whose parent ended before it could ask to die with it ends too."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from civic.config.commands.serve import server_command
from tests.chaos.installation import clean_environment, until

ROOT = Path(__file__).resolve().parents[2]

LATE = "from civic.config.lifeline import die_with_parent; die_with_parent({parent}); print('lives on')"


def run(parent: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", LATE.format(parent=parent)], capture_output=True, text=True, check=False
    )


def test_a_child_of_the_one_it_names_lives_on() -> None:
    assert run(os.getpid()).stdout == "lives on\n"


def test_a_child_that_has_lost_its_parent_meanwhile_ends() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    done = run(gone.pid)

    assert (done.returncode, done.stdout) == (-signal.SIGTERM, "")


def test_workers_that_are_still_loading_end_with_their_server() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    size = argparse.Namespace(host="127.0.0.1", port=port, workers=2, threads=1)
    settings = {"DJANGO_SETTINGS_MODULE": "civic.config.settings", "PYTHONPATH": str(ROOT / "src")}
    environment = clean_environment() | settings | {"CIVIC_CHILD": "1"}
    server = subprocess.Popen(server_command(size), env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        until(lambda: len(children(server.pid)) == 2, seconds=30)
        workers = children(server.pid)
        time.sleep(0.3)  # they have forked, and load the application for a second yet
        assert [is_alive(worker) for worker in workers] == [True, True]
    finally:
        server.kill()
        server.wait()

    until(lambda: not any(is_alive(worker) for worker in workers), seconds=30)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and that nobody has asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
