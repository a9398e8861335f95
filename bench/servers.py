"""Servers under measurement: the same HTTP server, processes and threads for the platform and for its peers."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[1]
WORKERS, THREADS = 2, 4
PATIENCE = 120


class Server:
    """One Granian with the platform (`civic web`) or a peer's WSGI application, on a free port of this machine."""

    def __init__(self, application: str, *, environment: Mapping[str, str], probe: str, workers: int = WORKERS) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = int(found.getsockname()[1])
        self.probe = probe
        size = ["--port", str(self.port), "--workers", str(workers)]
        command = [*_command(application), *size]
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        variables = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "CIVIC_CHILD")}
        self.process = subprocess.Popen(
            command, env={**variables, **environment, "PYTHONPATH": path}, cwd=ROOT, stdout=subprocess.DEVNULL
        )

    def __enter__(self) -> Self:
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the server for {self.probe} did not start")
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

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def resident(self) -> int:
        """Return the resident memory of the largest worker, in bytes."""
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.workers()]
        return max(pages) * os.sysconf("SC_PAGE_SIZE")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self.probe)
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _command(application: str) -> list[str]:
    threads = str(THREADS)
    if application == "civic":
        return [sys.executable, "-m", "civic.config.cli", "web", "--threads", threads]
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1",
        "--blocking-threads", threads, "--backpressure", threads, "--no-ws", "--log-level", "error",
    ]  # fmt: skip


def civic(database: str, *, workers: int = WORKERS) -> Server:
    """Return the platform on `database`, as `civic web` starts it."""
    environment = {"DATABASE_URL": database, "CIVIC_VAR": os.environ["CIVIC_VAR"]}
    return Server("civic", environment=environment, probe="/healthz", workers=workers)


def peer(name: str, *, probe: str, workers: int = WORKERS, **environment: str) -> Server:
    """Return the peer bench/peers/<name>.py, which holds a WSGI `application`."""
    return Server(f"bench.peers.{name}:application", environment=environment, probe=probe, workers=workers)
