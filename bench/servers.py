"""Processes under measurement: the same HTTP server, processes and threads for the platform and for its peers."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[1]
CLI = [sys.executable, "-m", "civic.config.cli"]
WORKERS, THREADS = 2, 4
PATIENCE = 120


class Background:
    """A process that runs for as long as something is measured. `is_ready`: whether it does its work by now."""

    def __init__(self, command: list[str], *, environment: Mapping[str, str], is_ready: Callable[[], bool]) -> None:
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        variables = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "CIVIC_CHILD")}
        self.command, self.is_ready = command, is_ready
        self.process = subprocess.Popen(
            command, env={**variables, **environment, "PYTHONPATH": path}, cwd=ROOT, stdout=subprocess.DEVNULL
        )

    def __enter__(self) -> Self:
        deadline = time.monotonic() + PATIENCE
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"did not start: {' '.join(self.command)}")
            time.sleep(0.2)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Server(Background):
    """One Granian with the platform (`civic web`) or a peer's WSGI application, on a free port of this machine."""

    def __init__(self, application: str, *, environment: Mapping[str, str], probe: str, workers: int = WORKERS) -> None:
        self.port = free_port()
        size = ["--port", str(self.port), "--workers", str(workers)]
        super().__init__(
            [*_command(application), *size], environment=environment, is_ready=lambda: answers(self.port, probe)
        )

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def resident(self) -> int:
        """Return the resident memory of the largest worker, in bytes."""
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.workers()]
        return max(pages) * os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(port: int, path: str) -> bool:
    """Whether there is an answer that is no failure of the server."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _command(application: str) -> list[str]:
    threads = str(THREADS)
    if application == "civic":
        return [*CLI, "web", "--threads", threads]
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1",
        "--blocking-threads", threads, "--backpressure", threads, "--no-ws", "--log-level", "error",
    ]  # fmt: skip


def civic(database: str, *, workers: int = WORKERS, **environment: str) -> Server:
    """Return the platform on `database`, as `civic web` starts it."""
    return Server("civic", environment={**_of(database), **environment}, probe="/healthz", workers=workers)


def worker(database: str, **environment: str) -> Background:
    """Return the worker of the queue on `database`, as `civic worker` starts it; ready when it has shown that it lives.

    It leaves its sign of life in CIVIC_VAR: one at a time.
    """
    alive = Path(os.environ["CIVIC_VAR"], "worker.alive")
    alive.unlink(missing_ok=True)
    return Background([*CLI, "worker"], environment={**_of(database), **environment}, is_ready=alive.exists)


def departments(port: int) -> Background:
    """Return the departments' systems, played as `civic departments` plays them."""
    command = [*CLI, "departments", "--port", str(port)]
    environment = {"CIVIC_VAR": os.environ["CIVIC_VAR"]}
    return Background(command, environment=environment, is_ready=lambda: answers(port, "/control/switches"))


def _of(database: str) -> dict[str, str]:
    return {"DATABASE_URL": database, "CIVIC_VAR": os.environ["CIVIC_VAR"]}


def peer(name: str, *, probe: str, workers: int = WORKERS, **environment: str) -> Server:
    """Return the peer bench/peers/<name>.py, which holds a WSGI `application`."""
    return Server(f"bench.peers.{name}:application", environment=environment, probe=probe, workers=workers)
