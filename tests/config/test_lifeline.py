"""A child whose parent ended before it could ask to die with it ends too."""

import os
import signal
import subprocess
import sys

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
