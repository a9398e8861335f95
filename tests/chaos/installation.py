"""A real installation for chaos: its own PostgreSQL with fsync on, `civic web` and `civic worker` as processes."""

import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from civic.config.embedded import ADMIN, APP, OWNER, Cluster

ROOT = Path(__file__).resolve().parents[2]
CLI = [sys.executable, "-W", "ignore", "-m", "civic.config.cli"]
PATIENCE = 90
OPERATORS = ("PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "CIVIC_POSTGRES")


class Installation:
    """One city in a folder of its own; whatever is killed is started again."""

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="civic-chaos-"))
        self.var.chmod(0o711)
        self.cluster = Cluster(self.var)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.token = ""

    # Verbs

    def start(self) -> None:
        """Make the database, fill it, start web and worker."""
        self.cluster.start()
        self._run([*CLI, "migrate"])
        self.token = json.loads(self._run([sys.executable, "-m", "bench.seed", "--services", "1"]))["token"]
        self.launch("web")
        self.launch("worker")
        until(self.is_ready)

    def launch(self, name: str) -> None:
        sizes = {"web": ["--port", str(self.port), "--workers", "2", "--threads", "8"], "worker": []}
        with (self.var / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*CLI, name, *sizes[name]], env=self.environment(), cwd=ROOT, stdout=log, stderr=log
            )

    def kill(self, victim: str) -> None:
        """Kill -9 the web server with its workers, one of its workers, the worker of the queue, or the database."""
        if victim == "database":
            os.kill(self.cluster._postmaster() or 0, signal.SIGKILL)
            self.cluster.start()
        elif victim == "web worker":
            self._kill(random.choice(self._children()))
        else:
            family = [*(self._children() if victim == "web" else []), self.processes[victim].pid]
            for pid in family:
                self._kill(pid)
            self.processes[victim].wait()
            self.launch(victim)

    def revive(self, name: str) -> bool:
        """Start a process again that has ended, as `civic up` does; a worker ends when its database dies."""
        if self.processes[name].poll() is not None:
            self.launch(name)
        return True

    def stop(self) -> None:
        """End everything and take the folder away."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
        self.cluster.stop()
        shutil.rmtree(self.var, ignore_errors=True)

    def verify(self) -> "subprocess.CompletedProcess[str]":
        """Run `civic audit verify`."""
        return subprocess.run(
            [*CLI, "audit", "verify"], env=self.environment(), cwd=ROOT, capture_output=True, text=True, check=False
        )

    # Questions

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.request("GET", "/readyz")[0] == 200
        return False

    def request(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Send one request on a connection of its own. Raises: OSError or HTTPException, if nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}

    def apply(self, key: str, body: Mapping[str, Any]) -> tuple[int, bytes, Mapping[str, str]]:
        """Send an application under `key`."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        return self.request("POST", "/api/apply", body, headers)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question, asked past the platform."""
        import psycopg

        with psycopg.connect(self.cluster.url(ADMIN)) as connection:
            return connection.execute(question).fetchall()  # type: ignore[arg-type]

    @contextlib.contextmanager
    def hold(self, table: str) -> Iterator[None]:
        """Let nobody write to `table` for a while, so that whoever wants to is in the middle of it."""
        import psycopg

        with psycopg.connect(self.cluster.url(ADMIN)) as connection:
            connection.execute(f"LOCK TABLE {table} IN SHARE MODE")  # type: ignore[arg-type]
            yield

    def environment(self) -> dict[str, str]:
        return {
            **clean_environment(),
            "CIVIC_VAR": str(self.var),
            "DATABASE_URL": self.cluster.url(APP),
            "DATABASE_OWNER_URL": self.cluster.url(OWNER),
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "DJANGO_SETTINGS_MODULE": "civic.config.settings",
            "CIVIC_CITY": "/nowhere",
            "CIVIC_WORKER_SILENT_SECONDS": "15",
        }

    # Inside

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(command, env=self.environment(), cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""

    def _children(self) -> list[int]:
        pid = self.processes["web"].pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    @staticmethod
    def _kill(pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def clean_environment() -> dict[str, str]:
    """Return what a shell of the operator would have: nothing that this run of tests has set for itself."""
    return {name: value for name, value in os.environ.items() if name in OPERATORS or name.startswith("LC_")}


class Receipts:
    """What the client was told, on disk before it goes on."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")
        self._lock = threading.Lock()
        self.all: dict[str, dict[str, Any]] = {}

    def keep(self, key: str, answer: bytes) -> None:
        with self._lock:
            self._file.write(key.encode() + b" " + answer + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            self.all[key] = json.loads(answer)


def until(happens: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until something happens."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.1)
