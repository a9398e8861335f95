"""`civic departments`: ready soon, on its day, gone with its parent."""

import os
import signal
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from civic.config.commands import up
from civic.config.commands.departments import day_and_file
from tests.chaos.installation import clean_environment, until
from tests.config.test_lifeline import is_alive

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-W", "ignore", "-m", "civic.config.cli", "departments"]
TODAY = date(2026, 3, 31)


def environment(var: Path) -> dict[str, str]:
    return clean_environment() | {"CIVIC_VAR": str(var), "PYTHONPATH": str(ROOT / "src")}


def test_it_says_where_everybody_is_and_ends_when_told(tmp_path: Path) -> None:
    command = [*COMMAND, "--port", "0", "--on", "2026-03-02"]
    process = subprocess.Popen(command, env=environment(tmp_path), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    ready, address, day, *departments = process.stdout.readline().split()
    process.terminate()
    process.communicate(timeout=30)

    assert (ready, day, process.returncode) == ("READY", "on=2026-03-02", 0)
    assert f"gaj={address}/gaj" in departments
    assert len(departments) == 9
    assert (tmp_path / "departments" / "2026-03-02.jsonl").exists()


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    start = f"subprocess.Popen({[*COMMAND, '--port', '0']!r}, stdout=2)"
    parent = f"import subprocess; print({start}.pid, flush=True); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", parent], env=environment(tmp_path) | {"CIVIC_CHILD": "1"}, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout and process.stderr
    child = int(process.stdout.readline())
    assert process.stderr.readline().startswith("READY ")

    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    until(lambda: not is_alive(child), seconds=30)


@pytest.mark.parametrize(
    "arguments", [["--on", "2025-12-31", "--port", "0"], ["--host", "192.0.2.1", "--port", "0"]], ids=["day", "host"]
)
def test_what_it_cannot_do_is_said(tmp_path: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [*COMMAND, *arguments], env=environment(tmp_path), capture_output=True, text=True, check=False
    )

    assert done.returncode in (1, 2)
    assert "civic: " in done.stderr and "Traceback" not in done.stderr


def test_a_restart_goes_on_in_the_same_world_for_some_weeks(tmp_path: Path) -> None:
    for day in ("2025-01-01", "2026-02-27", "2026-03-01", "2026-04-01"):
        (tmp_path / f"{day}.jsonl").touch()

    assert day_and_file(tmp_path, chosen=None, today=TODAY)[0] == date(2026, 3, 1)
    assert day_and_file(tmp_path, chosen=None, today=date(2026, 6, 1)) == (
        date(2026, 6, 1),
        tmp_path / "2026-06-01.jsonl",
    )
    assert day_and_file(tmp_path, chosen=date(2026, 1, 5), today=TODAY)[0] == date(2026, 1, 5)


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert day_and_file(tmp_path / "file", chosen=None, today=TODAY) == (TODAY, None)


def test_up_plays_the_departments_of_a_demonstration_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CIVIC_DEPARTMENTS_AT", "CIVIC_DEPARTMENTS_PORT"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("CIVIC_DEMONSTRATION", "0")
    assert up._departments(8000) == []
    assert os.environ["CIVIC_DEPARTMENTS_AT"] == ""

    monkeypatch.setenv("CIVIC_DEMONSTRATION", "1")
    monkeypatch.setenv("CIVIC_DEPARTMENTS_PORT", "9777")
    (child,) = up._departments(8000)
    assert child.command[-2:] == ["--port", "9777"]
    assert os.environ["CIVIC_DEPARTMENTS_AT"] == "http://127.0.0.1:9777"

    monkeypatch.setenv("CIVIC_DEPARTMENTS_AT", "http://127.0.0.1:9001")
    assert up._departments(8000) == []


def test_up_takes_another_port_where_the_usual_one_is_taken_or_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]
        assert up._free_port(taken) != taken
    assert up._free_port(taken) == taken
    assert 0 < up._free_port(70_000) < 65536
